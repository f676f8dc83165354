/** One vocabulary for both validators, so that a client need not know which of them guards a route. */
const CODES: Readonly<Record<string, string>> = {
  // class-validator
  arrayMaxSize: 'out_of_range',
  arrayMinSize: 'out_of_range',
  isArray: 'wrong_type',
  isBoolean: 'wrong_type',
  isDefined: 'required',
  isEnum: 'not_allowed',
  isIn: 'not_allowed',
  isInt: 'wrong_type',
  isLength: 'out_of_range',
  isNotEmpty: 'required',
  isNumber: 'wrong_type',
  isObject: 'wrong_type',
  isString: 'wrong_type',
  isUuid: 'wrong_format',
  matches: 'wrong_format',
  max: 'out_of_range',
  maxLength: 'out_of_range',
  min: 'out_of_range',
  minLength: 'out_of_range',
  nestedValidation: 'wrong_type',
  unknownValue: 'wrong_type',
  whitelistValidation: 'unknown_field',
  // JSON Schema
  additionalProperties: 'unknown_field',
  const: 'not_allowed',
  enum: 'not_allowed',
  exclusiveMaximum: 'out_of_range',
  exclusiveMinimum: 'out_of_range',
  format: 'wrong_format',
  maxItems: 'out_of_range',
  maximum: 'out_of_range',
  maxProperties: 'out_of_range',
  minItems: 'out_of_range',
  minimum: 'out_of_range',
  minProperties: 'out_of_range',
  pattern: 'wrong_format',
  required: 'required',
  type: 'wrong_type',
  unevaluatedProperties: 'unknown_field',
  uniqueItems: 'not_unique',
};

/** A rule of our own is its own code: `isMinorUnits` becomes `minor_units`. */
export const errorCodeOf = (rule: string): string =>
  CODES[rule] ??
  rule
    .replace(/^is(?=[A-Z])/, '')
    .replaceAll(/(?<!^)[A-Z]/g, '_$&')
    .toLowerCase();

export const MOST_ERRORS = 50;
