import { CodedError } from './coded-error';
import type { Json } from './json';

/** What needs escaping, or a look at its surrogates; everything else is copied as it stands. */
// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/**
 * RFC 8785 canonical form of our JSON profile: no floats, no integer beyond 2^53, no NUL, no lone surrogate,
 * nothing that JSON would drop in silence. So the bytes are a function of the value and survive `jsonb`.
 */
export const canonicalJson = (value: Json): string => write(value, []);

function write(value: unknown, path: (string | number)[]): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(path, 'only integers up to 2^53 - 1 are allowed; send others as a string');
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw refused(path, `${typeof value} has no JSON form`);
  }
}

function writeString(text: string, path: (string | number)[]): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  if (text.includes('\u0000')) throw refused(path, 'NUL characters are not allowed');
  if (!text.isWellFormed()) throw refused(path, 'a lone surrogate is not valid Unicode');
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], path: (string | number)[]): string {
  let out = '[';
  for (let i = 0; i < items.length; i++) {
    path.push(i);
    out += (i === 0 ? '' : ',') + write(items[i], path);
    path.pop();
  }
  return `${out}]`;
}

function writeObject(object: object, path: (string | number)[]): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refused(path, `a ${object.constructor.name} is not plain data`);
  }
  // Default sort compares UTF-16 code units, which is the order that RFC 8785 asks for.
  const keys = Object.keys(object).sort();
  let out = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    path.push(key);
    out += (i === 0 ? '' : ',') + writeString(key, path) + ':';
    out += write((object as Record<string, unknown>)[key], path);
    path.pop();
  }
  return `${out}}`;
}

function refused(path: readonly (string | number)[], reason: string): CodedError {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return new CodedError('invalid_json', `Not allowed at "${pointer}": ${reason}.`, { pointer, reason });
}
