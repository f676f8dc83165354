import { hash } from 'node:crypto';
import { invariant } from '@tributary/kernel';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const MAX_BYTES_PER_CHARACTER = 3;

/** One for all keys, because nothing waits between writing and hashing. */
let inner = Buffer.alloc(1024);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/**
 * HMAC-SHA-256 (RFC 2104) under one key. Two hashes in one shot each, because an `Hmac` of `node:crypto` is an object on the native heap
 * for every text: where facts came in by the thousand, making those took three times as long as the hashing.
 */
export class HmacKey {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: Uint8Array) {
    invariant(key.length <= BLOCK_BYTES, 'a longer key would have to be hashed first');
    this.#inner = padded(key, 0x36);
    this.#outer = padded(key, 0x5c);
  }

  /** 64 hexadecimal digits. */
  hex(text: string): string {
    const most = BLOCK_BYTES + text.length * MAX_BYTES_PER_CHARACTER;
    if (most > inner.length) inner = Buffer.alloc(most);
    this.#inner.copy(inner);
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
    this.#outer.copy(outer);
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', outer, 'hex');
  }
}

function padded(key: Uint8Array, by: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key);
  return block.map((byte) => byte ^ by) as Buffer;
}
