import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { Client } from 'pg';

import { type DemoSystem, startDemo } from './demo-system.fixture';
import type * as SourceThreads from './source-threads.fixture';
import { tributary } from './tributary';

jest.mock('node:worker_threads', () =>
  jest.requireActual<typeof SourceThreads>('./source-threads.fixture').sourceThreads(),
);

/** A replay starts every service, and a test has two of them. */
jest.setTimeout(300_000);

interface Report {
  readonly events?: number;
  readonly postings?: number;
  readonly parked?: number;
  readonly movedOn?: string;
  readonly tables?: readonly {
    readonly service: string;
    readonly table: string;
    readonly rows: number;
    readonly sha256: string;
    readonly equal?: boolean;
    readonly differences: readonly string[];
  }[];
  readonly levels?: readonly { readonly level: string }[];
  readonly error?: string;
}

describe('replaying an export on a clean machine', () => {
  let postgres: TestPostgres;
  let demo: DemoSystem;
  let folder: string;
  let archive: string;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    folder = await mkdtemp(join(tmpdir(), 'replay-'));
    archive = join(folder, 'log.ndjson.gz');
    demo = await startDemo(postgres);
    await demo.stop();
    await run('export', '--url', demo.url, '--out', archive);
  }, 180_000);
  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  async function run(...args: readonly string[]) {
    const [lines, notes]: [string[], string[]] = [[], []];
    const code = await tributary([...args, '--json'], {
      variables: {},
      out: (line) => lines.push(line),
      note: (line) => notes.push(line),
    });
    return { code, notes, report: JSON.parse(lines.join('\n')) as Report };
  }

  const replayed = async (...args: readonly string[]) =>
    await run('replay', '--archive', archive, '--into', await postgres.freshDatabase(), ...args);

  async function change(sql: string): Promise<void> {
    const client = new Client({ connectionString: demo.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }

  it('fills every table of every service as the system at work has it', async () => {
    const { code, report, notes } = await replayed('--compare', demo.url);
    const different = report.tables?.filter(({ equal }) => equal !== true);
    expect(different).toEqual([]);
    expect([code, report.parked, report.movedOn]).toEqual([0, 0, '0']);
    expect(report.postings).toBeGreaterThan(0);
    const filled = new Set(
      report.tables?.flatMap(({ service, rows }) => (rows > 0 ? service : [])),
    );
    expect([...filled].sort()).toEqual([
      'attribution',
      'commission',
      'ledger',
      'partners',
      'payouts',
      'tier-evaluation',
    ]);
    expect(notes.join('\n')).toMatch(/^\[#*\.*\] rebuild: \d+ of \d+ \(\d+ %\) events, \d+\/s$/m);
  });

  it('gives the same digests each time, and goes on where it was interrupted', async () => {
    const into = await postgres.freshDatabase();
    const digests = async (...args: readonly string[]) => {
      const { code, report } = await run('replay', '--archive', archive, ...args);
      expect(code).toBe(0);
      return report.tables?.map(({ sha256 }) => sha256);
    };
    const first = await digests('--into', into);
    expect(await digests('--into', into)).toEqual(first);
  });

  it('names the table, the row and the column that somebody has changed', async () => {
    const raise = (by: string) =>
      change(`update ledger.leg set debit = debit + ${by} where n = 0
        and position = (select min(position) from ledger.leg where n = 0 and debit > 0)`);
    await raise('1');
    const { code, report } = await replayed('--compare', demo.url);
    await raise('-1');
    expect(code).toBe(1);
    const different = report.tables?.filter(({ equal }) => equal === false);
    expect(different).toMatchObject([{ service: 'ledger', table: 'leg' }]);
    expect(different?.[0]?.differences[0]).toMatch(
      /^\["\d+","0"\]: debit is \d+, the log gives \d+$/,
    );
  });

  it('is level L5 of verify, from the database', async () => {
    const args = ['--url', demo.url, '--read-models', demo.url, '--data-dir', folder];
    const { report } = await run('verify', ...args, '--key', demo.key);
    expect(report.levels?.find(({ level }) => level === 'L5')).toMatchObject({
      outcome: 'intact',
      detail: expect.stringMatching(/^(\d+) of \1 tables are equal$/) as string,
    });
  });

  it('says that the system at work has moved on, where that is so', async () => {
    const short = join(folder, 'short.ndjson');
    await run('export', '--url', demo.url, '--out', short, '--through', '140');
    const into = await postgres.freshDatabase();
    const args = ['--archive', short, '--into', into, '--compare', demo.url];
    const { code, report } = await run('replay', ...args);
    expect(code).toBe(4);
    expect(Number(report.movedOn)).toBeGreaterThan(0);
  });

  it('refuses a database that something else is in', async () => {
    const short = join(folder, 'other.ndjson');
    await writeFile(short, (await readFile(join(folder, 'short.ndjson'), 'utf8')).slice(0, 2_000));
    const { code, report } = await run('replay', '--archive', short, '--into', demo.url);
    expect([code, report.error]).toEqual([3, 'archive_broken']);
  });

  it('touches no service before something of the log was written', async () => {
    const into = await postgres.freshDatabase();
    await run('replay', '--archive', join(folder, 'other.ndjson'), '--into', into);
    const client = new Client({ connectionString: into });
    await client.connect();
    const { rows } = await client
      .query(`select nspname from pg_namespace where nspname in ('log', 'partners', 'ledger')`)
      .finally(() => client.end());
    expect(rows).toEqual([{ nspname: 'log' }]);
  });
});
