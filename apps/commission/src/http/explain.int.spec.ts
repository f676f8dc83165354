import type { Instant } from '@tributary/kernel';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import type { PlanVersion, Rule } from '../../engines/v1/plan';
import type { EarningsCommand } from '../domain/earnings/commands';
import {
  agreed,
  learned,
  left,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import type { EarningsEvent } from '../domain/earnings/events';
import { earningsStreamOf } from '../domain/earnings/window';
import type { Reply } from '@tributary/testing';
import { QuestionsService } from './explain.fixture';

let service: QuestionsService;

beforeAll(async () => {
  service = await QuestionsService.start();
  await booksAreKept();
});
afterAll(() => service.stop());

/** Three lines of two partners: one refunded after its release, one in another currency. */
async function booksAreKept(): Promise<void> {
  const zone = programme().told;
  await service.topicIs(zone);
  const first = line(noon('02-10'), 100_001, {}, [noon('04-20'), left(66_667)]);
  const p2 = windowOf('p2');
  const ofP2 = (command: EarningsCommand): EarningsCommand => ({ ...command, id: p2 });
  const credited = { ...left(200_000, 'p2') };
  await service.tell(
    learned({ ...first, steps: first.steps.slice(0, 1) }),
    programme(),
    partnerIs(),
    agreed(),
    published(),
    learned(line(noon('03-05'), 1000, { asset: 'USD/2', sale: 'dollars' })),
    { type: 'ReleaseHolds', id: windowOf(), asOf: noon('03-15'), by: 'finance' },
    learned(first, { revision: 2 }),
    ofP2(learned(line(noon('03-31'), 200_000, { ...credited, sale: 'p2s' }), { id: p2 })),
    ofP2(programme()),
    ofP2(partnerIs([[noon('01-01'), 'active']], { partner: 'p2' })),
    ofP2(agreed({ partner: 'p2' })),
    ofP2(published()),
  );
}

/** As the trial balance has it: debit less credit of every leg that stands in the log. */
async function balanceOf(account: string, by: (event: EarningsEvent) => boolean = () => true) {
  let sum = 0n;
  for (const event of await service.events(windowOf('p1'), windowOf('p2'))) {
    if (!('entry' in event.data) || event.data.entry === undefined || !by(event)) continue;
    for (const leg of event.data.entry.legs)
      if (leg.account === account)
        sum += leg.side === 'debit' ? BigInt(leg.amount) : -BigInt(leg.amount);
  }
  return sum;
}

const lineOf = async (partner: string): Promise<string> => {
  const held = await service.shown(`/v1/lines?partner=${partner}&state=held`);
  if (held.list('items').length > 0) return held.text('items.0.line');
  return (await service.shown(`/v1/lines?partner=${partner}&state=released`)).text('items.0.line');
};

const csvRowsOf = ({ bytes }: Reply): readonly string[] => bytes.toString().trimEnd().split('\r\n');

describe('listing lines', () => {
  it('shows their months, what is held, released and why nothing is earned', async () => {
    const found = await service.shown('/v1/lines?partner=p1');
    expect(found.body).toMatchObject({ effective: null, known: null, next: null });
    expect(found.list('items')).toMatchObject([
      {
        posted: '16667',
        held: '0',
        released: '16667',
        due: '16667',
        reason: null,
        months: [
          { month: '2026-02', amount: '25000' },
          { month: '2026-04', amount: '-8333' },
        ],
      },
      { posted: '0', reason: 'no_plan_in_this_currency', months: [], asset: expect.anything() },
    ]);
  });

  it('finds those in a currency that no plan pays, by those words', async () => {
    const found = await service.shown('/v1/lines?reason=no%20plan%20in%20this%20currency');
    const items = found.list('items');
    expect(items).toMatchObject([{ key: { sale: 'dollars' } }]);
    expect((await service.shown('/v1/lines?state=nothing')).list('items')).toEqual(items);
  });

  it('filters by plan, window, month and state, page by page', async () => {
    const all = (await service.shown('/v1/lines')).list('items');
    expect(all).toHaveLength(3);
    const first = await service.ask('/v1/lines?limit=2');
    expect(first.list('items')).toEqual(all.slice(0, 2));
    const second = await service.ask(`/v1/lines?limit=2&after=${first.text('next')}`);
    expect(second.body).toMatchObject({ next: null, totals: null });
    expect(second.list('items')).toEqual(all.slice(2));
    for (const [query, count] of [
      ['plan=brcommercial&window=2026-q1', 3],
      ['plan=nope', 0],
      ['month=2026-04', 1],
      ['month=2026-05', 0],
      ['state=held', 1],
      ['state=released', 1],
      ['state=frozen', 0],
    ] as const)
      expect([query, (await service.ask(`/v1/lines?${query}`)).list('items')]).toMatchObject([
        query,
        { length: count },
      ]);
    expect((await service.ask('/v1/lines?month=2026-13')).status).toBe(422);
  });

  it('adds up to the accounts that its totals name', async () => {
    expect((await service.shown('/v1/lines')).list('totals')).toEqual([
      {
        entity: 'main',
        asset: 'BRL/2',
        lines: 2,
        posted: String(await balanceOf('Expenses:Commission')),
        held: String(-(await balanceOf('Liabilities:Commission:Held'))),
        released: String(-(await balanceOf('Liabilities:Commission:Released'))),
      },
    ]);
  });

  it('gives the same rows as CSV, at the same position', async () => {
    const found = await service.shown('/v1/lines');
    const csv = await service.ask('/v1/lines', 'finance', 'text/csv');
    expect(csv.headers.get('x-position')).toBe(found.text('position'));
    const [heading = '', ...rows] = csvRowsOf(csv);
    expect(heading).toMatch(/^line,partner,plan,window,sale/);
    expect(rows.map((row) => row.split(',')[0])).toEqual(
      found.list('items').map((item) => (item as { line: string }).line),
    );
  });

  it('shows a partner its own lines alone', async () => {
    const found = await service.shown('/v1/lines', 'p2');
    expect(found.list('items')).toMatchObject([{ partner: 'p2', posted: '50000' }]);
    expect(await service.ask('/v1/lines?partner=p1', 'p2')).toMatchObject({
      status: 403,
      body: { code: 'not_your_partner' },
    });
    expect((await service.ask('/v1/lines', 'stranger')).list('items')).toEqual([]);
  });
});

describe('explaining a line to whoever asks (M035)', () => {
  it('answers with the tree, and had the number again from it', async () => {
    const id = await lineOf('p1');
    const found = await service.shown(`/v1/lines/${id}/explain`);
    expect(found.body).toMatchObject({
      lineId: id,
      recomputed: true,
      differences: [],
      posted: '16667',
      worth: { rounded: '16667', exact: '66667/4' },
      position: String(await service.runtime.log.head()),
    });
    const stored = new Map<string, string>();
    for await (const event of service.runtime.log.read(earningsStreamOf('acme', windowOf())))
      stored.set(event.id, event.contentHash);
    const months = found.list('months') as readonly {
      readonly postings: readonly { readonly event: { id: string; hash: string } }[];
    }[];
    const refs = months.flatMap(({ postings }) => postings.map(({ event }) => event));
    expect(refs).toHaveLength(2);
    for (const { id: event, hash } of refs) expect(stored.get(event)).toBe(hash);
  });

  it('answers on both clocks', async () => {
    const id = await lineOf('p1');
    const march = await service.ask(`/v1/lines/${id}/explain?on=2026-03-10T00:00:00Z`);
    expect(march.body).toMatchObject({ posted: '25000', released: '25000', recomputed: true });
    const recordedAt = march.text('months.0.postings.0.event.recordedAt');
    const then = await service.ask(`/v1/lines/${id}/explain?known=${recordedAt}`);
    expect(then.body).toMatchObject({ known: recordedAt, recomputed: true });
    const before = await service.ask(`/v1/lines/${id}/explain?known=2020-01-01T00:00:00Z`);
    expect(before).toMatchObject({ status: 404, body: { code: 'line_unknown' } });
  });

  it('answers a partner in one sentence, and finance in a table', async () => {
    const id = await lineOf('p2');
    const said = await service.ask(`/v1/lines/${id}/explain?as=sentence`, 'p2');
    expect(said.body).toMatchObject({
      recomputed: true,
      sentence:
        'R$ 500.00 is 25% (rule base, plan brcommercial version 1) of R$ 2,000.00 that c1 paid on 31 Mar 2026; ' +
        'held until 14 Apr 2026.',
    });
    const table = await service.ask(`/v1/lines/${id}/explain`, 'finance', 'text/csv');
    expect(table.headers.get('x-recomputed')).toBe('true');
    expect(table.bytes.toString()).toContain('posting,2026-03,Expenses:Commission,50000,');
  });

  it('tells a partner nothing of the lines of another, not even that they exist', async () => {
    const id = await lineOf('p1');
    for (const who of ['p2', 'stranger'])
      expect(await service.ask(`/v1/lines/${id}/explain`, who)).toMatchObject({
        status: 404,
        body: { code: 'line_unknown' },
      });
    expect((await service.ask(`/v1/lines/${id}/explain`, 'p1')).status).toBe(200);
    expect((await service.ask('/v1/lines/nope/explain')).status).toBe(404);
  });
});

describe('rolling accruals forward', () => {
  const path = '/v1/reports/accruals?from=2026-02&to=2026-04';

  it('opens each month with what the one before it has left held', async () => {
    const items = (await service.shown(path)).list('items');
    expect(items).toMatchObject([
      { month: '2026-02', opening: '0', posted: '25000', released: '25000', closing: '0' },
      { month: '2026-03', opening: '0', posted: '50000', released: '0', closing: '50000' },
      { month: '2026-04', opening: '50000', posted: '-8333', released: '-8333', closing: '50000' },
    ]);
    const april = await service.ask('/v1/reports/accruals?from=2026-04&to=2026-04');
    expect(april.list('items')).toEqual(items.slice(2));
  });

  it('equals the trial balance of the accounts that it names, by day and by what was known', async () => {
    const compare = async (query: string, by: (event: EarningsEvent) => boolean) => {
      const found = await service.shown(`${path}${query}`);
      expect(found.list('totals')).toEqual([
        {
          entity: 'main',
          asset: 'BRL/2',
          posted: String(await balanceOf(found.text('accounts.posted'), by)),
          released: String(-(await balanceOf(found.text('accounts.released'), by))),
          held: String(-(await balanceOf(found.text('accounts.held'), by))),
        },
      ]);
    };
    await compare('', () => true);
    const endOfMarch = '2026-04-01T03:00:00.000Z' as Instant;
    await compare('&effective=2026-03-31', ({ occurredAt }) => occurredAt < endOfMarch);
    await compare('&effective=2026-02-20', ({ occurredAt }) => occurredAt < noon('02-21'));
    await compare('&partner=p2', (event) => 'partner' in event.data && event.data.partner === 'p2');
    const found = await service.ask(path);
    expect(found.at('known')).toBeNull();
    const now = new Date().toISOString();
    expect((await service.ask(`${path}&known=${now}`)).body).toMatchObject({
      known: now,
      position: found.text('position'),
    });
    expect((await service.ask(`${path}&known=2020-01-01T00:00:00Z`)).list('items')).toEqual([]);
  });

  it('gives the same rows as CSV at one position', async () => {
    const found = await service.shown(path);
    const position = found.text('position');
    const csv = await service.ask(`${path}&position=${position}`, 'finance', 'text/csv');
    expect(csv.headers.get('x-position')).toBe(position);
    const items = found.list('items') as readonly Record<string, string>[];
    const rows = items.map((item) =>
      ['entity', 'asset', 'month', 'opening', 'posted', 'released', 'closing']
        .map((name) => item[name])
        .join(','),
    );
    expect(csvRowsOf(csv).slice(1)).toEqual(rows);
  });

  it('refuses months in the wrong order, and too many of them', async () => {
    expect(await service.ask('/v1/reports/accruals?from=2026-04&to=2026-03')).toMatchObject({
      status: 422,
      body: { code: 'invalid_range' },
    });
    expect((await service.ask('/v1/reports/accruals?from=2000-01&to=2026-03')).status).toBe(422);
    expect((await service.ask(path, 'p1')).status).toBe(403);
  });
});

describe('watching the commission ratio (D1)', () => {
  it('names its denominator: 50,000 on 250,000 sourced alone, and less with what was influenced', async () => {
    const nobodys = line(noon('03-20'), 166_667, { sale: 'influenced' });
    const steps = nobodys.steps.map((step) => ({
      ...step,
      value: { ...step.value, parts: [], influenced: [{ partner: 'p2', basis: '166667' }] },
    }));
    await service.credits(line(noon('03-31'), 250_000, { sale: 'p2s' }), { ...nobodys, steps });
    const path = '/v1/reports/commission-ratio?from=2026-03&to=2026-03';
    const both = await service.until(path, (found) => found.at('items.0.influenced') === '166667');
    expect(both.body).toMatchObject({
      denominator: 'sourced_and_influenced',
      account: 'Expenses:Commission',
      amberFrom: '15.0',
      items: [
        {
          asset: 'BRL/2',
          commissions: '50000',
          sourced: '250000',
          influenced: '166667',
          revenue: '416667',
          percent: '12.0',
          status: 'pass',
        },
      ],
    });
    const sourced = await service.ask(`${path}&denominator=sourced`);
    expect(sourced.list('items')).toMatchObject([{ percent: '20.0', status: 'amber' }]);
    // Of what came through the inbox, the place in the log counts.
    expect((await service.ask(`${path}&position=19`)).body).toMatchObject({
      ...{ position: '19', revenuePosition: '10' },
      items: [{ sourced: '250000', influenced: '0' }],
    });
    const csv = await service.ask(path, 'finance', 'text/csv');
    expect(csv.bytes.toString()).toBe(
      'asset,commissions,sourced,influenced,revenue,percent,status\r\n' +
        'BRL/2,50000,250000,166667,416667,12.0,pass\r\n',
    );
  });

  it('declares who may call each route', () => {
    expectEveryRouteDeclared(service.serving.app);
  });
});

describe('explaining a line of a large window', () => {
  const of = (partner: string, plan?: PlanVersion): readonly EarningsCommand[] => {
    const id = windowOf(partner);
    const commands = [
      ...Array.from({ length: 120 }, (_, i) =>
        learned(
          line(noon('02-10'), 1000 + i, { ...left(1000 + i, partner), sale: `s${String(i)}` }),
          { id },
        ),
      ),
      programme(),
      partnerIs(undefined, { partner }),
      agreed({ partner }),
      published(plan),
    ];
    return commands.map((command) => ({ ...command, id }));
  };
  const bands = [{ upTo: '50000', bp: 2000 }, { bp: 2500 }];
  const measure = { sum: 'credited.net', window: 'calendar_quarter' } as const;
  const schedule: Rule = {
    id: 'base',
    group: 'base',
    pay: { kind: 'schedule', mode: 'retroactive', measure, bands },
  };

  it.each([
    ['on its own, where no line has a say in another', 'p3', undefined],
    ['with all the others, where they have', 'p4', planOf([schedule])],
  ])('reads it %s', async (_, partner, plan) => {
    await service.tell(...of(partner, plan));
    const found = await service.shown(`/v1/lines?partner=${partner}&limit=1000`);
    expect(found.list('items')).toHaveLength(120);
    for (const place of ['items.0', 'items.119']) {
      const { body } = await service.ask(`/v1/lines/${found.text(`${place}.line`)}/explain`);
      expect(body).toMatchObject({ recomputed: true, posted: found.text(`${place}.posted`) });
    }
  });
});
