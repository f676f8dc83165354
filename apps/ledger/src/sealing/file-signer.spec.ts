import { mkdir, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '@tributary/kernel';
import {
  Frontier,
  consistencyProof,
  leafHashOf,
  nodesOf,
  openCheckpoint,
  verifierOf,
} from '@tributary/proofs';
import { FileSigner } from './file-signer';
import { GrowingTree } from './growing-tree';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'signer-'));
});
afterEach(() => rm(directory, { recursive: true }));

const AT = instant('2026-03-01T12:00:00Z');
const open = () => FileSigner.open(directory, 'log.example/a', () => AT);

/** A log of these entries: its roots by size, and proofs between them. */
function logOf(entries: readonly string[]) {
  const frontier = new Frontier();
  const nodes = new Map<string, Buffer>();
  const roots = entries.map((entry) => {
    frontier.push(leafHashOf(Buffer.from(entry)), (level, index, hash) =>
      nodes.set(`${level} ${index}`, hash),
    );
    return frontier.root();
  });
  const tree = (size: number) => ({ size, root: roots[size - 1] as Buffer });
  const proof = (from: number, to: number) =>
    consistencyProof(from, to, (level, index) => nodes.get(`${level} ${index}`) as Buffer);
  return { tree, proof };
}

describe('signing the log', () => {
  const { tree, proof } = logOf(['a', 'b', 'c', 'd', 'e']);

  it('signs what begins with what it signed before, also after a restart', async () => {
    const signer = await open();
    await signer.sign(tree(2), []);
    const { note, signedAt } = await (await open()).sign(tree(5), await proof(2, 5));
    const opened = openCheckpoint(note, verifierOf(signer.verifierKey));
    expect(opened).toMatchObject({ origin: 'log.example/a', size: 5 });
    expect(signedAt).toBe(AT);
  });

  it('refuses a log that went back, and says what is gone', async () => {
    const signer = await open();
    await signer.sign(tree(4), []);
    await expect(signer.sign(tree(3), [])).rejects.toMatchObject({
      code: 'log_went_back',
      facts: { size: 3, signed: 4 },
    });
  });

  it('refuses a log that was rewritten, whatever proof comes with it', async () => {
    const signer = await open();
    await signer.sign(tree(3), []);
    const forged = logOf(['a', 'X', 'c', 'd', 'e']);
    const refused = { code: 'log_rewritten' };
    await expect(signer.sign(forged.tree(3), [])).rejects.toMatchObject(refused);
    await expect(signer.sign(forged.tree(5), await forged.proof(3, 5))).rejects.toMatchObject(
      refused,
    );
    expect((await signer.last())?.size).toBe(3);
  });

  it('does not begin with a key whose memory is gone, or that is damaged', async () => {
    await open();
    await unlink(join(directory, 'checkpoint'));
    await expect(open()).rejects.toMatchObject({ code: 'signer_memory_missing' });
    await writeFile(join(directory, 'signer.key'), 'short');
    await expect(open()).rejects.toMatchObject({ code: 'signer_key_damaged' });
  });
});

describe('starting a signer', () => {
  const { tree } = logOf(['a', 'b', 'c']);

  it('draws no other key where one has signed before, and forgets nothing of that', async () => {
    const { note } = await (await open()).sign(tree(2), []);
    await unlink(join(directory, 'signer.key'));
    await expect(open()).rejects.toMatchObject({ code: 'signer_key_missing' });
    expect(await readFile(join(directory, 'checkpoint'), 'utf8')).toBe(note);
  });

  it('is first where the one before ended without a key, and its public key is that of its key', async () => {
    const { verifierKey: first } = await open();
    await unlink(join(directory, 'signer.key'));
    const { verifierKey } = await open();
    expect(verifierKey).not.toBe(first);
    expect(await readFile(join(directory, 'signer.pub'), 'utf8')).toBe(`${verifierKey}\n`);
  });

  it('has published its key before it can sign', async () => {
    await mkdir(join(directory, 'signer.pub'));
    await expect(open()).rejects.toThrow('EISDIR');
    await expect(readFile(join(directory, 'signer.key'))).rejects.toThrow('ENOENT');
  });
});

describe('growing the tree', () => {
  const event = (i: number) =>
    ({
      position: BigInt(i * 3),
      stream: 'fact-acme.a',
      revision: BigInt(i),
      id: 'i',
      contentHash: String(i),
      recordedAt: AT,
    }) as unknown as Parameters<GrowingTree['push']>[0];

  it('goes on from its right edge as if it had never stopped', async () => {
    const whole = new GrowingTree(0, [], []);
    let stopped = new GrowingTree(0, [], []);
    const stored = new Map<string, Buffer>();
    for (let i = 0; i < 700; i++) {
      whole.push(event(i));
      stopped.push(event(i));
      if (i % 97 !== 0) continue;
      for (const { level, index, hashes } of stopped.take().tiles) {
        stored.set(`${level} ${index}`, hashes);
      }
      const edge = [...stored].flatMap(([key, hashes]) => {
        const [level = 0, index = 0] = key.split(' ').map(Number);
        return hashes.length < 256 * 32 ? [{ level, index, hashes }] : [];
      });
      stopped = new GrowingTree(stopped.size, stopped.peaks, edge);
    }
    for (const { level, index, hashes } of stopped.take().tiles) {
      stored.set(`${level} ${index}`, hashes);
    }
    expect(stopped.root).toEqual(whole.root);
    const tiled = nodesOf(700, ({ level, index }) => stored.get(`${level} ${index}`) as Buffer);
    const all = new Map(
      whole.take().tiles.map(({ level, index, hashes }) => [`${level} ${index}`, hashes]),
    );
    const tiledWhole = nodesOf(700, ({ level, index }) => all.get(`${level} ${index}`) as Buffer);
    expect(await consistencyProof(300, 700, tiled)).toEqual(
      await consistencyProof(300, 700, tiledWhole),
    );
  });
});
