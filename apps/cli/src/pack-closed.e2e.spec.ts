import { cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { type TestPostgres, bookCheckers, startTestPostgres } from '@tributary/testing';

import { type DemoSystem, startDemo } from './demo-system.fixture';
import { goVerifier } from './go-verifier.fixture';
import { tributary } from './tributary';

jest.setTimeout(300_000);

const MONTH_MS = 31 * 86_400_000;
const PATIENCE_MS = 120_000;
const ENTITY = 'main';
const EVENTS = '/v1/events';
const go = goVerifier();

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
type Answer = any;

interface Report {
  readonly levels?: readonly { readonly level: string; readonly outcome: string }[];
  readonly wrong?: readonly string[];
  readonly findings?: readonly object[];
  readonly message?: string;
}

/** What was earned and released in a month that is over by now; it is closed, and then something late comes. */
describe('packing a month that is closed and certified', () => {
  let postgres: TestPostgres;
  let demo: DemoSystem;
  let folder: string;
  let pack: string;
  let month: string;
  let keys: Readonly<Record<'finance' | 'treasurer' | 'upstream', string>>;
  let commands = 0;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    folder = await mkdtemp(join(tmpdir(), 'pack-closed-'));
    pack = join(folder, 'month');
    const { now } = Date;
    let behindMs = MONTH_MS;
    // Whoever was handed this clock keeps it, so it is set and not replaced.
    jest.spyOn(Date, 'now').mockImplementation(() => now() - behindMs);
    demo = await startDemo(postgres);
    keys = {
      finance: await demo.issueKey('finance'),
      treasurer: await demo.issueKey('finance'),
      upstream: await demo.issueKey('upstream'),
    };
    await told('/v1/releases', { asOf: new Date(Date.now()).toISOString() });
    const { items } = await eventually('/v1/ledger/entries?limit=500', ({ items: entries }) =>
      entries.some(({ type }: Answer) => type === 'ReleaseTaken'),
    );
    month = items[0].legs[0].period;
    await demo.still();
    behindMs = 0;
    await closed();
    await demo.still();
    expect(await packed(pack, month)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await demo.stop();
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  async function told(path: string, body: object, key = keys.finance): Promise<void> {
    commands += 1;
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': path === EVENTS ? 'application/cloudevents+json' : 'application/json',
      'idempotency-key': `pack-closed-${commands}`,
    };
    for (const deadlineMs = performance.now() + PATIENCE_MS; ;) {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await fetch(demo.address + path, init);
      const answer: Answer = await response.json();
      // The same command under the same key: whoever is busy may be asked again.
      const isBusy = response.status === 503 && performance.now() < deadlineMs;
      if (!isBusy) {
        expect([path, response.ok ? 'done' : answer]).toEqual([path, 'done']);
        return;
      }
      await setTimeout(1_000);
    }
  }

  async function ask(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${demo.keys.auditor}` };
    return await (await fetch(demo.address + path, { headers })).text();
  }

  async function eventually(path: string, isSo: (answer: Answer) => boolean): Promise<Answer> {
    for (const deadlineMs = performance.now() + PATIENCE_MS; ;) {
      const answer: Answer = JSON.parse(await ask(path));
      const isAnswer = answer.code === undefined;
      if ((isAnswer && isSo(answer)) || performance.now() > deadlineMs) return answer;
      await setTimeout(100);
    }
  }

  async function closed(): Promise<void> {
    const isNow = async (state: string) => {
      const shown = await eventually(
        `/v1/ledger/periods/${ENTITY}/${month}`,
        (period) => period.state === state,
      );
      expect(shown).toMatchObject({ state });
    };
    await told(`/v1/periods/${ENTITY}/${month}/soft-close`, {});
    await isNow('taken');
    await told(`/v1/periods/${ENTITY}/${month}/close`, {}, keys.treasurer);
    await isNow('certified');
  }

  async function run(...args: readonly string[]): Promise<{ code: number; report: Report }> {
    const lines: string[] = [];
    const out = (line: string) => lines.push(line);
    const code = await tributary([...args, '--json'], { variables: {}, out });
    return { code, report: JSON.parse(lines.join('\n')) as Report };
  }

  const packed = (out: string, period: string) =>
    run(
      ...['pack', '--tenant', 'demo', '--period', period, '--out', out],
      ...['--url', demo.url, '--key', demo.key],
    );
  const verified = (from: string) => run('verify', '--pack', from, '--key', demo.key);

  async function filesIn(from: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const path of (await readdir(from, { recursive: true })).sort())
      if ((await stat(join(from, path))).isFile()) found.push(path);
    return found;
  }

  /** Of the accounting month, whatever the days on which its entries happened. */
  async function expectBalancesOf(period: string, from: string): Promise<void> {
    const shown: Answer = JSON.parse(await ask(`/v1/ledger/trial-balance?period=${period}`));
    const text = await readFile(join(from, `books/${ENTITY}/trial-balance.json`), 'utf8');
    const made: Answer = JSON.parse(text);
    expect(made.accounts.map(({ account, closing }: Answer) => [account, closing])).toEqual(
      shown.accounts.map(({ account, balance }: Answer) => [account, balance]),
    );
  }

  it('has the certificate, and proves itself', async () => {
    const text = await readFile(join(pack, `books/${ENTITY}/certificate.json`), 'utf8');
    const shown = JSON.parse(await ask(`/v1/ledger/periods/${ENTITY}/${month}`));
    expect(JSON.parse(text)).toMatchObject({
      stream: `period-demo.${ENTITY}.${month.replace('-', '')}`,
      data: { digest: shown.certificate?.digest ?? shown.digest },
    });
    const { code, report } = await verified(pack);
    expect([code, report.wrong, report.findings]).toEqual([0, [], []]);
    await expectBalancesOf(month, pack);
  });

  it('names the file in which a byte was flipped, whichever it is', async () => {
    const copy = join(folder, 'changed');
    for (const path of await filesIn(pack)) {
      await rm(copy, { recursive: true, force: true });
      await cp(pack, copy, { recursive: true });
      const bytes = await readFile(join(copy, path));
      const place = Math.floor(bytes.length / 2);
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      await writeFile(join(copy, path), bytes);
      const { code, report } = await verified(copy);
      expect([path, code]).toEqual([path, 1]);
      expect(JSON.stringify(report)).toContain(path);
      if (go.missing !== undefined) continue;
      expect([path, go.run('-key', demo.key, '-pack', copy).code]).toEqual([path, 1]);
    }
  });

  for (const { name, format, missing, complaintsAbout } of bookCheckers()) {
    const where = missing === undefined ? it : it.skip;
    where(
      `is accepted by ${name}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
      async () => {
        const text = await readFile(join(pack, `books/${ENTITY}/journal.${format}`), 'utf8');
        expect(complaintsAbout(text)).toBe('');
      },
    );
  }

  const where = go.missing === undefined ? it : it.skip;
  where(
    `is accepted by Go's own packages${go.missing === undefined ? '' : ` (skipped: ${go.missing})`}`,
    () => {
      expect(go.run('-key', demo.key, '-pack', pack)).toMatchObject({ code: 0 });
    },
  );

  it('is the same bytes after something late has come, which the open month takes back', async () => {
    await told(EVENTS, lateRefund(), keys.upstream);
    const { items } = await eventually('/v1/ledger/entries?limit=500', ({ items: entries }) =>
      entries.some(({ legs }: Answer) => legs.some(isTakenBack)),
    );
    const taken = items.flatMap(({ legs }: Answer) => legs).filter(isTakenBack);
    expect(taken.length).toBeGreaterThan(0);
    await demo.still();

    const again = join(folder, 'again');
    expect(await packed(again, month)).toMatchObject({ code: 0 });
    const paths = await filesIn(pack);
    expect(await filesIn(again)).toEqual(paths);
    for (const path of paths)
      expect([path, await readFile(join(again, path))]).toEqual([
        path,
        await readFile(join(pack, path)),
      ]);

    const open = join(folder, 'open');
    const period: string = taken[0].period;
    expect(await packed(open, period)).toMatchObject({ code: 0 });
    expect(await verified(open)).toMatchObject({ code: 0, report: { wrong: [], findings: [] } });
    expect(await readFile(join(open, 'events.ndjson'), 'utf8')).toContain('ReleaseTakenBack');
    await expectBalancesOf(period, open);
    // Also what payouts took because of it, though its own cut of that month was another one.
    const journal = await readFile(join(open, `books/${ENTITY}/journal.hledger`), 'utf8');
    const moved = journal.split('\n\n').filter((entry) => entry.includes(`earnedin:${month}`));
    for (const type of ['CommissionPosted', 'ReleaseTaken'])
      expect([type, moved.filter((entry) => entry.includes(`| ${type}`)).length]).toEqual([
        type,
        2,
      ]);
    for (const { format, missing, complaintsAbout } of bookCheckers()) {
      if (missing !== undefined) continue;
      const text = await readFile(join(open, `books/${ENTITY}/journal.${format}`), 'utf8');
      expect([format, complaintsAbout(text)]).toEqual([format, '']);
    }
  });

  /** What payouts takes because commission took a release back: of the month in which that was booked. */
  const isTakenBack = ({ account, earnedIn, period }: Answer): boolean =>
    account === 'Liabilities:Commission:Payable' && earnedIn === month && period > month;
});

const lateRefund = (): object => ({
  ...{ specversion: '1.0', id: 'refund-late', source: 'https://demo.tributary.example/billing' },
  ...{ type: 'tributary.payment.refunded.v1', subject: 'anna', time: '2026-03-11T10:00:00-03:00' },
  datacontenttype: 'application/json',
  dataschema: '/v1/schemas/payment.refunded.v1',
  data: {
    ...{ refundRef: 'refund-late', paymentRef: 'payment-1', billingSystem: 'billing' },
    ...{ asset: 'BRL/2', amount: '50000', reason: 'requested_by_customer' },
    refundedAt: '2026-03-11T10:00:00-03:00',
  },
});
