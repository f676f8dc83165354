import { hash, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CodedError } from '@tributary/kernel';
import { writeForGood } from '@tributary/platform';
import {
  COSIGNATURE,
  type Seen,
  type Signer,
  type Verifier,
  openCheckpoint,
  signerOf,
  verifierKeyOf,
} from '@tributary/proofs';

const SEED_BYTES = 32;
const KEY_FILE = 'witness.key';
const KEY = /^PRIVATE\+KEY\+([^+\s]+)\+[0-9a-f]{8}\+(\S+)\n$/;

/** Under which a log is asked for, so that no name of a log becomes a path. */
export const fileOfOrigin = (origin: string): string => hash('sha256', origin);

/** The key of a witness, and the last checkpoint of each log that it has signed. */
export class WitnessFolder {
  private constructor(
    private readonly directory: string,
    readonly signer: Signer,
  ) {}

  /** Draws a key at the first start, under this name; afterwards the name is that of the key. */
  static async open(directory: string, name: string): Promise<WitnessFolder> {
    await mkdir(join(directory, 'seen'), { recursive: true, mode: 0o700 });
    const known = await textIn(join(directory, KEY_FILE));
    if (known !== undefined) return new WitnessFolder(directory, signerIn(known, directory));
    const seed = randomBytes(SEED_BYTES);
    const signer = signerOf(name, seed, COSIGNATURE);
    const encoded = Buffer.concat([Buffer.of(COSIGNATURE), seed]).toString('base64');
    const text = `PRIVATE+KEY+${name}+${signer.id.toString('hex')}+${encoded}\n`;
    await writeForGood(join(directory, 'witness.pub'), `${verifierKeyOf(signer)}\n`);
    await writeForGood(join(directory, KEY_FILE), text);
    return new WitnessFolder(directory, signer);
  }

  /** The note as it was signed last, with our signature; undefined for a log that was never seen. */
  async note(origin: string): Promise<string | undefined> {
    return await textIn(join(this.directory, 'seen', fileOfOrigin(origin)));
  }

  async seen(log: Verifier): Promise<Seen | undefined> {
    const note = await this.note(log.name);
    return note === undefined ? undefined : openCheckpoint(note, log);
  }

  /** Only what is on the disk has been seen; whoever gets the signature gets it afterwards. */
  async keep(origin: string, note: string): Promise<void> {
    await writeForGood(join(this.directory, 'seen', fileOfOrigin(origin)), note);
  }
}

function signerIn(text: string, directory: string): Signer {
  const [, name = '', encoded = ''] = KEY.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 1 + SEED_BYTES || bytes[0] !== COSIGNATURE) {
    const file = join(directory, KEY_FILE);
    const message = `${file} holds no key of a witness. Put it back from a backup.`;
    throw new CodedError('witness_key_damaged', message, { file });
  }
  return signerOf(name, bytes.subarray(1), COSIGNATURE);
}

async function textIn(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
