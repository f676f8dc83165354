import { type Kind, textOf } from './kinds';

const PLAIN = new Set<Kind>(['bigint', 'boolean', 'int']);
const SPECIAL = /["\\]/g;

/** A Postgres array literal. Written here because the driver's own way costs more than the statement that it is for. */
export function arrayLiteral(kind: Kind, values: readonly unknown[]): string {
  const plain = PLAIN.has(kind);
  const parts: string[] = [];
  for (const value of values) {
    const text = textOf(kind, value);
    if (text === null) parts.push('NULL');
    else parts.push(plain ? text : `"${text.replace(SPECIAL, '\\$&')}"`);
  }
  return `{${parts.join(',')}}`;
}

const SEPARATOR = '\x1f';
const NULL = '\x1e';
/** How the server is told of both. */
export const TAKEN_APART_BY = "E'\\x1f', E'\\x1e'";

/**
 * The same values as one text with separators, which the server takes apart twice as fast as it reads an array with quotes, and
 * which needs none. Undefined where that would not do: for what needs no quotes anyway, and for a text that holds the separator.
 */
export function separatedText(kind: Kind, values: readonly unknown[]): string | undefined {
  if (PLAIN.has(kind)) return undefined;
  const parts: string[] = [];
  for (const value of values) {
    const text = textOf(kind, value) ?? NULL;
    // JSON escapes both; what is null came as nothing else.
    if (kind !== 'json' && value != null && (text.includes(SEPARATOR) || text === NULL))
      return undefined;
    parts.push(text);
  }
  const all = parts.join(SEPARATOR);
  // Taken apart, no text at all has no part either.
  return all === '' ? undefined : all;
}

const COPY_SPECIAL = /[\\\t\n\r]/g;
const COPY_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** One line of COPY's text format. */
export function copyLine(kinds: readonly Kind[], values: readonly unknown[]): string {
  let line = '';
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] as Kind;
    const text = textOf(kind, values[i]);
    if (i > 0) line += '\t';
    if (text === null) line += '\\N';
    else
      line += PLAIN.has(kind)
        ? text
        : text.replace(COPY_SPECIAL, (character) => COPY_ESCAPES[character] ?? character);
  }
  return `${line}\n`;
}
