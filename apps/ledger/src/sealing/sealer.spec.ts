import type { Batch, EventLog } from '@tributary/event-log';
import { CodedError, type Recorded, instant } from '@tributary/kernel';
import { Frontier, leafHashOf } from '@tributary/proofs';
import type { Database } from '@tributary/postgres';
import { startSealer } from './sealer';
import type { SignedCheckpoint, Signer } from './signer';

const AT = instant('2026-03-01T12:00:00Z');
const SIGNED = 4;

const event = (position: number) =>
  ({
    position: BigInt(position),
    stream: 'fact-acme.a',
    revision: BigInt(position - 1),
    id: 'i',
    contentHash: String(position),
    recordedAt: AT,
  }) as unknown as Recorded;

/** Has signed four leaves before, and refuses fewer. */
class Remembering implements Signer {
  readonly verifierKey = 'k';
  readonly asked: number[] = [];
  private readonly root = new Frontier();

  constructor() {
    for (let i = 0; i < SIGNED; i++) this.root.push(leafHashOf(String(i)));
  }

  last() {
    return Promise.resolve({ size: SIGNED, root: this.root.root() });
  }

  sign({ size, root }: Pick<SignedCheckpoint, 'root' | 'size'>): Promise<SignedCheckpoint> {
    this.asked.push(size);
    if (size < SIGNED) return Promise.reject(new CodedError('log_went_back', 'It went back.'));
    return Promise.resolve({ size, root, note: 'n', signedAt: AT });
  }
}

/** Tables without a row, and a log of so many events, read in batches of two. */
async function sealed(count: number) {
  const signer = new Remembering();
  const failures: unknown[] = [];
  const kept: unknown[] = [];
  const query = (text: string, values?: readonly unknown[]) => {
    if (text.startsWith('insert into checkpoint')) kept.push(values?.[0]);
    return Promise.resolve({ rows: [] });
  };
  async function* batches(): AsyncGenerator<Batch> {
    for (let at = 0; at < count; at += 2) {
      const through = Math.min(at + 2, count);
      const events = Array.from({ length: through - at }, (_, i) => event(at + i + 1));
      yield { events, through: BigInt(through), caughtUp: through === count };
      // As long as a signature takes, and the pause behind it.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const live = { close: () => Promise.resolve(), [Symbol.asyncIterator]: batches };
  const sealer = startSealer({
    log: { subscribe: () => live } as unknown as EventLog,
    database: { pool: { query } } as unknown as Database,
    checkpoint: { load: () => Promise.resolve(0n), save: () => Promise.resolve() },
    openSigner: () => Promise.resolve(signer),
    signEveryMs: 1,
    signingFailed: (error) => failures.push(error),
  });
  await sealer.done;
  return { asked: signer.asked, failures, kept };
}

describe('sealing a log anew whose end was signed before', () => {
  it('says nothing of a log that went back while it is on its way, and keeps what it comes to', async () => {
    expect(await sealed(SIGNED)).toEqual({ asked: [4], failures: [], kept: [4] });
  });

  it('says so once there is nothing more to read', async () => {
    const { asked, failures, kept } = await sealed(SIGNED - 1);
    expect([asked, kept]).toEqual([[3], []]);
    expect(failures).toMatchObject([{ code: 'log_went_back' }]);
  });
});
