import { CodedError } from './coded-error';
import type { Json } from './json';

/** What needs escaping, or a look at its surrogates; everything else is copied as it stands. */
// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** Objects and arrays inside each other. No fact of ours comes near; a deeper one would be an attack on the stack. */
export const MAX_JSON_DEPTH = 64;

type Path = (string | number)[];

/**
 * RFC 8785 canonical form of our JSON profile: no floats, no integer beyond 2^53, no NUL, no lone surrogate,
 * nothing that JSON would drop in silence. So the bytes are a function of the value and survive `jsonb`.
 */
export const canonicalJson = (value: Json): string => write(value, [], 0);

/** `path` is overwritten level by level instead of copied; only its first `depth` steps mean anything. */
function write(value: unknown, path: Path, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path, depth);
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(path, depth, NOT_AN_INTEGER);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_JSON_DEPTH) throw refused(path, depth, TOO_DEEP);
      return Array.isArray(value)
        ? writeArray(value, path, depth)
        : writeObject(value, path, depth);
    default:
      throw refused(path, depth, `${typeof value} has no JSON form`);
  }
}

const NOT_AN_INTEGER = 'only integers up to 2^53 - 1 are allowed; send others as a string';
const TOO_DEEP = `more than ${MAX_JSON_DEPTH} levels of nesting`;

function writeString(text: string, path: Path, depth: number): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  if (text.includes('\u0000')) throw refused(path, depth, 'NUL characters are not allowed');
  if (!text.isWellFormed()) throw refused(path, depth, 'a lone surrogate is not valid Unicode');
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], path: Path, depth: number): string {
  let out = '[';
  for (let i = 0; i < items.length; i++) {
    path[depth] = i;
    if (i > 0) out += ',';
    out += write(items[i], path, depth + 1);
  }
  return `${out}]`;
}

function writeObject(object: object, path: Path, depth: number): string {
  if (!isPlain(object)) throw refused(path, depth, 'only plain objects are data');
  const { keys, names, openings } = shapeOf(Object.keys(object), path, depth);
  let out = '';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    path[depth] = key;
    const value = (object as Record<string, unknown>)[key];
    // Most values are short plain strings: this spares them the way through `write`.
    if (typeof value === 'string' && !NEEDS_CARE.test(value)) out += `${openings[i]}${value}"`;
    else out += `${names[i]}${write(value, path, depth + 1)}`;
  }
  return out === '' ? '{}' : `${out}}`;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  // Another realm, as test runners and workers have them, brings an Object.prototype of its own.
  return Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** By UTF-16 code units, the order that RFC 8785 asks for. Short lists, nearly all, are faster without `sort`. */
function sorted(keys: string[]): string[] {
  if (keys.length > 24) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let to = i;
    for (; to > 0 && (keys[to - 1] as string) > key; to--) keys[to] = keys[to - 1] as string;
    keys[to] = key;
  }
  return keys;
}

interface Shape {
  /** As the object has them. */
  readonly given: readonly string[];
  /** In canonical order. */
  readonly keys: readonly string[];
  /** Checked and written, each with what stands before it. */
  readonly names: readonly string[];
  /** The same, with the first quotation mark of a text. */
  readonly openings: readonly string[];
}

/**
 * Objects of one kind have their keys in one order, so sorting and writing them once is enough. By first key, and bounded,
 * because keys may also come from outside.
 */
const SHAPES = new Map<string, Shape>();
const SHAPES_LIMIT = 1024;
const REMEMBERED = { keys: 32, length: 64 };

function shapeOf(given: string[], path: Path, depth: number): Shape {
  const [first = ''] = given;
  const known = SHAPES.get(first);
  if (known !== undefined && isSame(known.given, given)) return known;
  const keys = sorted([...given]);
  const names = keys.map((key, i) => {
    path[depth] = key;
    return `${i === 0 ? '{' : ','}${writeString(key, path, depth + 1)}:`;
  });
  const openings = names.map((name) => `${name}"`);
  const shape = { given, keys, names, openings };
  const isSmall =
    given.length <= REMEMBERED.keys && given.every((key) => key.length <= REMEMBERED.length);
  if (isSmall && (known !== undefined || SHAPES.size < SHAPES_LIMIT)) SHAPES.set(first, shape);
  return shape;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

/** The path to a value as RFC 6901 writes it. */
export const jsonPointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function refused(path: Path, depth: number, reason: string): CodedError {
  const pointer = jsonPointer(path.slice(0, depth));
  return new CodedError('invalid_json', `Not allowed at "${pointer}": ${reason}.`, {
    pointer,
    reason,
  });
}
