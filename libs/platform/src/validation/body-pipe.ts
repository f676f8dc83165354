import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type Json, canonicalJson } from '@tributary/kernel';
import { type FieldError, Refusal, pointerOf } from '../errors/problem';
import { keepFilePoint } from '../queries/file-point';
import { MOST_ERRORS, errorCodeOf } from './error-codes';

/** The shape of what came in, checked once for every route: unknown fields are refused, nothing is coerced. */
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      exceptionFactory: (errors) => new InvalidShape(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      // What no event may hold has no place in a command either: NUL, half a character, a fraction.
      if (metadata.type === 'body' && this.toValidate(metadata) && isJson(value))
        canonicalJson(value);
      return keepFilePoint(value, await super.transform(value, metadata));
    } catch (error) {
      if (error instanceof InvalidShape)
        throw validationFailed(fieldErrors(error.errors, metadata.type));
      throw error;
    }
  }
}

/** A body that was sent at all came out of a JSON parser. */
const isJson = (value: unknown): value is Json => value !== undefined;

class InvalidShape extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('The shape does not fit.');
  }
}

export function validationFailed(errors: readonly FieldError[]): Refusal {
  const detail =
    errors.length === 1 ? '1 field does not fit.' : `${errors.length} fields do not fit.`;
  return new Refusal(422, 'validation_failed', detail, { errors: errors.slice(0, MOST_ERRORS) });
}

function fieldErrors(
  errors: readonly ValidationError[],
  source: ArgumentMetadata['type'],
): FieldError[] {
  const found: FieldError[] = [];
  const visit = (error: ValidationError, path: readonly string[], given: boolean) => {
    const here = [...path, error.property];
    const place =
      source === 'body'
        ? { pointer: pointerOf(error.property ? here : []) }
        : { parameter: here.join('.') };
    const rules = Object.entries(error.constraints ?? {});
    // A field that is not there breaks each of its rules; saying that once is enough.
    if (!given && rules.length > 0 && !('whitelistValidation' in (error.constraints ?? {}))) {
      found.push({ ...place, code: 'required', detail: `${error.property} is required` });
    } else {
      for (const [rule, detail] of rules) found.push({ ...place, code: errorCodeOf(rule), detail });
    }
    for (const child of error.children ?? []) visit(child, here, isGiven(child));
  };
  for (const error of errors) visit(error, [], isGiven(error));
  return found;
}

/** class-validator sets `value` also where the property is missing, to undefined. */
const isGiven = (error: ValidationError): boolean => error.value !== undefined;
