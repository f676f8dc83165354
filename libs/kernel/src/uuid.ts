import { CodedError } from './coded-error';
import { entropy, sha1Hex } from './hash';

export type Uuid = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);

/** The namespace of every identifier that we derive; changing it would change what every repeat is recognised by. */
export const TRIBUTARY_NAMESPACE: Uuid = 'b2f7c3a0-6d0e-5c1b-9a54-1f6f2f0c7d3e';

/** RFC 9562 version 5 over the parts, each with its length in front, so that no two lists of parts collide. */
export function uuidV5(...parts: readonly string[]): Uuid {
  let name = '';
  for (const part of parts) name += `${name === '' ? '' : '|'}${Buffer.byteLength(part)}:${part}`;
  return uuidV5Of(TRIBUTARY_NAMESPACE, name);
}

/** Bytes of a namespace, with room for a name behind it: one for all, because nothing waits between writing and hashing. */
let named = Buffer.alloc(1024);
const NAMESPACE_BYTES = 16;
const MAX_BYTES_PER_CHARACTER = 3;
let namespaceInPlace = '';

/** RFC 9562 version 5 of a name in a namespace. A hot path: every fact and every reaction has ids that are derived. */
export function uuidV5Of(namespace: Uuid, name: string): Uuid {
  // Lone surrogates all become the same bytes, so that two names could share an identifier.
  if (!name.isWellFormed())
    throw new CodedError('invalid_uuid', 'Not well-formed Unicode.', { name });
  const most = NAMESPACE_BYTES + name.length * MAX_BYTES_PER_CHARACTER;
  if (most > named.length) {
    named = Buffer.alloc(most);
    namespaceInPlace = '';
  }
  if (namespace !== namespaceInPlace) {
    if (!isUuid(namespace)) throw new CodedError('invalid_uuid', `Not a UUID: ${namespace}`);
    named.write(withoutDashes(namespace), 'hex');
    namespaceInPlace = namespace;
  }
  const end = NAMESPACE_BYTES + named.write(name, NAMESPACE_BYTES);
  return versionFive(sha1Hex(named.subarray(0, end)));
}

const POOL_BYTES = 4096;
/** Bytes that one identifier draws. */
const RANDOM_BYTES = 10;
const DIGITS = Buffer.from('0123456789abcdef');
const TIME = placesOf('xxxxxxxx-xxxx-____-____-____________');
const RANDOM = placesOf('________-____-_xxx-yxxx-xxxxxxxxxxxx');
const VARIANT = 19;
const draft = Buffer.from('00000000-0000-7000-8000-000000000000');
let pool: Uint8Array = new Uint8Array(0);
let used = 0;

/**
 * RFC 9562 version 7: ordered by millisecond, so that a unique index on it stays cheap. A hot path: the digits are put into one
 * buffer, because text made of pieces would leave them all behind as garbage.
 */
export function uuidV7(nowMs: number): Uuid {
  if (used + RANDOM_BYTES > pool.length) {
    pool = entropy(POOL_BYTES);
    used = 0;
  }
  let time = nowMs;
  for (let i = TIME.length - 1; i >= 0; i--) {
    const rest = Math.floor(time / 16);
    draft[TIME[i] as number] = DIGITS[time - rest * 16] as number;
    time = rest;
  }
  for (let i = 0; i < RANDOM.length; i++) {
    const byte = pool[used + (i >> 1)] as number;
    draft[RANDOM[i] as number] = DIGITS[i % 2 === 0 ? byte >> 4 : byte & 15] as number;
  }
  draft[VARIANT] = DIGITS[8 | ((pool[used + RANDOM_BYTES - 1] as number) & 3)] as number;
  used += RANDOM_BYTES;
  return draft.toString('latin1');
}

function placesOf(pattern: string): readonly number[] {
  return [...pattern].flatMap((mark, place) => (mark === 'x' ? [place] : []));
}

const PLACES = placesOf('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx');
const derived = Buffer.from('00000000-0000-5000-8000-000000000000');
const VERSION = 14;

/** Of the first 128 bits, with version and variant in their places. */
function versionFive(hex: string): Uuid {
  for (let i = 0; i < PLACES.length; i++) derived[PLACES[i] as number] = hex.charCodeAt(i);
  const variant = parseInt(hex.charAt(VARIANT - 3), 16) & 3;
  derived[VERSION] = DIGITS[5] as number;
  derived[VARIANT] = DIGITS[8 | variant] as number;
  return derived.toString('latin1');
}

/** A UUID as it stands in a stream name. */
export const withoutDashes = (uuid: Uuid): string => uuid.replaceAll('-', '');
