import { ENTITY } from '@tributary/contracts';
import type { ServiceRuntime } from '@tributary/platform';
import {
  RAIL,
  answered,
  cancel,
  comesBack,
  decision,
  dispute,
  instruct,
  itemIn,
  noon,
  partnerIs,
  payee,
  release,
  reserve,
  runOf,
  settle,
  unreturn,
  unsettle,
  voided,
} from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { Registers } from '../read-model/registers.queries';
import { PIX, PIX_BACK, step } from './statements-history.fixture';
import { StatementsSite } from './statements.fixture';

const REPORTS = [
  '/v1/reports/payouts?limit=1000',
  '/v1/reports/returns?limit=1000',
  '/v1/payout-holds?limit=1000',
  '/v1/partners/p1/payout-holds?timeoutMs=10000',
] as const;

type Report = Readonly<Record<'checkpoint' | 'known' | 'leaf' | 'on' | 'position', unknown>>;

let site: StatementsSite;
beforeAll(async () => {
  site = await StatementsSite.start();
  const value = { name: 'Acme SA', currency: 'BRL/2', zone: 'America/Sao_Paulo' };
  const data = { entity: 'main', steps: step(value) };
  await site.told('partners', { type: ENTITY, data, at: noon('01-01') });
});
afterAll(async () => {
  await site.stop();
});

describe('what was paid, came back, or was held, as it was known at an earlier position', () => {
  /** What each report said when it stood there, in the order of `REPORTS`. */
  const said: { readonly position: string; readonly reports: readonly object[] }[] = [];

  async function happens(...commands: readonly AccountCommand[]): Promise<void> {
    for (const command of commands) await noted(await site.decide(command));
  }
  async function noted(token: string): Promise<void> {
    const position = token.replace('payouts:', '');
    const reports = REPORTS.map((path) => site.read<Report>(`${path}&token=${token}`));
    said.push({ position, reports: (await Promise.all(reports)).map(withoutPlace) });
  }

  it('is what each report said there, to the letter, whatever has come since', async () => {
    await happens(
      release('a', 5_000),
      partnerIs(['01-01', 'active'], ['03-11', 'suspended']),
      payee({ missing: [{ hold: 'kyc', what: 'articles of association' }] }),
    );
    // Of the run, whose minimum the account does not reach.
    const drafted = { run: runOf('early'), minimum: '10000' };
    await noted(
      await site.happened('run', { type: 'RunDrafted', data: drafted, occurredAt: noon('04-01') }),
    );
    await happens(
      payee({}, 2),
      partnerIs(['01-01', 'active'], ['03-11', 'suspended'], ['03-12', 'active']),
      reserve('early', { at: noon('04-01') }),
      release('b', 95_000),
      dispute('b'),
      ...decision(['b', null]),
      reserve('cancelled', { at: noon('04-14') }),
      { ...cancel('cancelled'), run: runOf('cancelled') } as AccountCommand,
      reserve('r', { at: noon('04-15') }),
      instruct('r'),
      voided,
      instruct('r'),
    );
    const listed = { rail: RAIL, file: runOf('file'), sequence: 7, items: [{ item: itemIn('r') }] };
    await noted(
      await site.happened('rail', {
        type: 'FileItemsListed',
        data: listed,
        occurredAt: noon('04-16'),
      }),
    );
    await happens(
      answered('r', 'unknown'),
      answered('r', 'accepted'),
      { ...settle('r', 100_000), endToEndId: PIX },
      unsettle('paid r'),
      { ...settle('r', 100_000), bankLine: 'paid r again' },
      comesBack('r', 100_000, { endToEndId: PIX_BACK }),
      unreturn('back r'),
      { ...comesBack('r', 100_000), bankLine: 'back r again' },
      reserve('may', { at: noon('05-15'), payAt: noon('05-16') }),
      instruct('may'),
      answered('may', 'rejected'),
      release('c', -7_000),
    );
    expect(new Set(said.map(({ reports }) => JSON.stringify(reports))).size).toBeGreaterThan(20);
    for (const { position, reports } of said) {
      const then = REPORTS.map((path) => site.read<Report>(`${path}&position=${position}`));
      const answers = await Promise.all(then);
      expect(answers.map(({ position: place }) => place)).toEqual(REPORTS.map(() => position));
      expect([position, ...answers.map(withoutPlace)]).toEqual([position, ...reports]);
    }
  }, 120_000);

  it('is the same by what was known at a moment, page by page, and as CSV', async () => {
    const path = '/v1/reports/payouts';
    const known = '2020-01-01T00:00:00Z';
    expect(await site.read(`${path}?known=${known}`)).toMatchObject({
      ...{ known: '2020-01-01T00:00:00.000Z', position: '0' },
      ...{ items: [], totals: [], next: null },
    });
    const { position = '' } = said.at(-3) ?? {};
    const whole = await site.read<{ items: readonly object[] }>(`${path}?position=${position}`);
    const first = await site.read<{ items: readonly object[]; next: string }>(
      `${path}?position=${position}&limit=1`,
    );
    const rest = await site.read<{ items: readonly object[] }>(
      `${path}?position=${position}&after=${first.next}`,
    );
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    const csv = await site.get(`${path}?position=${position}`, 'auditor', 'text/csv');
    expect(csv.headers.get('x-position')).toBe(position);
    expect((await csv.text()).split('\r\n').filter(Boolean)).toHaveLength(whole.items.length + 1);
  });

  it('costs a page of it, and not the whole register', async () => {
    await site.runtime.database.query(MANY_ITEMS);
    await site.runtime.database.query('analyze');
    const read: number[] = [];
    const registers = new Registers({ database: explained(read) } as unknown as ServiceRuntime);
    const all = { run: undefined, entity: undefined, partner: undefined, state: undefined };
    const filter = { ...all, tenant: 'busy', from: undefined, to: undefined, upTo: 3_500n };
    const after = [noon('02-01'), 'i02000'] as const;
    const { items, next } = await registers.items(filter, { after, limit: 10 });
    expect([items[0], items.length, next]).toMatchObject([
      { item: 'i02001' },
      10,
      expect.anything(),
    ]);
    await registers.returns(filter, { after: ['', ''], limit: 10 });
    expect(read).toHaveLength(2);
    for (const rows of read) expect(rows).toBeLessThan(200);
  });

  it('does not tell what commission held then, which its own log says', async () => {
    const { position = '' } = said.at(-1) ?? {};
    const path = '/v1/partners/p1/payout-holds';
    const at = async (query: string) =>
      (await site.read<{ items: readonly { commission: unknown }[] }>(`${path}${query}`)).items.map(
        ({ commission }) => commission,
      );
    expect(await at('')).toEqual([[]]);
    expect(await at(`?position=${position}`)).toEqual([null]);
  });
});

/** As one run makes them: reserved in their order, all of them changed since, and a few of them refused. */
const MANY_ITEMS = `
  insert into payout_item (tenant, item, account, partner, entity, asset, run, gross, net, method, method_display, replaces,
    state, reserved_at, reserved_position, last_position, back_position)
  select 'busy', 'i' || lpad(n::text, 5, '0'), 'a' || n, 'p' || n, 'main', 'BRL/2', 'r', 100, 100, 'pix', '*', '[]',
    'instructed', '2026-02-01T12:00:00Z', n, 10000 + n, case when n % 500 = 0 then 10000 + n end
  from generate_series(1, 4000) n`;

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Answers a question, and notes how many rows of payments it has looked at. */
const explained = (read: number[]) => ({
  query: async (statement: string, values: unknown[]) => {
    const { database } = site.runtime;
    const { rows } = await database.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `explain (analyze, format json) ${statement}`,
      values,
    );
    read.push(rowsOf(rows[0]?.['QUERY PLAN'][0]?.Plan));
    return await database.query(statement, values);
  },
});

function rowsOf(node: PlanNode | undefined): number {
  if (node === undefined) return 0;
  const { Plans = [], 'Relation Name': name = '', 'Rows Removed by Filter': removed = 0 } = node;
  const own = name.startsWith('payout_item')
    ? (node['Actual Rows'] + removed) * node['Actual Loops']
    : 0;
  return Plans.reduce((sum, plan) => sum + rowsOf(plan), own);
}

/** Everything but where it stands, when it was asked, and what is told of now alone. */
function withoutPlace(report: Report): object {
  const {
    position: _,
    known: _known,
    leaf: _leaf,
    checkpoint: _checkpoint,
    on: _on,
    ...said
  } = report;
  const isOfNow = (name: string) => name === 'commission';
  const text = JSON.stringify(said, (name, value: unknown) => (isOfNow(name) ? undefined : value));
  return JSON.parse(text) as object;
}
