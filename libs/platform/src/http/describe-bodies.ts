import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { getMetadataStorage } from 'class-validator';
import { controllersOf, handlersOf } from './routes';

type Rule = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/**
 * The validators of a body say what it may hold; the OpenAPI document is told from them, so that nobody states a field twice.
 * What `@ApiProperty` says besides is kept.
 */
export function describeBodies(app: NestFastifyApplication): void {
  const described = new Set<unknown>();
  for (const controller of controllersOf(app)) {
    for (const handler of handlersOf(controller)) {
      const types = Reflect.getMetadata(
        'design:paramtypes',
        controller.prototype as object,
        handler.name,
      ) as unknown;
      for (const type of Array.isArray(types) ? (types as unknown[]) : [])
        describeClass(type, described);
    }
  }
}

function describeClass(type: unknown, described: Set<unknown>): void {
  if (typeof type !== 'function' || described.has(type)) return;
  described.add(type);
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type, '', false, false);
  const presets = rules.length > 0 ? (new (type as Type)() as Record<string, unknown>) : {};
  for (const [field, ofField] of Object.entries(storage.groupByPropertyName(rules))) {
    const nested = nestedTypeOf(type as Type, field);
    describeClass(nested, described);
    const design = Reflect.getMetadata('design:type', type.prototype as object, field) as unknown;
    const options = {
      ...optionsOf(ofField),
      ...typeOf(design, nested, ofField),
      ...presetOf(presets[field]),
    };
    ApiProperty(options)(type.prototype as object, field);
  }
}

/** What a field holds when nobody sends it; then nobody has to. */
const presetOf = (preset: unknown): object =>
  preset === undefined ? {} : { required: false, default: preset };

function nestedTypeOf(type: Type, field: string): unknown {
  const found = defaultMetadataStorage.findTypeMetadata(type, field)?.typeFunction();
  // `@Type(() => Number)` reads a query's text as a number; nothing is nested there.
  return found === Number || found === Boolean || found === String ? undefined : found;
}

function typeOf(design: unknown, nested: unknown, rules: readonly Rule[]): ApiPropertyOptions {
  if (nested !== undefined) return { type: nested as Type, isArray: design === Array };
  const names = new Set(rules.map(({ name }) => name));
  const isArray = design === Array;
  if (names.has('isInt')) return { type: 'integer', isArray };
  if (names.has('isNumber')) return { type: Number, isArray };
  if (names.has('isBoolean')) return { type: Boolean, isArray };
  return design === Object && names.has('isObject')
    ? { type: 'object', additionalProperties: true }
    : { type: String, isArray };
}

function optionsOf(rules: readonly Rule[]): object {
  const described = rules.map(({ name, type, constraints }) => {
    if (type === 'conditionalValidation') return { required: false };
    const [first, second] = (constraints ?? []) as unknown[];
    return OPTIONS[name ?? '']?.(first, second) ?? {};
  });
  return Object.assign({ required: true }, ...described) as object;
}

/** What a validator with these constraints says in the words of OpenAPI. */
const OPTIONS: Readonly<Record<string, (first: unknown, second: unknown) => object>> = {
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayMinSize: (minItems) => ({ minItems }),
  isEnum: (values) => ({ enum: Object.values(values as object) }),
  isIn: (values) => ({ enum: values }),
  isLength: (minLength, maxLength) => ({ minLength, maxLength }),
  isUuid: () => ({ format: 'uuid' }),
  matches: (pattern) => ({ pattern: (pattern as RegExp).source }),
  max: (maximum) => ({ maximum }),
  maxLength: (maxLength) => ({ maxLength }),
  min: (minimum) => ({ minimum }),
  minLength: (minLength) => ({ minLength }),
};
