import { type KeyObject, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { CodedError, invariant } from '@tributary/kernel';
import { IV_BYTES, KEY_BYTES, decrypt, encrypt } from './aes-gcm';
import { HmacKey } from './hmac';
import { lengthPrefixed } from './length-prefixed';

/** What a tenant's own secret is used for. Each use has a key of its own, so that none says anything about another. */
export interface TenantSecrets {
  /** Finds references in the vault. */
  readonly vault: HmacKey;
  /** Compares content without showing it: fingerprints, and the HMAC beside what is sealed. */
  readonly content: HmacKey;
  /** Wraps the keys of the subjects. */
  readonly wrap: KeyObject;
}

export function tenantSecretsOf(root: KeyObject): TenantSecrets {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', root, '', `tributary privacy v1 ${use}`, KEY_BYTES));
  return {
    vault: new HmacKey(derive('vault')),
    content: new HmacKey(derive('content')),
    wrap: createSecretKey(derive('wrap')),
  };
}

export const drawKey = (): KeyObject => createSecretKey(randomBytes(KEY_BYTES));

/** Bytes that only come into being again under the same wrapping key and the same context. */
export function wrapKey(
  wrapping: KeyObject,
  key: KeyObject,
  ...context: readonly string[]
): Buffer {
  const iv = randomBytes(IV_BYTES);
  return Buffer.concat([iv, encrypt(wrapping, iv, contextOf(context), key.export())]);
}

export function unwrapKey(
  wrapping: KeyObject,
  wrapped: Uint8Array,
  ...context: readonly string[]
): KeyObject {
  const iv = wrapped.subarray(0, IV_BYTES);
  const bytes = decrypt(wrapping, iv, contextOf(context), wrapped.subarray(IV_BYTES));
  if (bytes?.length !== KEY_BYTES)
    throw new CodedError('key_damaged', 'A stored key cannot be unwrapped: it was changed.');
  return createSecretKey(bytes);
}

const contextOf = (context: readonly string[]): string =>
  lengthPrefixed('tributary key v1', ...context);

/** The one secret that is configured rather than stored: it wraps the secrets of the tenants, which wrap all other keys. */
export class MasterKey {
  /** Tells master keys apart and says nothing about them. */
  readonly id: string;
  readonly key: KeyObject;

  constructor(bytes: Uint8Array) {
    invariant(bytes.length === KEY_BYTES, 'a master key has 256 bits');
    this.key = createSecretKey(bytes);
    this.id = new HmacKey(bytes).hex('tributary master key').slice(0, 16);
  }
}
