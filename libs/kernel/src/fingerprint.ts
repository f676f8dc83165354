import { canonicalJson, jsonPointer } from './canonical-json';
import { CodedError } from './coded-error';
import { sha256Hex } from './hash';
import type { Json, JsonObject } from './json';

/** Every event of a command carries it, so it stays small: room for more than thirty fields. */
export const MAX_FINGERPRINT_LENGTH = 2048;

/** What a repeat is recognised by: a fact or command as it was sent, and nothing that we added. */
export interface Sent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly body: JsonObject;
  /** Only if the sender gave one. */
  readonly time?: string;
}

/** Personal values are few and can be guessed, so their hashes take a key that erasure can destroy. */
export interface Keyed {
  /** Top-level fields of the body. */
  readonly fields: readonly string[];
  hmacHex(text: string): string;
}

/** One hash of the whole. The sender replaces personal values before it asks. */
export const fingerprintOf = (value: Json): string => sha256Hex(canonicalJson(value));

/** 128 bits: nobody else can find another value for a field, and a sender that looks for two would fool only itself. */
const HASH_LENGTH = 32;

/** One hash per top-level field, as one opaque text that `differingFields` can compare. */
export function fingerprintByField(
  { type, schemaVersion, body, time }: Sent,
  keyed?: Keyed,
): string {
  const personal = new Set(keyed?.fields);
  const hashes = new Map<string, string>([
    ['type', hashOf('type', type)],
    ['schemaVersion', hashOf('schemaVersion', schemaVersion)],
  ]);
  if (time !== undefined) hashes.set('time', hashOf('time', time));
  for (const [field, value] of Object.entries(body)) {
    const pointer = jsonPointer([field]);
    const hash = keyed && personal.has(field) ? (text: string) => keyed.hmacHex(text) : sha256Hex;
    hashes.set(pointer, hashOf(pointer, value, hash));
  }
  const text = canonicalJson(Object.fromEntries(hashes));
  if (text.length > MAX_FINGERPRINT_LENGTH) {
    const facts = { fields: hashes.size, limit: MAX_FINGERPRINT_LENGTH };
    throw new CodedError(
      'too_many_fields',
      `${hashes.size} fields do not fit into one fingerprint.`,
      facts,
    );
  }
  return text;
}

/** The field's name is part of what is hashed, so that equal values of two fields do not show as equal. */
const hashOf = (field: string, value: Json, hash: (text: string) => string = sha256Hex): string =>
  hash(canonicalJson([field, value])).slice(0, HASH_LENGTH);

/**
 * What differs between two fingerprints by field: JSON pointers into the body, or `type`, `schemaVersion`, `time`.
 * Undefined where one of them is a hash of the whole, which can only say that something differs.
 */
export function differingFields(a: string, b: string): string[] | undefined {
  const [left, right] = [hashesOf(a), hashesOf(b)];
  if (!left || !right) return undefined;
  const fields = new Set([...left.keys(), ...right.keys()]);
  return [...fields].filter((field) => left.get(field) !== right.get(field)).sort();
}

function hashesOf(fingerprint: string): Map<string, unknown> | undefined {
  if (!fingerprint.startsWith('{')) return undefined;
  return new Map(Object.entries(JSON.parse(fingerprint) as Record<string, unknown>));
}
