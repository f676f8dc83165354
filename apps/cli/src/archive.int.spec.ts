import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { instant, leafText, prepare, streamOf, uuidV7 } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import {
  Frontier,
  checkpointText,
  formatNote,
  formatProof,
  inclusionProof,
  leafHashOf,
  signNote,
  signerOf,
  verifierKeyOf,
} from '@tributary/proofs';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';

import { goVerifier } from './go-verifier.fixture';
import { tributary } from './tributary';

const EVENTS = 30;
/** Nothing was posted or paid. */
const MEANING = ', L4 intact, L6 intact';
const signer = signerOf('tributary.test/log', Buffer.alloc(32, 7));
const KEY = verifierKeyOf(signer);

let postgres: TestPostgres;
let folder: string;
let url: string;
let file: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  file = join(folder, 'log.ndjson');
  url = await postgres.freshDatabase();
  await write(url);
  await checkpointsOf(url);
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function run(...args: readonly string[]): Promise<{ code: number; report: Report }> {
  const lines: string[] = [];
  const code = await tributary([...args, '--json'], {
    variables: {},
    out: (line) => lines.push(line),
  });
  return { code, report: JSON.parse(lines.join('\n')) as Report };
}

interface Report {
  readonly events?: number;
  readonly error?: string;
  readonly message?: string;
  readonly levels?: readonly { readonly level: string; readonly outcome: string }[];
}

const outcomes = ({ levels = [] }: Report): string =>
  levels.map(({ level, outcome }) => `${level} ${outcome}`).join(', ');

describe('taking a log along and proving it', () => {
  it('writes a file that is intact by itself, and says what it could not look at', async () => {
    expect(await run('export', '--url', url, '--out', file)).toMatchObject({
      code: 0,
      report: { events: EVENTS },
    });
    const { code, report } = await run('verify', '--archive', file);
    expect([code, outcomes(report)]).toEqual([4, `L0 open, L1 intact, L2 open, L3 open${MEANING}`]);
  });

  it('promises no proof of a file that holds one tenant only', async () => {
    const lines: string[] = [];
    const alone = join(folder, 'alone.ndjson');
    const asked = ['export', '--url', url, '--tenant', 't', '--out', alone];
    const printed = { variables: {}, out: (line: string) => lines.push(line) };
    expect(await tributary(asked, printed)).toBe(0);
    expect(lines.join()).toMatch(/events written to [^ ]*alone\.ndjson\.$/);
    expect(await run('verify', '--archive', alone)).toMatchObject({
      code: 3,
      report: { error: 'archive_partial' },
    });
  });

  it('leaves a file that is there, and nothing of one that did not get whole', async () => {
    const before = await readFile(file);
    expect(await run('export', '--url', url, '--out', file)).toMatchObject({
      code: 3,
      report: { error: 'file_exists' },
    });
    expect(await readFile(file)).toEqual(before);
    const nobodys = join(folder, 'nobody.ndjson');
    const { code, report } = await run(
      ...['export', '--url', url, '--tenant', 'nobody', '--out', nobodys],
    );
    expect([code, report.error]).toEqual([3, 'tenant_unknown']);
    expect(report.message).toContain('nobody');
    expect((await readdir(folder)).filter((name) => name.startsWith('nobody'))).toEqual([]);
    expect(
      await run('export', '--url', url, '--out', join(folder, 'absent', 'log.ndjson')),
    ).toMatchObject({ code: 3, report: { error: 'file_unwritable' } });
  });

  it('proves the file against the checkpoint that was signed, and one that was kept', async () => {
    const { code, report } = await run(...verifying(file));
    expect(outcomes(report)).toBe(`L0 intact, L1 intact, L2 intact, L3 intact${MEANING}`);
    expect(code).toBe(0);
  });

  it('looks no further than it was asked to, and still names what is wrong', async () => {
    const written = 'L0 intact, L1 intact, L2 intact, L3 intact';
    const asked = await run(...verifying(file), '--up-to', 'L3');
    expect([asked.code, outcomes(asked.report), asked.report.events]).toEqual([0, written, EVENTS]);
    const inPlace = verifying(file).toSpliced(1, 2, '--url', url);
    expect(outcomes((await run(...inPlace, '--up-to', 'L3')).report)).toBe(written);
    const broken = join(folder, 'broken-early.ndjson');
    await writeFile(broken, (await readFile(file, 'utf8')).replace('\\"n\\":3', '\\"n\\":4'));
    const { code, report } = await run(...verifying(broken), '--up-to', 'L3');
    expect([code, report.error]).toEqual([1, 'archive_broken']);
    expect(report.message).toMatch(/^Line 5: its content hashes to/);
    expect(await run(...verifying(file), '--up-to', 'L4')).toMatchObject({ code: 2 });
  });

  it('brings it into another database, where the same checkpoints hold; packed as well', async () => {
    const packed = join(folder, 'log.ndjson.gz');
    await run('export', '--url', url, '--out', packed);
    const target = await postgres.freshDatabase();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await run('import', '--from', packed, '--into', target)).toMatchObject({
        code: 0,
        report: { events: EVENTS },
      });
    }
    const again = join(folder, 'again.ndjson');
    await run('export', '--url', target, '--out', again);
    expect(await readFile(again, 'utf8')).toBe(await readFile(file, 'utf8'));
  });

  it('leaves a log with a history of its own alone', async () => {
    const other = await postgres.freshDatabase();
    await write(other);
    expect(await run('import', '--from', file, '--into', other)).toMatchObject({
      code: 3,
      report: { error: 'log_not_empty' },
    });
  });

  it('refuses a log that lost its end, and one whose beginning was written anew', async () => {
    const cut = join(folder, 'cut.ndjson');
    await run('export', '--url', url, '--out', cut, '--through', '25');
    expect(outcomes((await run(...verifying(cut))).report)).toBe(
      `L0 intact, L1 intact, L2 intact, L3 broken${MEANING}`,
    );
    const rival = await postgres.freshDatabase();
    await write(rival);
    const another = join(folder, 'another.ndjson');
    await run('export', '--url', rival, '--out', another);
    const { code, report } = await run(...verifying(another));
    expect([code, outcomes(report)]).toEqual([
      1,
      `L0 intact, L1 intact, L2 broken, L3 broken${MEANING}`,
    ]);
  });

  it('says which line of a file is broken', async () => {
    const broken = join(folder, 'broken.ndjson');
    await writeFile(broken, (await readFile(file, 'utf8')).replace('\\"n\\":3', '\\"n\\":4'));
    const target = await postgres.freshDatabase();
    for (const args of [
      ['import', '--from', broken, '--into', target],
      ['verify', '--archive', broken],
    ]) {
      const { code, report } = await run(...args);
      expect([code, report.error]).toEqual([1, 'archive_broken']);
      expect(report.message).toMatch(/^Line 5: its content hashes to/);
    }
  });

  it('says how much of a file it has written when it stops, and goes on with a whole one', async () => {
    const source = await postgres.freshDatabase();
    await write(source, 2_400);
    const [whole, broken] = [join(folder, 'long.ndjson'), join(folder, 'long-broken.ndjson')];
    await run('export', '--url', source, '--out', whole);
    const text = await readFile(whole, 'utf8');
    await writeFile(broken, text.replace('\\"n\\":2399', '\\"n\\":1'));
    const target = await postgres.freshDatabase();
    const { code, report } = await run('import', '--from', broken, '--into', target);
    expect([code, report.error, report.events]).toEqual([1, 'archive_broken', 2_000]);
    expect(report.message).toContain('2000 events of it were in the log');
    expect(await run('import', '--from', whole, '--into', target)).toMatchObject({
      code: 0,
      report: { events: 2_400 },
    });
  });

  it('refuses a checkpoint that another key has signed', async () => {
    const mallory = verifierKeyOf(signerOf('tributary.test/log', Buffer.alloc(32, 8)));
    const args = verifying(file).map((arg) => (arg === KEY ? mallory : arg));
    const { code, report } = await run(...args);
    expect([code, outcomes(report)]).toEqual([
      1,
      `L0 broken, L1 intact, L2 broken, L3 intact${MEANING}`,
    ]);
  });
});

const go = goVerifier();
if (go.missing === undefined) {
  describe("proving it with Go's own packages", () => {
    const judged = (archive: string) => go.run(...verifying(archive).slice(1).map(oneDash));

    it('accepts what we accept', async () => {
      expect(judged(file)).toMatchObject({ code: 0 });
      expect(judged(file).said).toContain('begins with the 17 events of the earlier checkpoint');
    });

    it.each<[string, (text: string) => string, string]>([
      ['a changed event', (text) => text.replace('\\"n\\":3', '\\"n\\":4'), 'leaf 3: its content'],
      ['a lost end', (text) => text.split('\n').slice(0, 20).join('\n'), 'was cut off'],
      ['a lost event', (text) => text.split('\n').toSpliced(9, 1).join('\n'), 'leaf 8 is missing'],
      [
        'a changed time',
        (text) => text.replace('\\"revision\\":\\"0\\"', '\\"revision\\":\\"9\\"'),
        'the events have root',
      ],
    ])('refuses %s', async (_, change, why) => {
      const changed = join(folder, 'changed.ndjson');
      await writeFile(changed, change(await readFile(file, 'utf8')));
      expect(judged(changed)).toMatchObject({
        code: 1,
        said: expect.stringContaining(why) as string,
      });
    });

    it('accepts a proof of one event, and none of another', async () => {
      const { leaf, other, proof } = await proofOf(4);
      const [proofFile, leafFile] = [join(folder, 'p.tlog-proof'), join(folder, 'leaf')];
      await writeFile(proofFile, proof);
      await writeFile(leafFile, leaf);
      const args = ['-key', KEY, '-proof', proofFile, '-leaf', leafFile];
      expect(go.run(...args)).toMatchObject({ code: 0 });
      await writeFile(leafFile, other);
      expect(go.run(...args)).toMatchObject({ code: 1 });
    });
  });
} else {
  it.skip(`proving it with Go's own packages (skipped: ${go.missing})`, () => undefined);
}

const oneDash = (arg: string): string => arg.replace(/^--/, '-');

/** Of one event, in the tree that was signed at the end. */
async function proofOf(index: number) {
  const leaves = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('{"index"'))
    .map((line) => (JSON.parse(line) as { leaf: string }).leaf);
  const nodes = new Map<string, Buffer>();
  const frontier = new Frontier();
  for (const one of leaves) {
    frontier.push(leafHashOf(Buffer.from(one)), (level, place, hash) =>
      nodes.set(`${level} ${place}`, hash),
    );
  }
  const node = (level: number, place: number) => nodes.get(`${level} ${place}`) as Buffer;
  const path = await inclusionProof(index, leaves.length, node);
  const checkpoint = await readFile(join(folder, 'checkpoint'), 'utf8');
  const proof = formatProof({ index, path, checkpoint });
  return { leaf: leaves[index] as string, other: leaves[index + 1] as string, proof };
}

const verifying = (archive: string): readonly string[] => [
  'verify',
  ...['--archive', archive],
  ...['--checkpoint', join(folder, 'checkpoint')],
  ...['--since', join(folder, 'since')],
  ...['--key', KEY],
];

async function write(into: string, count = EVENTS): Promise<void> {
  const database = await Database.open({
    url: into,
    schema: 'log',
    migrations: [...postgresLogMigrations],
  });
  const log = await PostgresEventLog.open(database);
  for (let i = 0; i < count / 3; i++) {
    const cause = {
      commandId: uuidV7(i),
      fingerprint: 'f',
      actor: 'key:test',
      causationId: null,
      correlationId: 'c',
      traceParent: null,
    };
    const events = [0, 1, 2].map((n) =>
      prepare(
        { type: 'ThingSaid', data: { n: i * 3 + n }, occurredAt: instant('2026-03-31T00:00:00Z') },
        cause,
        n,
        uuidV7(i),
      ),
    );
    await log.append(streamOf('sale', 't', `s${i}`), 'none', events);
  }
  await log.close();
  await database.close();
}

/** What the ledger would have signed at the end, and earlier. */
async function checkpointsOf(from: string): Promise<void> {
  const database = await Database.open({ url: from, schema: 'log' });
  const log = await PostgresEventLog.open(database);
  const frontier = new Frontier();
  for await (const { events } of log.readAll(0n)) {
    for (const event of events) {
      frontier.push(leafHashOf(Buffer.from(leafText(event))));
      const name = { 17: 'since', [EVENTS]: 'checkpoint' }[frontier.size];
      if (name === undefined) continue;
      const { size } = frontier;
      const text = checkpointText({ origin: signer.name, size, root: frontier.root() });
      await writeFile(join(folder, name), formatNote(signNote(text, signer)));
    }
  }
  await log.close();
  await database.close();
}
