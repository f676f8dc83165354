import { type KeyObject, createCipheriv, createDecipheriv } from 'node:crypto';
import { invariant } from '@tributary/kernel';

export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

const ALGORITHM = 'aes-256-gcm';

/** AES-256-GCM: the ciphertext with its tag behind it. Two texts under one key must never share an `iv`. */
export function encrypt(
  key: KeyObject,
  iv: Uint8Array,
  bound: string | Uint8Array,
  plain: Uint8Array,
): Buffer {
  invariant(iv.length === IV_BYTES, 'an IV has 96 bits: others are hashed, and may meet');
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined unless key, iv, what it is bound to and every byte are those of `encrypt`. */
export function decrypt(
  key: KeyObject,
  iv: Uint8Array,
  bound: string | Uint8Array,
  sealed: Uint8Array,
): Buffer | undefined {
  if (iv.length !== IV_BYTES || sealed.length < TAG_BYTES) return undefined;
  const split = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(sealed.subarray(split));
  const plain = decipher.update(sealed.subarray(0, split));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The one thing that `final` can find here is that the tag does not fit, and that is an answer.
    return undefined;
  }
}
