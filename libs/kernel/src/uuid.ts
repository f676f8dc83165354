import { CodedError } from './coded-error';
import { entropy, sha1Bytes } from './hash';

export type Uuid = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);

/** The namespace of every identifier that we derive; changing it would change what every repeat is recognised by. */
export const TRIBUTARY_NAMESPACE: Uuid = 'b2f7c3a0-6d0e-5c1b-9a54-1f6f2f0c7d3e';

/** RFC 9562 version 5 over the parts, each with its length in front, so that no two lists of parts collide. */
export function uuidV5(...parts: readonly string[]): Uuid {
  const name = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('|');
  return uuidV5Of(TRIBUTARY_NAMESPACE, name);
}

/** RFC 9562 version 5 of a name in a namespace. */
export function uuidV5Of(namespace: Uuid, name: string): Uuid {
  if (!isUuid(namespace)) throw new CodedError('invalid_uuid', `Not a UUID: ${namespace}`);
  // Lone surrogates all become the same bytes, so that two names could share an identifier.
  if (!name.isWellFormed())
    throw new CodedError('invalid_uuid', 'Not well-formed Unicode.', { name });
  const bytes = sha1Bytes(
    Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]),
  );
  return versionFive(bytes.subarray(0, 16));
}

const POOL_BYTES = 4096;
/** Hexadecimal digits that one identifier takes; one of them becomes the variant. */
const RANDOM_DIGITS = 19;
const VARIANT = '89ab';
let pool = '';
let used = 0;

/** RFC 9562 version 7: ordered by millisecond, so that a unique index on it stays cheap. Made from text, because this is a hot path. */
export function uuidV7(nowMs: number): Uuid {
  if (used + RANDOM_DIGITS > pool.length) {
    pool = Buffer.from(entropy(POOL_BYTES)).toString('hex');
    used = 0;
  }
  const random = pool.slice(used, used + RANDOM_DIGITS);
  used += RANDOM_DIGITS;
  const time = nowMs.toString(16).padStart(12, '0');
  const variant = VARIANT.charAt(Number.parseInt(random.charAt(3), 16) % VARIANT.length);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7)}`;
}

function versionFive(bytes: Uint8Array): Uuid {
  const stamped = Buffer.from(bytes);
  stamped[6] = ((stamped[6] ?? 0) & 0x0f) | 0x50;
  stamped[8] = ((stamped[8] ?? 0) & 0x3f) | 0x80;
  const hex = stamped.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A UUID as it stands in a stream name. */
export const withoutDashes = (uuid: Uuid): string => uuid.replaceAll('-', '');
