import { type Instant, type Json, type JsonObject, instant } from '@tributary/kernel';
import type { Rule } from '../../../engines/v1/plan';
import { Q1_TERMS, summedIn } from './cases.fixture';
import type { EarningsCommand } from './commands';
import { earnings } from './decide';
import {
  WHOLE,
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  permutations,
  planOf,
  programme,
  published,
  windowOf,
} from './earnings.fixture';
import type { CommissionSummed, EarningsEvent } from './events';
import { snapshot } from './snapshot';
import { type Earnings, initialEarnings } from './state';
import { topicOfPosted } from './topics';

const PARENT: Rule = {
  id: 'parent',
  group: 'override',
  stack: true,
  payee: 'partner.parent',
  pay: { kind: 'percent', bp: 1000, of: 'child_commission', levels: 1 },
};

const version = (rules: readonly Rule[], number: number, since: Instant) => {
  const effective = { from: since, to: null };
  return published(planOf(rules, { version: number, effective }), since);
};
/** Both long in force before anything is paid; only the second pays the partner above. */
const FIRST = version([WHOLE], 1, instant('2025-01-01T03:00:00Z'));
const SECOND = version([WHOLE, PARENT], 2, instant('2025-06-01T03:00:00Z'));
const SALES = [noon('01-05'), noon('01-06')].map((paidAt) => line(paidAt, 100_000));
const LINES = SALES.map((each) => learned(each));

/** What stands above last, of each line. */
const amountsOf = (sums: readonly CommissionSummed['data'][]) =>
  Object.fromEntries(sums.map(({ key, steps }) => [key.sale, steps.at(-1)?.value.amount]));

/** As it is kept: of each append the rows that it touched. */
function keptAndRead({ appends }: Window): Earnings {
  const rows = new Map<string, Json>();
  let state = initialEarnings;
  for (const events of appends) {
    for (const event of events) state = earnings.evolve(state, event);
    for (const key of events.flatMap((event) => snapshot.touched(event))) {
      const row = snapshot.row(state, key);
      if (row !== undefined) rows.set(key, JSON.parse(JSON.stringify(row)) as Json);
    }
  }
  return snapshot.restore(rows);
}

describe('what is posted for a partner below', () => {
  it('is told of every line once, whichever came first: the lines, their terms or the version that pays above', () => {
    const [one, two] = LINES as [EarningsCommand, EarningsCommand];
    for (const order of permutations([one, two, FIRST, SECOND, agreed()])) {
      const sums = summedIn(Window.after(partnerIs(), programme(), ...order));
      expect(amountsOf(sums)).toEqual({
        [SALES[0]?.sale ?? '']: '25000',
        [SALES[1]?.sale ?? '']: '25000',
      });
      expect(sums).toHaveLength(2);
    }
  });

  it('earns the partner above its part of each line, though the window was told the older version first', () => {
    const below = Window.after(...Q1_TERMS, FIRST, ...LINES, SECOND);
    const id = windowOf('parent');
    const terms = [
      agreed({ partner: 'parent', plan: null }),
      agreed({ parent: 'parent' }),
      partnerIs(undefined, { partner: 'parent' }),
      partnerIs(),
      programme(),
      FIRST,
      SECOND,
    ].map((each): EarningsCommand => ({ ...each, id }));
    const sold = SALES.map((each) => learned(each, { id, child: 'p1' }));
    const told = summedIn(below).map((sum, i): EarningsCommand => {
      const { partner, key, lineId } = sum;
      const topic = topicOfPosted(partner, `${key.sale} ${key.payment} ${key.line}`);
      const data = sum as unknown as JsonObject;
      return {
        type: 'LearnTerm',
        id,
        at: noon('01-06'),
        told: { topic, key: lineId, revision: i + 1, data },
      };
    });
    expect(Window.after(...terms, ...sold, ...told).months()).toEqual({ '2026-01': 5_000 });
  });

  it('is told in steps where the window has very many lines', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => ({
      revision: 1,
      data: line(noon('03-05'), 100_000, { sale: `s${String(i)}` }),
    }));
    const window = Window.after(...Q1_TERMS, FIRST, ...LINES.slice(0, 1));
    for (let i = 0; i < many.length; i += 50)
      window.run({
        type: 'LearnLines',
        id: windowOf(),
        zone: 'America/Sao_Paulo',
        child: null,
        lines: many.slice(i, i + 50),
      });
    expect(summedIn(window)).toEqual([]);
    const before = window.appends.length;
    window.run(SECOND);
    const appends = window.appends.slice(before);
    expect(appends[0]?.map(({ type }) => type)).toEqual(['TermLearned', 'WindowFellBehind']);
    expect(appends.length).toBeGreaterThan(2);
    expect(summedIn(window)).toHaveLength(many.length + 1);
    expect(window.state.behind).toBeNull();
  });

  it('is not told again by a window that was read from its rows', () => {
    const window = Window.after(...Q1_TERMS, FIRST, ...LINES, SECOND);
    expect(summedIn(window)).toHaveLength(2);
    const read = keptAndRead(window);
    expect([...read.groups.entries()]).toEqual([...window.state.groups.entries()]);
    const again = earnings.decide(partnerIs(undefined, { revision: 2 }), read);
    expect(again).toMatchObject({ events: [{ type: 'TermLearned' }] });
  });

  it('is told with whatever is learned next, where a window has kept it to itself', () => {
    const window = Window.after(...Q1_TERMS, FIRST, ...LINES, SECOND);
    const silent = window.events.filter(({ type }) => type !== 'CommissionSummed');
    const state = silent.reduce<Earnings>(
      (known, event: EarningsEvent) => earnings.evolve(known, event),
      initialEarnings,
    );
    const next = earnings.decide(partnerIs(undefined, { revision: 2 }), state);
    const events = 'events' in next ? next.events : [];
    expect(events.map(({ type }) => type)).toEqual([
      'TermLearned',
      'CommissionSummed',
      'CommissionSummed',
    ]);
  });
});
