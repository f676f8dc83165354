// Hashing is arithmetic on bytes; this file is the kernel's only door to the platform's implementation of it.
import { hash, randomBytes } from 'node:crypto';

export const sha256Hex = (text: string | Uint8Array): string => hash('sha256', text, 'hex');

export const sha1Hex = (bytes: Uint8Array): string => hash('sha1', bytes, 'hex');

/** Entropy for identifiers only. Decisions never draw any. */
export const entropy = (size: number): Uint8Array => randomBytes(size);
