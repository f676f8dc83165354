import { HttpException } from '@nestjs/common';
import { CodedError, differingFields } from '@tributary/kernel';
import { isUnavailable } from '@tributary/postgres';
import { CODED_STATUS } from './coded-status';
import { type FieldError, Refusal } from './problem';

const RETRY_AFTER_SECONDS = 5;

/** What any error looks like from outside. What it does not recognise becomes `internal_error`, which says nothing at all. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = error instanceof CodedError ? CODED_STATUS[error.code] : undefined;
  if (error instanceof CodedError && status !== undefined && status < 500)
    return fromCoded(error, status);
  if (status === 503 || isUnavailable(error)) return unavailableRefusal();
  if (error instanceof HttpException) {
    // Nest wraps what Fastify threw, and drops its code.
    return fromFastify(error.cause) ?? fromStatus(error.getStatus(), error.message);
  }
  return fromFastify(error) ?? internalError();
}

function fromFastify(error: unknown): Refusal | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  const known = FASTIFY[code];
  if (known) return new Refusal(...known);
  return typeof statusCode === 'number' && statusCode >= 400 ? fromStatus(statusCode) : undefined;
}

export const internalError = (): Refusal =>
  new Refusal(
    500,
    'internal_error',
    'Something went wrong on our side. Quote the instance when you ask about it.',
  );

const TRY_AGAIN = { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };

export const unavailableRefusal = (
  detail = 'Something that this request needs is not available. Nothing was lost; try again.',
) => new Refusal(503, 'unavailable', detail, TRY_AGAIN);

export const readModelBuilding = (): Refusal =>
  new Refusal(
    503,
    'read_model_building',
    'What this request reads is being built from the log. Nothing was lost; try again.',
    TRY_AGAIN,
  );

function fromCoded(error: CodedError, status: number): Refusal {
  const { code, message, facts } = error;
  if (code === 'command_mismatch') return idempotencyConflict(error);
  if (code === 'invalid_json' && typeof facts['pointer'] === 'string') {
    const errors = [{ pointer: facts['pointer'], code, detail: String(facts['reason']) }];
    return new Refusal(status, code, 'The body is JSON, but holds what no event may hold.', {
      errors,
    });
  }
  const headers = status === 429 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
  return new Refusal(status, code, message, { facts, headers });
}

function idempotencyConflict({ facts }: CodedError): Refusal {
  const fields = differingFields(String(facts['accepted']), String(facts['sent'])) ?? [];
  const errors = fields.map((field): FieldError => ({
    ...(field.startsWith('/')
      ? { pointer: field }
      : { parameter: field === 'type' ? 'path' : field }),
    code: 'differs',
    detail: 'Differs from what was accepted under this key.',
  }));
  return new Refusal(
    409,
    'idempotency_conflict',
    'This Idempotency-Key was accepted before with other content.',
    { errors },
  );
}

const MALFORMED_JSON = [400, 'malformed_json', 'The body is not JSON.'] as const;
const FASTIFY: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_ASYNC_CONSTRAINT: [400, 'bad_request', 'The request cannot be routed.'],
  FST_ERR_BAD_URL: [400, 'malformed_url', 'The path is not valid.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    'body_too_large',
    'The body is larger than this service takes.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'malformed_json', 'The body is empty, but announced as JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'malformed_request',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: MALFORMED_JSON,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'unsupported_media_type',
    'Say with Content-Type that the body is application/json, or another type that /docs names for this address.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'url_too_long', 'A part of the path is too long.'],
};

const HTTP: Readonly<Record<number, readonly [string, string?]>> = {
  400: ['bad_request'],
  401: ['unauthenticated'],
  403: ['forbidden'],
  404: ['not_found', 'There is nothing at this address.'],
  405: ['method_not_allowed', 'This address does not take this method.'],
  406: ['not_acceptable'],
  408: ['request_timeout'],
  409: ['conflict'],
  410: ['gone'],
  413: ['body_too_large', 'The body is larger than this service takes.'],
  414: ['url_too_long', 'The address is too long.'],
  415: ['unsupported_media_type', 'Send application/json.'],
  422: ['unprocessable'],
  429: ['too_many_requests'],
  431: ['headers_too_large', 'The headers are larger than this service takes.'],
};

function fromStatus(status: number, message?: string): Refusal {
  if (status === 503) return unavailableRefusal();
  if (status >= 500) return internalError();
  const [code, detail] = HTTP[status] ?? ['refused'];
  return new Refusal(status, code, detail ?? message);
}
