import { sign as signBytes, verify as verifyBytes } from 'node:crypto';
import {
  COSIGNATURE,
  type Note,
  type Signature,
  type Signer,
  type Verifier,
  isOf,
  isSignedBy,
  parseNote,
  refused,
} from './note';
import type { Digest } from './tree';

/** That a log had this many leaves under this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Digest;
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

const TEXT = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/;

/** Lines that extend a checkpoint are refused: nobody could say what was promised with them. */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin, size, root] = TEXT.exec(text) ?? [];
  if (origin === undefined || size === undefined || root === undefined) {
    throw refused('checkpoint', 'it has three lines: origin, size and root');
  }
  const bytes = Buffer.from(root, 'base64');
  if (bytes.toString('base64') !== root || !Number.isSafeInteger(Number(size))) {
    throw refused('checkpoint', 'its size or root is not in canonical form');
  }
  return { origin, size: Number(size), root: bytes };
}

/** The checkpoint of a note that the log's own key has signed. */
export function openCheckpoint(text: string, log: Verifier): Checkpoint & { readonly note: Note } {
  const note = parseNote(text);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== log.name) throw refused('checkpoint', `it is not of ${log.name}`);
  if (!isSignedBy(note, log)) throw refused('checkpoint', `${log.name} has not signed it`);
  return { ...checkpoint, note };
}

const TIME_BYTES = 8;

/** What a witness says: at this time the log showed this and nothing that contradicts it (C2SP tlog-cosignature). */
export function cosign(checkpoint: string, atSeconds: number, signer: Signer): Signature {
  if (signer.algorithm !== COSIGNATURE) throw refused('cosignature', 'the key is of another kind');
  const signature = signBytes(null, cosigned(checkpoint, atSeconds), signer.key);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(atSeconds));
  return { name: signer.name, id: signer.id, bytes: Buffer.concat([time, signature]) };
}

/** When this witness saw the checkpoint; undefined where it did not sign. */
export function cosignedAt(note: Note, witness: Verifier): number | undefined {
  const found = note.signatures.find((one) => isOf(one, witness));
  if (!found) return undefined;
  const time = found.bytes.subarray(0, TIME_BYTES);
  if (time.length < TIME_BYTES) throw refused('cosignature', 'it is too short');
  const atSeconds = Number(time.readBigUInt64BE());
  const signature = found.bytes.subarray(TIME_BYTES);
  if (!verifyBytes(null, cosigned(note.text, atSeconds), witness.key, signature)) {
    throw refused('cosignature', `that of ${witness.name} does not fit the checkpoint`);
  }
  return atSeconds;
}

const cosigned = (checkpoint: string, atSeconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${atSeconds}\n${checkpoint}`);
