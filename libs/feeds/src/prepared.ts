import { sha256Hex } from '@tributary/kernel';
import type { QueryConfig } from 'pg';

/** A statement that is made anew for each batch has a few dozen forms; beyond this, what is rare is not kept by every connection. */
const MOST_STATEMENTS = 200;

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once: with many columns that costs more than running it for a few rows. Not
 * for who searches a table that grows: the plan that suited a few rows would be kept for many.
 */
export function prepared(text: string, values: unknown[]): QueryConfig {
  const name = nameOf(text);
  return name === undefined ? { text, values } : { name, text, values };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_STATEMENTS) return known;
  const name = `feeds_${sha256Hex(text).slice(0, 32)}`;
  names.set(text, name);
  return name;
}
