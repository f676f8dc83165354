import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { type Instant, instant } from '@tributary/kernel';
import { ValidateBy, ValidateIf, type ValidationOptions, isISO31661Alpha2 } from 'class-validator';

/** The field may be missing; null is an answer like any other, and has to fit. */
export const MayBeLeftOut = (): PropertyDecorator =>
  ValidateIf((_body: object, value: unknown) => value !== undefined);

/** A country of ISO 3166-1, by its two letters. */
export const IsTerritory = (options?: ValidationOptions): PropertyDecorator =>
  field('isTerritory', isTerritory, 'is a country of ISO 3166-1, like "BR"', options, 'BR');

/** The list of the standard also takes lower case; what is stored is compared as text. */
const isTerritory = (text: string): boolean => /^[A-Z]{2}$/.test(text) && isISO31661Alpha2(text);

function field(
  rule: string,
  holds: (text: string) => boolean,
  says: string,
  options: ValidationOptions | undefined,
  example: string,
): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value === 'string' && holds(value),
    defaultMessage: () => `$property ${says}`,
  };
  return applyDecorators(
    ApiProperty({ type: String, isArray: options?.each ?? false, example }),
    ValidateBy({ name: rule, validator }, options),
  );
}

/** The fields that were sent, as plain data; a class may hold the others as undefined. */
export function sent<T extends object, K extends keyof T>(
  body: T,
  keys: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  return Object.fromEntries(
    keys.flatMap((key) => (body[key] === undefined ? [] : [[key, plain(body[key])]])),
  ) as { [P in K]?: Exclude<T[P], undefined> };
}

/** Nested bodies arrive as instances of their classes, and an event holds data only. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A time as it was sent, under the name that the command has for it; nothing where it was left out. */
export const timeAs = <K extends string>(
  key: K,
  text: string | undefined,
): { [P in K]?: Instant } =>
  (text === undefined ? {} : { [key]: instant(text) }) as { [P in K]?: Instant };
