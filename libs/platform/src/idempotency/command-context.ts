import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import {
  type Cause,
  type Instant,
  type JsonObject,
  canonicalJson,
  fingerprintByField,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../auth/access';
import { Refusal } from '../errors/problem';
import { contextOf } from '../http/request-context';
import { validationFailed } from '../validation/body-pipe';

/** Everything about a command that is not in its body. */
export interface CommandContext {
  readonly tenant: string;
  readonly cause: Cause;
  /** The id of what the command creates, fit for a stream name; a repeat gets the same one. */
  readonly newId: string;
  /** Our clock when the request came in. Decisions that need a time take this one. */
  readonly receivedAt: Instant;
}

/** Any visible ASCII that needs no escaping; the quotes of a structured field are taken off. */
const KEY = /^"?([A-Za-z0-9._:~+/=-]{8,128})"?$/;

export function commandContext(request: FastifyRequest): CommandContext {
  const { tenant, actor } = principalOf(request);
  const { correlationId, traceParent, receivedAt } = contextOf(request);
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  const commandId = uuidV5(tenant, route, keyOf(request));
  const parameters = request.params as Readonly<Record<string, string>>;
  // The address belongs to what was sent: one key on two of them is two commands.
  const type = `${route} ${canonicalJson(Object.entries(parameters))}`;
  const fingerprint = fingerprintByField({ type, schemaVersion: 1, body: bodyOf(request) });
  const cause = { commandId, fingerprint, actor, causationId: null, correlationId, traceParent };
  return { tenant, cause, newId: withoutDashes(commandId), receivedAt };
}

function bodyOf({ body }: FastifyRequest): JsonObject {
  if (body === undefined || body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) {
    // Asked of the whole, so that a refusal points at the place in the body.
    canonicalJson(body as JsonObject);
    return body as JsonObject;
  }
  throw validationFailed([
    { pointer: '', code: 'wrong_type', detail: 'The body of a command is an object.' },
  ]);
}

function keyOf({ headers }: FastifyRequest): string {
  const given = headers['idempotency-key'];
  if (given === undefined || given === '') {
    throw new Refusal(
      400,
      'idempotency_key_missing',
      'Send an Idempotency-Key, a new one for every command.',
    );
  }
  const key = typeof given === 'string' ? KEY.exec(given)?.[1] : undefined;
  if (key === undefined) {
    throw new Refusal(
      400,
      'idempotency_key_malformed',
      'An Idempotency-Key has 8 to 128 letters, digits or ._:~+/=-',
    );
  }
  return key;
}

const describeHeader: ParameterDecorator = (target, method) => {
  if (method === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  if (!descriptor) return;
  ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Yours, 8 to 128 characters. An accepted command is remembered under it for ever.',
    schema: { type: 'string', minLength: 8, maxLength: 128 },
  })(target, method, descriptor);
};

/** Marks a command route: `create(@Idempotent() context: CommandContext, @Body() body: …)`. */
export const Idempotent = createParamDecorator<undefined>(
  (_: undefined, context: ExecutionContext) =>
    commandContext(context.switchToHttp().getRequest<FastifyRequest>()),
  [describeHeader],
);
