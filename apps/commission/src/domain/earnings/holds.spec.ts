import type { JsonObject } from '@tributary/kernel';
import type { EarningsCommand } from './commands';
import {
  PLAN,
  SIGNED,
  Window,
  agreed,
  learned,
  left,
  line,
  noon,
  partnerIs,
  permutations,
  planOf,
  programme,
  published,
  revisionsOf,
  windowOf,
} from './earnings.fixture';
import { topicOfHolds } from './topics';

const TERMS = [agreed(), partnerIs(), programme(), published()];
const sale = line(noon('03-05'), 100_000);
const lineId = (window: Window): string =>
  window.events.flatMap((event) =>
    event.type === 'CommissionPosted' ? [event.data.lineId] : [],
  )[0] ?? '';

const release = (day: string): EarningsCommand => ({
  type: 'ReleaseHolds',
  id: windowOf(),
  asOf: noon(day),
  by: 'finance',
});
const entries = ({ events }: Window) =>
  events.flatMap((event) =>
    event.type === 'CommissionReleased' ? [[event.occurredAt, event.data.amount]] : [],
  );

describe('releasing what is held', () => {
  const second = learned(line(noon('03-10'), 50_000));

  it('keeps what its days are not over for', () => {
    const window = Window.after(...TERMS, learned(sale), second, release('03-20'));
    expect(entries(window)).toEqual([[noon('03-19'), '25000']]);
    expect([window.held(), window.released()]).toEqual([12_500, 25_000]);
  });

  it.each([
    ['once and late', ['06-30']],
    ['twice', ['06-30', '06-30']],
    ['in steps', ['03-19', '03-24', '06-30']],
    ['the later day first', ['06-30', '03-19']],
  ])('gives the same entries %s', (_how, days) => {
    const window = Window.after(...TERMS, learned(sale), second, ...days.map(release));
    expect(entries(window)).toEqual([
      [noon('03-19'), '25000'],
      [noon('03-24'), '12500'],
    ]);
    expect(window.held()).toBe(0);
  });

  it('decides nothing when there is nothing to release', () => {
    const window = Window.after(...TERMS, learned(sale));
    expect(window.run(release('03-18'))).toEqual({ events: [] });
  });

  it('dates what was posted after its days were over by the posting', () => {
    const late = line(noon('03-05'), 100_000, {}, [noon('04-20'), left(200_000)]);
    const window = Window.after(...TERMS, ...revisionsOf(late), release('05-01'));
    expect(entries(window)).toEqual([
      [noon('03-19'), '25000'],
      [noon('04-20'), '25000'],
    ]);
  });
});

describe('M074: a suspended partner', () => {
  const suspended = partnerIs(
    [
      [noon('01-01'), 'active'],
      [noon('03-01'), 'suspended'],
    ],
    { revision: 2 },
  );
  const reinstated = partnerIs(
    [
      [noon('01-01'), 'active'],
      [noon('03-01'), 'suspended'],
      [noon('04-10'), 'active'],
    ],
    { revision: 3 },
  );

  it('goes on earning, held, and reinstatement releases the same cents', () => {
    const window = Window.after(...TERMS, suspended, learned(sale), release('04-01'));
    expect([window.held(), window.released()]).toEqual([25_000, 0]);
    window.run(reinstated);
    window.run(release('04-10'));
    expect(entries(window)).toEqual([[noon('04-10'), '25000']]);
    expect([window.held(), window.released()]).toEqual([0, 25_000]);
  });
});

describe('E12: the customer disputes the payment', () => {
  const opened = [noon('03-10'), { disputed: true }] as const;
  const won = [noon('04-02'), { disputed: false }] as const;
  const lost = [noon('04-02'), { ...left(0), disputed: false }] as const;
  const disputed = (...steps: Parameters<typeof line>[3][]) =>
    revisionsOf(line(noon('03-05'), 100_000, {}, ...steps));

  it('holds it while it is open, and releases it when it is won', () => {
    const [paid, open, end] = disputed(opened, won) as [
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
    ];
    const window = Window.after(...TERMS, paid, open, release('03-31'));
    expect([window.held(), window.released()]).toEqual([25_000, 0]);
    window.run(end);
    window.run(release('04-30'));
    expect(entries(window)).toEqual([[noon('04-02'), '25000']]);
  });

  it('takes it back when it is lost', () => {
    const window = Window.after(...TERMS, ...disputed(opened, lost));
    expect(window.months()).toEqual({ '2026-03': 25_000, '2026-04': -25_000 });
    expect([window.held(), window.released()]).toEqual([0, 0]);
  });

  it('freezes what was released before it was opened, until it is decided', () => {
    const late = [noon('03-25'), { disputed: true }] as const;
    const [paid, open, end] = disputed(late, lost) as [
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
    ];
    const window = Window.after(...TERMS, paid, release('03-20'), open);
    expect(window.events.at(-1)).toMatchObject({ type: 'LineFrozen', data: { amount: '25000' } });
    window.run(end);
    const frozen = window.events.flatMap((event) =>
      event.type === 'LineFrozen' ? [event.data.amount] : [],
    );
    expect([frozen, window.released()]).toEqual([['25000', '0'], 0]);
  });
});

describe('a hold that people place', () => {
  const on = { id: windowOf(), by: 'ana' };
  const placed = (line: string): EarningsCommand => ({
    ...on,
    type: 'PlaceHold',
    line,
    hold: 'h1',
    reason: 'fraud',
    owner: 'risk',
    condition: 'the review is done',
    receivedAt: noon('03-12'),
  });
  const lifted = (line: string, day: string): EarningsCommand => ({
    ...on,
    type: 'LiftHold',
    line,
    hold: 'h1',
    note: 'reviewed',
    receivedAt: noon(day),
  });

  it('holds the line until it is lifted, and dates the release by that', () => {
    const window = Window.after(...TERMS, learned(sale));
    const id = lineId(window);
    window.run(placed(id));
    expect(window.run(placed(id))).toEqual({ rejected: { code: 'hold_exists' } });
    window.run(release('03-31'));
    expect(window.held()).toBe(25_000);
    window.run(lifted(id, '04-01'));
    expect(window.run(lifted(id, '04-02'))).toEqual({ events: [] });
    window.run(release('04-30'));
    expect(entries(window)).toEqual([[noon('04-01'), '25000']]);
  });

  it('freezes what was released before, until it is lifted', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const id = lineId(window);
    window.run(placed(id));
    window.run(lifted(id, '04-01'));
    const frozen = window.events.flatMap((event) =>
      event.type === 'LineFrozen' ? [event.data.amount] : [],
    );
    expect([frozen, window.released()]).toEqual([['25000', '0'], 25_000]);
  });

  it('is refused on a line that nobody knows', () => {
    const window = Window.after(...TERMS, learned(sale));
    expect(window.run(placed('other'))).toEqual({ rejected: { code: 'line_unknown' } });
    expect(window.run(lifted(lineId(window), '04-01'))).toEqual({
      rejected: { code: 'hold_unknown' },
    });
  });
});

describe('a hold that people have placed while the payment was in another window', () => {
  const group = `line  ${sale.sale} ${sale.payment} ${sale.line}`;
  const told = (key: string, data: JsonObject): EarningsCommand => ({
    type: 'LearnTerm',
    id: windowOf(),
    at: noon('03-12'),
    told: { topic: topicOfHolds('p1', PLAN), key, revision: 1, data },
  });
  const hold = {
    id: 'h1',
    reason: 'fraud',
    owner: 'risk',
    condition: 'the review is done',
    from: noon('03-12'),
    until: null,
  };
  const placed = told('h1 placed', { lineId: 'before', group, hold, by: 'ana' });
  const lifted = told('h1 lifted', {
    lineId: 'before',
    group,
    hold: 'h1',
    at: noon('04-01'),
    note: 'reviewed',
    by: 'ana',
  });
  const arrivals = permutations([placed, lifted, learned(sale)]);

  it('is asked for before anything is posted', () => {
    const [opened] = Window.after(learned(sale)).events;
    const follows = opened?.type === 'WindowOpened' ? opened.data.follows : [];
    expect(follows[0]).toBe(topicOfHolds('p1', PLAN));
  });

  it.each([
    ['before the line', [placed, learned(sale)]],
    ['after the line', [learned(sale), placed]],
  ])('holds it here, told %s', (_when, commands) => {
    const window = Window.after(...TERMS, ...commands, release('03-31'));
    expect([window.held(), window.released()]).toEqual([25_000, 0]);
  });

  it('is over when it is lifted there, in any order', () => {
    for (const commands of arrivals) {
      const window = Window.after(...TERMS, ...commands, release('04-30'));
      expect(entries(window)).toEqual([[noon('04-01'), '25000']]);
    }
  });

  it('is lifted here as well, and stays so when more is posted', () => {
    const window = Window.after(...TERMS, learned(sale), placed);
    const on = {
      id: windowOf(),
      by: 'ana',
      line: lineId(window),
      note: 'reviewed',
      receivedAt: noon('04-01'),
    };
    window.run({ ...on, type: 'LiftHold', hold: 'h1' });
    const more = [noon('04-10'), left(200_000)] as const;
    window.run(learned(line(noon('03-05'), 100_000, {}, more), { revision: 2 }));
    window.run(release('04-30'));
    expect(window.released()).toBe(50_000);
  });

  it('says nothing of other lines', () => {
    const other = learned(line(noon('03-05'), 100_000, { sale: 'other' }));
    const window = Window.after(...TERMS, other, placed, release('03-31'));
    expect(window.released()).toBe(25_000);
  });
});

describe('E17: what two persons decide that a line is worth (M123)', () => {
  const on = { id: windowOf() };
  const proposed = (line: string): EarningsCommand => ({
    ...on,
    type: 'ProposeOverride',
    line,
    override: 'o1',
    amount: '0',
    reason: 'upheld',
    by: 'ana',
    receivedAt: noon('04-01'),
  });
  const approved = (line: string, by: string, override = 'o1'): EarningsCommand => ({
    ...on,
    type: 'ApproveOverride',
    line,
    override,
    by,
    receivedAt: noon('04-03'),
  });

  it('is posted as a difference, dated by the decision, and a later refund posts nothing', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const id = lineId(window);
    window.run(proposed(id));
    expect(window.run(approved(id, 'ana'))).toEqual({ rejected: { code: 'same_person' } });
    expect(window.run(approved(id, 'bea', 'o2'))).toEqual({
      rejected: { code: 'override_unknown' },
    });
    window.run(approved(id, 'bea'));
    expect(window.months()).toEqual({ '2026-03': 25_000, '2026-04': -25_000 });
    const refunded = line(noon('03-05'), 100_000, {}, [noon('05-01'), left(0)]);
    window.run(learned(refunded, { revision: 2 }));
    expect(window.months()).toEqual({ '2026-03': 25_000, '2026-04': -25_000 });
    expect(window.released()).toBe(0);
  });

  const told = (line: string, day: string, amount: string): EarningsCommand => ({
    ...on,
    type: 'TakeDecision',
    line,
    override: `told ${day}`,
    amount,
    proposedBy: 'ana',
    by: 'bea',
    receivedAt: noon(day),
  });

  it('is posted the same when payouts has decided it, and the later decision holds', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const id = lineId(window);
    window.run(told(id, '04-05', '1000'));
    expect(window.months()).toEqual({ '2026-03': 25_000, '2026-04': -24_000 });
    window.run(told(id, '04-03', '0'));
    expect(window.months()).toEqual({ '2026-03': 25_000, '2026-04': -24_000 });
    expect(window.released()).toBe(1_000);
  });

  it('takes no decision by one person, nor about a line that it does not know', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const one = { ...told(lineId(window), '04-05', '0'), by: 'ana' } as EarningsCommand;
    expect(window.run(one)).toEqual({ rejected: { code: 'same_person' } });
    expect(window.run(told('unknown', '04-05', '0'))).toEqual({
      rejected: { code: 'line_unknown' },
    });
  });

  it('is nothing or more: what a partner is to give back is an adjustment of its account', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const id = lineId(window);
    const below = { rejected: { code: 'worth_below_zero' } };
    expect(window.run({ ...proposed(id), amount: '-1' } as EarningsCommand)).toEqual(below);
    expect(window.run(told(id, '04-05', '-1'))).toEqual(below);
    expect(window.released()).toBe(25_000);
  });

  it('is posted in the currency of the plan, where no version of it governs the sale', () => {
    const ended = planOf(undefined, { effective: { from: SIGNED, to: noon('03-01') } });
    const window = Window.after(
      agreed(),
      partnerIs(),
      programme(),
      published(ended),
      learned(sale),
    );
    const explained = window.events.findLast(({ type }) => type === 'EarningExplained');
    expect(explained).toMatchObject({ data: { reason: 'no_plan' } });
    const id = explained?.type === 'EarningExplained' ? explained.data.lineId : '';
    window.run(told(id, '04-05', '1000'));
    expect(window.months()).toEqual({ '2026-04': 1_000 });
    const half = [noon('05-01'), left(50_000)] as const;
    window.run(learned(line(noon('03-05'), 100_000, {}, half), { revision: 2 }));
    expect(window.held()).toBe(500);
  });

  it('leaves what somebody else has proposed where it is', () => {
    const window = Window.after(...TERMS, learned(sale), release('03-31'));
    const id = lineId(window);
    window.run(proposed(id));
    window.run(told(id, '04-02', '9000'));
    window.run(approved(id, 'bea'));
    expect(window.released()).toBe(0);
  });
});
