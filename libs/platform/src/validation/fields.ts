import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { hasCode, instant, parseStreamName, resolvePeriod } from '@tributary/kernel';
import { ValidateBy, type ValidationOptions } from 'class-validator';

const MINOR_UNITS = /^(?:0|-?[1-9][0-9]{0,17})$/;
const DAY = /^(?:19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/;
const ASSET = /^[A-Z][A-Z0-9]{2,15}\/(?:0|[1-9][0-9]?)$/;

/** Integer minor units as text; a JSON number cannot carry every amount. */
export const IsMinorUnits = (options?: ValidationOptions): PropertyDecorator =>
  field(
    'isMinorUnits',
    (text) => MINOR_UNITS.test(text),
    'is an integer of minor units as a string, like "170910"',
    options,
    {
      pattern: MINOR_UNITS.source,
      example: '170910',
    },
  );

export const IsAsset = (options?: ValidationOptions): PropertyDecorator =>
  field(
    'isAsset',
    (text) => ASSET.test(text),
    'is an asset with its exponent, like "BRL/2"',
    options,
    {
      pattern: ASSET.source,
      example: 'BRL/2',
    },
  );

export const IsInstant = (options?: ValidationOptions): PropertyDecorator =>
  field('isInstant', readable(instant), 'is a point in time with an offset (RFC 3339)', options, {
    format: 'date-time',
    example: '2026-03-31T23:59:59.999-03:00',
  });

/** A day from 1970 on, as the calendars of some zone show it. */
export const IsDay = (options?: ValidationOptions): PropertyDecorator =>
  field('isDay', isDay, 'is a day from 1970 on, like "2026-03-31"', options, {
    format: 'date',
    example: '2026-03-31',
  });

export const IsStreamId = (options?: ValidationOptions): PropertyDecorator =>
  field(
    'isStreamId',
    (text) => /^[a-z0-9]{1,32}$/.test(text),
    'has 1 to 32 lower-case letters and digits',
    options,
    {
      pattern: '^[a-z0-9]{1,32}$',
      example: 'p1',
    },
  );

export const IsStreamName = (options?: ValidationOptions): PropertyDecorator =>
  field('isStreamName', readable(parseStreamName), 'is the name of a stream', options, {
    example: 'earnings-acme.p1.brcommercial.2026q1',
  });

/** As the database spells it: what is stored is compared as text. */
export const IsZone = (options?: ValidationOptions): PropertyDecorator =>
  field('isZone', isZone, 'is a zone of the IANA database', options, {
    example: 'America/Sao_Paulo',
  });

const isDay = (text: string): boolean => DAY.test(text) && readable(instant)(`${text}T00:00:00Z`);

function isZone(text: string): boolean {
  try {
    return resolvePeriod(text, '2026-01').zone === text;
  } catch (error) {
    if (hasCode(error, 'unknown_zone')) return false;
    throw error;
  }
}

function readable(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      if (hasCode(error, 'invalid_instant', 'invalid_stream_name')) return false;
      throw error;
    }
  };
}

interface Shown {
  readonly pattern?: string;
  readonly format?: string;
  readonly example: string;
}

function field(
  name: string,
  holds: (text: string) => boolean,
  rule: string,
  options: ValidationOptions | undefined,
  shown: Shown,
): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value === 'string' && holds(value),
    defaultMessage: () => `$property ${rule}`,
  };
  return applyDecorators(
    ApiProperty({ type: String, isArray: options?.each ?? false, ...shown }),
    ValidateBy({ name, validator }, options),
  );
}
