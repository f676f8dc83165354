import {
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  hash,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { CodedError } from '@tributary/kernel';

/** What a key signs: the text of a note as it stands, or a checkpoint together with the time at which it was seen. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type Algorithm = typeof COSIGNATURE | typeof ED25519;

/** A key that signs notes under a name (C2SP signed-note). */
export interface Signer {
  readonly name: string;
  readonly id: Buffer;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

export interface Verifier {
  readonly name: string;
  readonly id: Buffer;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

export interface Signature {
  readonly name: string;
  readonly id: Buffer;
  /** Behind the four bytes of the key id. */
  readonly bytes: Buffer;
}

export interface Note {
  /** With its last newline: this is what is signed. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

const PKCS8_OF_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_OF_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');
const SEED_BYTES = 32;
const ID_BYTES = 4;
const MOST_SIGNATURES = 100;
const NAME = /^[^\s+]+$/u;
// eslint-disable-next-line no-control-regex -- a note has no control characters but the newline.
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

export function signerOf(name: string, seed: Uint8Array, algorithm: Algorithm = ED25519): Signer {
  assertName(name);
  if (seed.length !== SEED_BYTES) throw refused('seed', 'a seed has 32 bytes');
  const der = Buffer.concat([PKCS8_OF_SEED, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { name, id: keyIdOf(name, algorithm, publicBytesOf(key)), algorithm, key };
}

/** Who signs, as everybody may know it: `name+id+key`. */
export function verifierKeyOf({ name, id, algorithm, key }: Signer): string {
  const bytes = Buffer.concat([Buffer.of(algorithm), publicBytesOf(key)]);
  return `${name}+${id.toString('hex')}+${bytes.toString('base64')}`;
}

export function verifierOf(verifierKey: string): Verifier {
  const [, name = '', id = '', encoded = ''] =
    /^([^+]*)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? [];
  const bytes = base64(encoded);
  const algorithm = bytes?.[0];
  if (!NAME.test(name) || bytes?.length !== 1 + SEED_BYTES) {
    throw refused('verifier_key', 'it reads name+8 hex digits+base64 of 33 bytes');
  }
  if (algorithm !== ED25519 && algorithm !== COSIGNATURE) {
    throw refused('verifier_key', `algorithm ${algorithm} is unknown`);
  }
  const publicBytes = bytes.subarray(1);
  if (!keyIdOf(name, algorithm, publicBytes).equals(Buffer.from(id, 'hex'))) {
    throw refused('verifier_key', 'its id is not that of its key');
  }
  const der = Buffer.concat([SPKI_OF_PUBLIC, publicBytes]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return { name, id: Buffer.from(id, 'hex'), algorithm, key };
}

export function signNote(text: string, signer: Signer): Note {
  assertText(text);
  const bytes = signBytes(null, Buffer.from(text), signer.key);
  return { text, signatures: [{ name: signer.name, id: signer.id, bytes }] };
}

export const formatSignature = ({ name, id, bytes }: Signature): string =>
  `— ${name} ${Buffer.concat([id, bytes]).toString('base64')}\n`;

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(formatSignature).join('')}`;

/** Reads a note without judging who signed it. */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw refused('note', 'signatures follow a blank line');
  const text = note.slice(0, end + 1);
  assertText(text);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw refused('note', 'it has too many signatures');
  return { text, signatures: lines.map(parseSignature) };
}

export function parseSignature(line: string): Signature {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = base64(encoded);
  if (!NAME.test(name) || !bytes || bytes.length <= ID_BYTES) {
    throw refused('signature', 'it reads: — name base64');
  }
  return { name, id: bytes.subarray(0, ID_BYTES), bytes: bytes.subarray(ID_BYTES) };
}

/** Whether the note carries a good signature of this key. A bad one of a known key is an attack or a defect, and is told. */
export function isSignedBy(note: Note, verifier: Verifier): boolean {
  const signatures = note.signatures.filter((one) => isOf(one, verifier));
  for (const { bytes } of signatures) {
    if (!verifyBytes(null, Buffer.from(note.text), verifier.key, bytes)) {
      throw refused('signature', `that of ${verifier.name} does not fit the text`);
    }
  }
  return signatures.length > 0;
}

export const isOf = (signature: Signature, { name, id }: Verifier): boolean =>
  signature.name === name && signature.id.equals(id);

function keyIdOf(name: string, algorithm: Algorithm, publicBytes: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(algorithm), publicBytes]);
  return hash('sha256', named, 'buffer').subarray(0, ID_BYTES);
}

function publicBytesOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES);
}

function base64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

function assertName(name: string): void {
  if (!NAME.test(name)) throw refused('name', 'a name has no space and no plus');
}

function assertText(text: string): void {
  if (!text.endsWith('\n') || CONTROL.test(text) || !text.isWellFormed()) {
    throw refused('note', 'its text ends with a newline and holds no other control character');
  }
}

export const refused = (what: string, rule: string): CodedError =>
  new CodedError('note_refused', `Refused ${what.replaceAll('_', ' ')}: ${rule}.`, { what, rule });
