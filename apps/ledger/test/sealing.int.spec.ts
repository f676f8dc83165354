import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { EventLog } from '@tributary/event-log';
import { instantOfMs } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import {
  entriesOf,
  leafHashOf,
  openCheckpoint,
  provesConsistency,
  verifierOf,
  verifyProof,
} from '@tributary/proofs';
import { FileSigner } from '../src/sealing/file-signer';
import { startSealer } from '../src/sealing/sealer';
import { TestBooks } from './books.fixture';

const EVENTS = 300;
let books: TestBooks;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'signer-'));
  books = await TestBooks.open({
    LOG_SIGNER_DIRECTORY: directory,
    LOG_ORIGIN: 'tributary.test/log',
  });
  await appendUntil(EVENTS);
});

afterAll(async () => {
  await books.close();
  await rm(directory, { recursive: true });
});

async function appendUntil(count: number): Promise<void> {
  for (let i = Number(books.position); i < count; i++) {
    const stream = `fact-${i === 7 ? 'rival' : 'acme'}.e${i % 5}`;
    await books.happen({ stream, type: 'FactAccepted', at: '2026-03-01T10:00:00Z' });
  }
}

interface Status {
  readonly size: number;
  readonly position: string;
  readonly checkpoint: { readonly size: number; readonly note: string } | null;
}

/** The log once everything appended so far has been signed. */
async function signed(): Promise<
  Status & { readonly checkpoint: { readonly size: number; readonly note: string } }
> {
  for (;;) {
    const status = (await (await books.at('/v1/log')).json()) as Status;
    if (status.checkpoint?.size === Number(books.position)) return status as never;
    await setTimeout(50);
  }
}

const key = async () => verifierOf((await readFile(join(directory, 'signer.pub'), 'utf8')).trim());
const proofOf = async (stream: string, revision: number, role?: string) =>
  await books.at(`/v1/log/proofs/inclusion?stream=${stream}&revision=${revision}`, role);

describe('sealing the log', () => {
  it('gives every event a leaf and signs what is sealed', async () => {
    const { size, checkpoint } = await signed();
    expect(size).toBe(EVENTS);
    expect(openCheckpoint(checkpoint.note, await key())).toMatchObject({
      origin: 'tributary.test/log',
      size: EVENTS,
    });
    expect(await (await books.at('/v1/log/checkpoint')).text()).toBe(checkpoint.note);
  });

  it('proves an event with a file that needs nothing but the key', async () => {
    await signed();
    const answer = (await (await proofOf('fact-acme.e3', 4)).json()) as {
      readonly leaf: string;
      readonly proof: string;
      readonly index: number;
    };
    expect(JSON.parse(answer.leaf)).toMatchObject({ stream: 'fact-acme.e3', revision: '4' });
    const leaf = leafHashOf(Buffer.from(answer.leaf));
    expect(verifyProof(answer.proof, leaf, await key()).size).toBeGreaterThan(answer.index);
    const other = leafHashOf(Buffer.from(answer.leaf.replace('"4"', '"5"')));
    const log = await key();
    expect(() => verifyProof(answer.proof, other, log)).toThrow('does not lead from the entry');
  });

  it('does not say whether another tenant has a stream', async () => {
    for (const [stream, role] of [
      ['fact-rival.e2', 'auditor'],
      ['fact-acme.e3', 'rival'],
      ['fact-acme.none', 'auditor'],
    ]) {
      const response = await proofOf(stream as string, 0, role);
      expect([response.status, await response.json()]).toMatchObject([
        404,
        { code: 'event_not_sealed' },
      ]);
    }
  });

  it('proves that a later checkpoint begins with an earlier one', async () => {
    const before = await signed();
    await appendUntil(EVENTS + 40);
    const after = await signed();
    const [from, to] = [before.size, after.size];
    const response = await books.at(`/v1/log/proofs/consistency?from=${from}&to=${to}`);
    const { proof } = (await response.json()) as { readonly proof: readonly string[] };
    const [earlier, later] = await Promise.all(
      [before, after].map(async ({ checkpoint }) => openCheckpoint(checkpoint.note, await key())),
    );
    const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
    expect(provesConsistency(earlier as never, later as never, hashes)).toBe(true);
  });

  it('serves tiles whose leaves are those of the entries, and keeps the entries of others', async () => {
    const { size } = await signed();
    const width = size - 256;
    const path = `001.p/${width}`;
    const tile = Buffer.from(await (await books.at(`/v1/log/tile/0/${path}`)).arrayBuffer());
    const bundle = await (await books.at(`/v1/log/tile/entries/${path}`)).arrayBuffer();
    const hashes = entriesOf(Buffer.from(bundle)).map((entry) => leafHashOf(entry));
    expect(Buffer.concat(hashes)).toEqual(tile);
    const refused = await books.at('/v1/log/tile/entries/000');
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'entries_of_others' },
    ]);
    expect((await books.at('/v1/log/tile/0/009')).status).toBe(404);
  });

  it('shows a partner that its events stand in the log, and no names of the streams of others', async () => {
    await books.happen({
      stream: 'account-acme.p1.br.brl',
      type: 'PayeeLearned',
      at: '2026-03-01T10:00:00Z',
    });
    const { size } = await signed();
    expect((await proofOf('account-acme.p1.br.brl', 0, 'partner')).status).toBe(200);
    expect((await proofOf('fact-acme.e3', 4, 'partner')).status).toBe(404);
    const path = `001.p/${size - 256}`;
    expect((await books.at(`/v1/log/tile/0/${path}`, 'partner')).status).toBe(200);
    const refused = await books.at(`/v1/log/tile/entries/${path}`, 'partner');
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'entries_of_others' },
    ]);
  });

  it('publishes what it has signed although it ended before that was kept', async () => {
    const { checkpoint } = await signed();
    const database = await Database.open({ url: books.url, schema: 'ledger' });
    await database.pool.query('delete from checkpoint where size = $1', [checkpoint.size]);
    const unsigned = await proofOf('account-acme.p1.br.brl', 0);
    expect([unsigned.status, await unsigned.json()]).toMatchObject([
      404,
      { code: 'not_signed', detail: expect.stringContaining('the last checkpoint covers') },
    ]);
    const { log, closed } = nothingMore();
    const sealer = startSealer({
      log,
      database,
      checkpoint: { load: rejected, save: rejected },
      openSigner: () => FileSigner.open(directory, 'tributary.test/log', () => instantOfMs(0)),
      signingFailed: (error) => {
        throw error;
      },
    });
    expect((await signed()).checkpoint.note).toBe(checkpoint.note);
    await sealer.stop();
    await closed;
    await database.close();
  }, 30_000);
});

const rejected = () => Promise.reject(new Error('There is nothing to seal.'));

/** A log that nobody appends to. */
function nothingMore() {
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const live = {
    close: async () => close(),
    async *[Symbol.asyncIterator]() {
      await closed;
    },
  };
  return { log: { subscribe: () => live } as unknown as EventLog, closed };
}
