import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, type Instant } from '@tributary/kernel';
import { writeForGood } from '@tributary/platform';
import {
  type Checkpoint,
  type Digest,
  type Signer as NoteSigner,
  checkpointText,
  formatNote,
  openCheckpoint,
  provesConsistency,
  signNote,
  signerOf,
  verifierKeyOf,
  verifierOf,
} from '@tributary/proofs';
import type { SignedCheckpoint, Signer } from './signer';

const SEED_BYTES = 32;

/** Key and memory as two files of one directory, which belongs on a disk that no backup of the database brings back. */
export class FileSigner implements Signer {
  readonly verifierKey: string;

  private constructor(
    private readonly directory: string,
    private readonly key: NoteSigner,
    private readonly now: () => Instant,
  ) {
    this.verifierKey = verifierKeyOf(key);
  }

  /**
   * Draws the key at the first start. A key without the memory of what it signed is refused: it would sign anything. So is the memory
   * of a key that is gone: with a new one it would be forgotten.
   */
  static async open(directory: string, origin: string, now: () => Instant): Promise<FileSigner> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, 'signer.key');
    const known = await read(file);
    const seed = known === undefined ? randomBytes(SEED_BYTES) : Buffer.from(known, 'base64');
    if (seed.length !== SEED_BYTES) {
      const message = `${file} does not hold ${SEED_BYTES} bytes as base64. Put it back from a backup.`;
      throw new CodedError('signer_key_damaged', message, { file });
    }
    const signer = new FileSigner(directory, signerOf(origin, seed), now);
    if (known === undefined) {
      if (await read(join(directory, 'checkpoint'))) {
        const message = `${file} is missing, and it has signed before. Put it back from a backup; a new key is drawn in an empty directory alone.`;
        throw new CodedError('signer_key_missing', message, { file });
      }
      await writeForGood(join(directory, 'checkpoint'), '');
      // The key comes last: a start that ended before it is a first start again.
      await writeForGood(join(directory, 'signer.pub'), `${signer.verifierKey}\n`);
      await writeForGood(file, `${seed.toString('base64')}\n`);
    }
    await signer.last();
    return signer;
  }

  async last(): Promise<Pick<Checkpoint, 'root' | 'size'> | undefined> {
    const file = join(this.directory, 'checkpoint');
    const note = await read(file);
    if (note === undefined) {
      const message = `${file} is missing: it says what this key signed last. Put it back; without it the key would sign any history.`;
      throw new CodedError('signer_memory_missing', message, { file });
    }
    return note === '' ? undefined : openCheckpoint(note, verifierOf(this.verifierKey));
  }

  async sign(
    { size, root }: Pick<Checkpoint, 'root' | 'size'>,
    proof: readonly Digest[],
  ): Promise<SignedCheckpoint> {
    const last = await this.last();
    if (last && size < last.size) {
      const message = `The log has ${size} leaves; a checkpoint of ${last.size} was signed. What came after ${size} is lost, or was cut off.`;
      throw new CodedError('log_went_back', message, { size, signed: last.size });
    }
    if (last && !provesConsistency(last, { size, root }, proof)) {
      const message = `The log no longer begins with the ${last.size} leaves that were signed: something before has been changed.`;
      throw new CodedError('log_rewritten', message, { size, signed: last.size });
    }
    const text = checkpointText({ origin: this.key.name, size, root });
    const note = formatNote(signNote(text, this.key));
    // Kept before anybody sees it: a signature that is forgotten could be contradicted.
    await writeForGood(join(this.directory, 'checkpoint'), note);
    return { size, root, note, signedAt: this.now() };
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    return file.endsWith('.key') ? text.trim() : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
