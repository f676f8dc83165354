import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Recorded, canonicalJson, leafText, prepare } from '@tributary/kernel';
import { leafHashOf, verifierKeyOf, verifierOf } from '@tributary/proofs';
import { archiveLine, readArchiveLine } from '@tributary/event-log';
import { type TestPostgres, bookCheckers, startTestPostgres } from '@tributary/testing';
import { Client } from 'pg';

import { type DemoSystem, startDemo } from './demo-system.fixture';
import { goVerifier } from './go-verifier.fixture';
import { eventsIn, openLog } from './log-source';
import { tributary } from './tributary';
import { WitnessFolder } from './witness/witness-folder';
import { startWitness } from './witness/witness-server';

let postgres: TestPostgres;
let demo: DemoSystem;
let folder: string;
let pack: string;
/** In which the demo programme posts something: that of the day on which its plan was approved. */
let month: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
  pack = join(folder, 'month');
  demo = await startDemo(postgres);
  const { items } = JSON.parse(await ask('/v1/ledger/entries')) as {
    items: { legs: { period: string }[] }[];
  };
  month = items[0]?.legs[0]?.period ?? '';
  expect(await packed(pack)).toMatchObject({ code: 0 });
}, 180_000);
afterAll(async () => {
  await demo.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

interface Report {
  readonly levels?: readonly { level: string; outcome: string; detail: string }[];
  readonly wrong?: readonly string[];
  readonly findings?: readonly { what: string; position: string; detail: string }[];
  readonly message?: string;
  readonly error?: string;
}

async function run(...args: readonly string[]): Promise<{ code: number; report: Report }> {
  const lines: string[] = [];
  const out = (line: string) => lines.push(line);
  const code = await tributary([...args, '--json'], { variables: {}, out });
  return { code, report: JSON.parse(lines.join('\n')) as Report };
}

const packed = (out: string) =>
  run(
    ...['pack', '--tenant', 'demo', '--period', month, '--out', out],
    ...['--url', demo.url, '--key', demo.key],
  );
async function ask(path: string): Promise<string> {
  const headers = { authorization: `Bearer ${demo.keys.auditor}` };
  return await (await fetch(demo.address + path, { headers })).text();
}

const verified = (from: string) => run('verify', '--pack', from, '--key', demo.key);
const outcomes = ({ levels = [] }: Report): string =>
  levels.map(({ level, outcome }) => `${level} ${outcome}`).join(', ');

async function filesIn(from: string): Promise<readonly string[]> {
  const paths = await readdir(from, { recursive: true });
  const found: string[] = [];
  for (const path of paths.sort()) if ((await stat(join(from, path))).isFile()) found.push(path);
  return found;
}

/** A pack of which something was changed. */
async function changed(change: (copy: string) => Promise<void>): Promise<string> {
  const copy = join(folder, 'changed');
  await rm(copy, { recursive: true, force: true });
  await cp(pack, copy, { recursive: true });
  await change(copy);
  return copy;
}

async function rewrite(copy: string, path: string, change: (text: string) => string) {
  const before = await readFile(join(copy, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(join(copy, path), after);
}

/** As somebody would who knows how a pack is made: the hashes in the manifest fit again. */
async function refit(copy: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as {
    files: Record<string, string>;
  };
  for (const path of Object.keys(manifest.files))
    manifest.files[path] = sha256(await readFile(join(copy, path)));
  await writeFile(join(copy, 'manifest.json'), `${canonicalJson(manifest)}\n`);
}

const lastDayOf = (key: string): string =>
  new Date(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5)), 0)).toISOString().slice(0, 10);

const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

describe('verifying a system at work', () => {
  it('computes every posting again, from the database and from a file', async () => {
    const { code, report } = await run('verify', '--url', demo.url, '--key', demo.key);
    expect(report.findings).toEqual([]);
    expect(outcomes(report)).toBe('L0 intact, L1 intact, L2 open, L3 intact, L4 intact, L6 intact');
    expect(code).toBe(4);
    expect(report.levels?.[4]?.detail).toMatch(
      /^[1-9]\d* postings and \d+ releases in [1-9]\d* streams$/,
    );
  });
});

describe('asking a witness', () => {
  it('shows it the last checkpoint, from the system and from its database, and keeps what it signed', async () => {
    const directory = join(folder, 'witness');
    const keeping = await WitnessFolder.open(directory, 'witness.test/w1');
    const server = await startWitness(
      {
        folder: keeping,
        logs: [verifierOf(demo.key)],
        nowSeconds: () => 1_774_915_200,
        failed: () => undefined,
      },
      { host: '127.0.0.1', port: 0 },
    );
    try {
      const args = ['witness', '--ask', server.address, '--data-dir', folder];
      const named = ['--witness', verifierKeyOf(keeping.signer)];
      for (const from of [
        ['--server', demo.address, '--key', demo.keys.auditor],
        ['--url', demo.url],
      ])
        expect(await run(...args, ...named, ...from)).toMatchObject({
          code: 0,
          report: { cosigned: true, witness: 'witness.test/w1' },
        });
      const since = join(folder, 'witnessed', 'witness.test_w1.checkpoint');
      const proved = await run('verify', '--url', demo.url, '--key', demo.key, '--since', since);
      expect([proved.code, outcomes(proved.report)]).toEqual([
        0,
        'L0 intact, L1 intact, L2 intact, L3 intact, L4 intact, L6 intact',
      ]);
    } finally {
      await server.stop();
    }
  });
});

describe('asking why', () => {
  const explained = async (...args: readonly string[]) => {
    const lines: string[] = [];
    const code = await tributary(['explain', ...args, '--server', demo.address], {
      variables: { TRIBUTARY_KEY: demo.keys.auditor },
      out: (line) => lines.push(line),
    });
    return { code, said: lines.join('\n') };
  };
  const line = (): string => demo.earned.split('/')[3] ?? '';

  it('tells a line in a sentence, step by step, and that the same came out again', async () => {
    const { code, said } = await explained(line());
    expect(code).toBe(0);
    expect(said).toMatch(/^posted in \d{4}-\d\d: \d+$/m);
    expect(said).toContain('Computed again from these events alone: the same.');
    const whole = await explained(line(), '--json');
    expect(JSON.parse(whole.said)).toMatchObject({ lineId: line(), recomputed: true });
  });

  it('says when there is no such line', async () => {
    expect(await explained('0000')).toMatchObject({ code: 1 });
    expect(await explained('--on', '2026-03-01T00:00:00.000Z')).toMatchObject({ code: 2 });
  });
});

describe('a superuser of the database who knows how everything is hashed', () => {
  it('is found by the sealed leaf, and having changed that too by the root and by the engine', async () => {
    const client = new Client({ connectionString: demo.url });
    await client.connect();
    try {
      const posted = await postingIn(demo.url);
      const forged = richer(posted);
      await client.query('alter table log.event disable trigger all');
      await client.query('grant update on log.event to current_user');
      await store(client, forged);
      const first = await run('verify', '--url', demo.url, '--key', demo.key);
      expect(first.code).toBe(1);
      expect(outcomes(first.report)).toContain('L1 broken');
      expect(first.report.findings?.[0]).toMatchObject({
        what: 'leaf',
        position: String(posted.position),
      });

      await seal(client, forged);
      const { code, report } = await run('verify', '--url', demo.url, '--key', demo.key);
      expect([code, outcomes(report)]).toEqual([
        1,
        'L0 intact, L1 intact, L2 open, L3 broken, L4 broken, L6 intact',
      ]);
      expect(report.findings?.[0]).toMatchObject({
        what: 'posting',
        position: String(posted.position),
      });
      expect(report.findings?.[0]?.detail).toContain('computed again');
      await store(client, posted);
      await seal(client, posted);
    } finally {
      await client.end();
    }
  });
});

async function postingIn(url: string): Promise<Recorded> {
  const log = await openLog(url, 'log');
  try {
    for await (const event of eventsIn(log)) if (event.type === 'CommissionPosted') return event;
  } finally {
    await log.close();
  }
  throw new Error('The demo has posted nothing.');
}

const store = (client: Client, { data, contentHash, position }: Recorded) =>
  client.query('update log.event set data = $1, content_hash = $2 where position = $3', [
    JSON.stringify(data),
    Buffer.from(contentHash, 'hex'),
    String(position),
  ]);

/** Where the positions of a log have no gap, its leaves count from the first of them. */
const seal = (client: Client, event: Recorded) =>
  client.query(
    'update ledger.tile set hashes = overlay(hashes placing $1 from $2) where level = 0 and index = 0',
    [leafHashOf(Buffer.from(leafText(event))), (Number(event.position) - 1) * 32 + 1],
  );

describe('taking a month away', () => {
  it('proves itself, and is the same bytes when it is made again', async () => {
    const { code, report } = await verified(pack);
    expect([report.wrong, report.findings]).toEqual([[], []]);
    expect(outcomes(report)).toBe(
      'L0 intact, L1 intact, L3 intact, pack intact, L4 intact, L6 intact',
    );
    expect(code).toBe(0);

    const again = join(folder, 'again');
    await packed(again);
    const paths = await filesIn(pack);
    expect(await filesIn(again)).toEqual(paths);
    for (const path of paths)
      expect(await readFile(join(again, path))).toEqual(await readFile(join(pack, path)));
  });

  it('makes none of a tenant of which the log holds nothing', async () => {
    const out = join(folder, 'nobody');
    const { code, report } = await run(
      ...['pack', '--tenant', 'nobody', '--period', month, '--out', out],
      ...['--url', demo.url, '--key', demo.key],
    );
    expect([code, report.error]).toEqual([3, 'tenant_unknown']);
    expect(report.message).toContain('nobody');
    expect((await readdir(folder)).filter((name) => name.startsWith('nobody'))).toEqual([]);
  });

  it('says that a key from the pack itself proves nothing', async () => {
    const { code, report } = await run('verify', '--pack', pack);
    expect([code, report.levels?.[0]?.outcome]).toEqual([4, 'open']);
    expect(report.levels?.[0]?.detail).toContain(demo.key);
  });

  it('has the books that the ledger shows, though it made them from the events alone', async () => {
    for (const format of ['hledger', 'beancount']) {
      const days = `from=${month}-01&to=${lastDayOf(month)}`;
      const shown = await ask(`/v1/ledger/exports?format=${format}&entity=main&${days}`);
      const made = await readFile(join(pack, `books/main/journal.${format}`), 'utf8');
      expect(made).toContain('Expenses:Commission');
      expect(made).toBe(shown);
    }
    const shown = JSON.parse(await ask(`/v1/ledger/trial-balance?period=${month}`)) as {
      accounts: { account: string; balance: string }[];
    };
    const made = JSON.parse(
      await readFile(join(pack, 'books/main/trial-balance.json'), 'utf8'),
    ) as { accounts: { account: string; closing: string }[] };
    expect(made.accounts.map(({ account, closing }) => [account, closing])).toEqual(
      shown.accounts.map(({ account, balance }) => [account, balance]),
    );
  });

  it('M193: refuses any flipped byte', async () => {
    for (const path of await filesIn(pack)) {
      const bytes = await readFile(join(pack, path));
      const ends = /^(?:events|manifest)/.test(path) ? [0, bytes.length - 1] : [];
      for (const place of [Math.floor(bytes.length / 2), ...ends]) {
        const copy = await changed(async (into) => {
          const flipped = Buffer.from(bytes);
          flipped[place] = (flipped[place] ?? 0) ^ 1;
          await writeFile(join(into, path), flipped);
        });
        expect([path, place, (await verified(copy)).code]).toEqual([path, place, 1]);
      }
    }
  });

  it('refuses a file too many, and one too few', async () => {
    const more = await changed((copy) => writeFile(join(copy, 'note.txt'), 'Believe me.'));
    expect((await verified(more)).report.wrong).toEqual(['note.txt does not belong to the pack']);
    const less = await changed((copy) => rm(join(copy, 'engines.json')));
    expect((await verified(less)).report.wrong).toEqual(['engines.json is missing']);
  });

  it('refuses books that do not follow from the events, also under a manifest that fits', async () => {
    const copy = await changed(async (into) => {
      await rewrite(into, 'books/main/trial-balance.json', (text) =>
        text.replace('"closing":"-', '"closing":"-1'),
      );
      await refit(into);
    });
    const { code, report } = await verified(copy);
    expect([code, report.wrong]).toEqual([
      1,
      ['books/main/trial-balance.json does not follow from the events'],
    ]);
  });

  it('names the event that was rewritten together with every hash beside it', async () => {
    let victim = '';
    const copy = await changed(async (into) => {
      await rewrite(into, 'events.ndjson', (text) => {
        const lines = text.trimEnd().split('\n');
        const at = lines.findIndex((line) => line.includes('\\"CommissionPosted\\"'));
        const { index, event } = readArchiveLine(lines[at] as string, at);
        victim = String(event.position);
        lines[at] = archiveLine({ index, event: richer(event) }, canonicalJson(richer(event).data));
        const footer = JSON.parse(lines.pop() as string) as { sha256: string };
        const all = lines.map((line) => `${line}\n`).join('');
        return `${all}${JSON.stringify({ ...footer, sha256: sha256(all) })}\n`;
      });
      await refit(into);
    });
    const { code, report } = await verified(copy);
    expect(code).toBe(1);
    expect(report.findings?.[0]).toMatchObject({ what: 'leaf', position: victim });
  });
});

/** A posting with other amounts, everywhere the same, and the hash that belongs to it. */
function richer(event: Recorded): Recorded {
  const { amount } = event.data as { amount: string };
  const text = JSON.stringify(event.data).replaceAll(`"${amount}"`, `"${amount}0"`);
  const data = JSON.parse(text) as Recorded['data'];
  const { contentHash } = prepare({ ...event, data }, event, event.commandIndex, event.id);
  return { ...event, data, contentHash };
}

/** The first amount of a posting, not that of a balance that opens or closes. */
const POSTED = /(Expenses:Commission +)(?!0\.00 )-?\d+\.\d\d BRL/;

describe('what others say of it', () => {
  for (const { name, format, missing, complaintsAbout } of bookCheckers()) {
    const where = missing === undefined ? it : it.skip;
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    where(`${name} accepts its journal${reason}`, async () => {
      const text = await readFile(join(pack, `books/main/journal.${format}`), 'utf8');
      expect(complaintsAbout(text)).toBe('');
      expect(complaintsAbout(text.replace(POSTED, '$1999999.99 BRL'))).not.toBe('');
    });
  }

  const go = goVerifier();
  const where = go.missing === undefined ? it : it.skip;
  const reason = go.missing === undefined ? '' : ` (skipped: ${go.missing})`;
  where(`Go's own packages accept it, and refuse any flipped byte${reason}`, async () => {
    const judged = (from: string) => go.run('-key', demo.key, '-pack', from);
    expect(judged(pack)).toMatchObject({ code: 0 });
    expect(judged(pack).said).toContain('leads to the root');
    for (const path of await filesIn(pack)) {
      const copy = await changed(async (into) => {
        const bytes = await readFile(join(into, path));
        const place = Math.floor(bytes.length / 2);
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        await writeFile(join(into, path), bytes);
      });
      expect([path, judged(copy).code]).toEqual([path, 1]);
    }
  });
});
