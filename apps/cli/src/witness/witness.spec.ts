import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type Digest,
  Frontier,
  checkpointText,
  consistencyProof,
  cosignedAt,
  formatAddCheckpoint,
  formatNote,
  leafHashOf,
  parseNote,
  signNote,
  signerOf,
  verifierKeyOf,
  verifierOf,
} from '@tributary/proofs';

import { askWitness } from './ask-witness';
import { WitnessFolder, fileOfOrigin } from './witness-folder';
import { type WitnessServer, startWitness } from './witness-server';

const NOW_S = 1_774_915_200;
const signer = signerOf('tributary.test/log', Buffer.alloc(32, 7));
const log = verifierOf(verifierKeyOf(signer));

/** A log of so many leaves; what is `forked` has another leaf at the place. */
function grown(size: number, forkedAt = Infinity) {
  const frontier = new Frontier();
  const nodes = new Map<string, Digest>();
  for (let i = 0; i < size; i++) {
    const leaf = leafHashOf(Buffer.from(i < forkedAt ? `${i}` : `other ${i}`));
    frontier.push(leaf, (level, place, hash) => nodes.set(`${level} ${place}`, hash));
  }
  const text = checkpointText({ origin: signer.name, size, root: frontier.root() });
  const node = (level: number, place: number) => nodes.get(`${level} ${place}`) as Digest;
  return {
    size,
    note: formatNote(signNote(text, signer)),
    proofFrom: (from: number) => consistencyProof(from, size, node),
  };
}

let directory: string;
let folder: WitnessFolder;
let server: WitnessServer;
let failures: unknown[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'witness-'));
  failures = [];
  await begin();
});
afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

async function begin(keep?: WitnessFolder['keep']): Promise<void> {
  folder = await WitnessFolder.open(directory, 'witness.test/w1');
  const { signer: key } = folder;
  const kept = {
    signer: key,
    note: (origin: string) => folder.note(origin),
    seen: (of: typeof log) => folder.seen(of),
    keep: keep ?? ((origin: string, note: string) => folder.keep(origin, note)),
  };
  const failed = (error: unknown) => failures.push(error);
  const witnessing = { folder: kept, logs: [log], nowSeconds: () => NOW_S, failed };
  server = await startWitness(witnessing, { host: '127.0.0.1', port: 0 });
}

const witnessKey = () => verifierOf(verifierKeyOf(folder.signer));
const ask = (own: ReturnType<typeof grown>, stoodAt = 0) =>
  askWitness(server.address, witnessKey(), own, stoodAt);

async function post(body: string) {
  const response = await fetch(`${server.address}/add-checkpoint`, { method: 'POST', body });
  const type = response.headers.get('content-type');
  return { status: response.status, body: await response.text(), type };
}

const kept = async () => {
  const response = await fetch(`${server.address}/${fileOfOrigin(log.name)}/checkpoint`);
  return { status: response.status, note: await response.text() };
};

describe('witnessing a log', () => {
  it('signs a log that grows, and shows the last checkpoint with both signatures to everybody', async () => {
    expect(await kept()).toMatchObject({ status: 404 });
    for (const size of [5, 5, 9]) {
      const asked = await ask(grown(size));
      expect(asked).toMatchObject({ size, atSeconds: NOW_S });
    }
    const { status, note } = await kept();
    expect(status).toBe(200);
    expect(note.startsWith(grown(9).note)).toBe(true);
    expect(cosignedAt(parseNote(note), witnessKey())).toBe(NOW_S);
  });

  it('refuses a log that went back, and says how far it had been', async () => {
    await ask(grown(9));
    const body = formatAddCheckpoint({ old: 5, proof: [], checkpoint: grown(5).note });
    expect(await post(body)).toEqual({ status: 409, body: '9\n', type: 'text/x.tlog.size' });
    expect(await ask(grown(5))).toEqual({
      status: 409,
      refused: 'The witness has seen 9 events of this log; its last checkpoint here has 5.',
    });
  });

  it('refuses a log that was written anew, whether it is longer or as long', async () => {
    await ask(grown(9));
    expect(await ask(grown(12, 3))).toMatchObject({ status: 422 });
    // As long, it is no question of proofs: two roots of one size are a conflict, wherever the asker thinks that we stand.
    const refused = 'The witness has seen another root of the first 9 events of this log.';
    for (const stoodAt of [0, 9])
      expect(await ask(grown(9, 3), stoodAt)).toEqual({ status: 409, refused });
    const body = formatAddCheckpoint({ old: 9, proof: [], checkpoint: grown(9, 3).note });
    expect(await post(body)).toEqual({ status: 409, body: '9\n', type: 'text/x.tlog.size' });
    expect((await kept()).note).toContain(grown(9).note);
  });

  it.each<[string, () => string, number]>([
    ['what is no request', () => 'hello', 400],
    ['a log that it does not know', () => added(grown(5).note.replaceAll('test/log', 'x')), 404],
    ['a signature that does not fit', () => added(grown(5).note.replace('\n5\n', '\n6\n')), 403],
    ['a body without an end', () => 'x'.repeat(70_000), 413],
  ])('refuses %s', async (_, body, status) => {
    expect(await post(body())).toMatchObject({ status });
    expect(await kept()).toMatchObject({ status: 404 });
  });

  it('hands out no signature that it could not keep', async () => {
    await server.stop();
    await begin(() => Promise.reject(new Error('no space left on device')));
    await expect(ask(grown(5))).rejects.toMatchObject({ code: 'witness_refused' });
    expect(failures).toMatchObject([{ message: 'no space left on device' }]);
    expect(await readdir(join(directory, 'seen'))).toEqual([]);
  });

  it('does not forget what it kept when it ended before anybody got the signature', async () => {
    await server.stop();
    await begin(async (origin, note) => {
      await folder.keep(origin, note);
      throw new Error('ended');
    });
    await expect(ask(grown(9))).rejects.toMatchObject({ code: 'witness_refused' });
    await server.stop();
    await begin();
    expect(await ask(grown(9, 3))).toMatchObject({ status: 409 });
    expect(await ask(grown(7))).toMatchObject({ status: 409 });
    expect(await ask(grown(9))).toMatchObject({ size: 9 });
  });

  it('decides one after the other, so that two at once cannot both continue the same', async () => {
    await ask(grown(5));
    const answers = await Promise.all(
      [grown(8), grown(9, 6)].map(async (own) => {
        const proof = await own.proofFrom(5);
        return await post(formatAddCheckpoint({ old: 5, proof, checkpoint: own.note }));
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('believes only the key that it was told', async () => {
    const other = verifierOf(verifierKeyOf(signerOf('witness.test/w2', Buffer.alloc(32, 1), 4)));
    await expect(askWitness(server.address, other, grown(5), 0)).rejects.toMatchObject({
      code: 'witness_unknown',
    });
  });
});

const added = (checkpoint: string): string =>
  formatAddCheckpoint({ old: 0, proof: [], checkpoint });
