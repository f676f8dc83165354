import type { JsonObject } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { EarningsCommand } from './commands';
import { earnings } from './decide';
import {
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  windowOf,
} from './earnings.fixture';
import type { EarningsEvent } from './events';
import { lineIdOf } from './window';

const spec = specFor(earnings);
const TERMS = [agreed(), partnerIs(), programme(), published()];
const sale = line(noon('03-05'), 170_910);
const key = { sale: sale.sale, payment: sale.payment, line: 'l1', rule: 'base' };
const lineId = lineIdOf(windowOf(), key);

/** What stands in a window after these commands. */
const after = (...commands: readonly EarningsCommand[]): readonly EarningsEvent[] =>
  Window.after(...commands).events;

const of = {
  lineId,
  key,
  ...windowOf(),
  programme: 'main',
  entity: 'main',
  asset: 'BRL/2',
};
const dimensions = { entity: 'main', programme: 'main', partner: 'p1', plan: 'brcommercial' };
const leg = (side: 'credit' | 'debit', account: string, amount: string) => ({
  account,
  side,
  amount,
  asset: 'BRL/2',
  dimensions,
});

describe('posting a commission', () => {
  it('books what is due as held, and says under which version, from which facts, and why so much', () => {
    const { told } = TERMS[3] as (typeof TERMS)[3];
    const [{ value }] = told.data['steps'] as unknown as [{ value: Record<string, string> }];
    const [posted] = after(...TERMS, learned(sale)).filter(
      ({ type }) => type === 'CommissionPosted',
    );
    expect(posted).toEqual({
      type: 'CommissionPosted',
      occurredAt: noon('03-05'),
      data: {
        ...of,
        month: '2026-03',
        paidAt: noon('03-05'),
        amount: '42728',
        due: '42728',
        exact: '427275000/10000',
        reason: null,
        heldUntil: noon('03-19'),
        takes: [],
        fromReleased: '0',
        rule: 'base',
        version: { version: 1, hash: value['hash'], engine: 'v1', engineHash: value['engineHash'] },
        facts: sale.facts,
        decision: null,
        entry: {
          legs: [
            leg('debit', 'Expenses:Commission', '42728'),
            leg('credit', 'Liabilities:Commission:Held', '42728'),
          ],
        },
      },
    });
  });

  it('says nothing about a revision that is known', () => {
    spec
      .given(...after(...TERMS, learned(sale)))
      .when(learned(sale))
      .thenNothing();
    spec
      .given(...after(...TERMS, learned(sale)))
      .when(agreed())
      .thenNothing();
  });

  it('says why nothing is due as long as something is missing', () => {
    const reasons = (...commands: readonly EarningsCommand[]) =>
      after(...commands).flatMap((event) =>
        event.type === 'EarningExplained' ? [event.data.reason] : [],
      );
    expect(reasons(learned(sale))).toEqual(['no_plan']);
    expect(reasons(published(), learned(sale)).at(-1)).toBe('partner_unknown');
    expect(reasons(published(), partnerIs(), learned(sale)).at(-1)).toBe('no_agreement');
    expect(reasons(...TERMS, learned(sale)).at(-1)).toBeNull();
    const foreign = published(planOf(undefined, { programId: 'emea' }));
    expect(reasons(foreign, agreed(), partnerIs(), learned(sale)).at(-1)).toBe(
      'awaiting_programme',
    );
    const euros = line(noon('03-05'), 100, { asset: 'EUR/2' });
    expect(reasons(...TERMS, learned(euros)).at(-1)).toBe('no_plan_in_this_currency');
  });

  it('empties the books that a line has left before it fills those that it stands in', () => {
    const { told } = programme({ revision: 2 });
    const [step] = told.data['steps'] as unknown as [{ at: string; value: JsonObject }];
    const moved = { at: noon('04-01'), value: { ...step.value, entity: 'other' } };
    const data: JsonObject = { programme: 'main', steps: [{ ...step }, moved] };
    const zone = { steps: [{ at: noon('01-01'), value: { zone: 'America/Sao_Paulo' } }] };
    const id = windowOf();
    const terms: EarningsCommand[] = [
      { type: 'LearnTerm', id, at: noon('04-01'), told: { ...told, data } },
      {
        type: 'LearnTerm',
        id,
        at: noon('04-01'),
        told: { topic: 'entity:other', key: 'other', revision: 1, data: zone },
      },
    ];
    const release = { type: 'ReleaseHolds', id, asOf: noon('03-31'), by: 'x' } as const;
    for (const between of [[], [release]]) {
      const posted = after(...TERMS, learned(sale), ...between, ...terms).flatMap((event) =>
        event.type === 'CommissionPosted' ? [[event.data.entity, event.data.amount]] : [],
      );
      expect(posted).toEqual([
        ['main', '42728'],
        ['main', '-42728'],
        ['other', '42728'],
      ]);
    }
  });

  it('waits for lines that nobody has told of', () => {
    spec.given().when(agreed()).thenNothing();
    const release = { type: 'ReleaseHolds', id: windowOf(), asOf: noon('04-01'), by: 'x' } as const;
    spec.given().when(release).thenNothing();
  });
});

describe('releasing', () => {
  it('hands over what was held, dated by the end of its hold', () => {
    spec
      .given(...after(...TERMS, learned(sale)))
      .when({ type: 'ReleaseHolds', id: windowOf(), asOf: noon('04-01'), by: 'finance' })
      .then({
        type: 'CommissionReleased',
        occurredAt: noon('03-19'),
        data: {
          ...of,
          amount: '42728',
          until: noon('03-19'),
          entry: {
            legs: [
              leg('debit', 'Liabilities:Commission:Held', '42728'),
              leg('credit', 'Liabilities:Commission:Released', '42728'),
            ],
          },
        },
      });
  });
});

describe('a window of very many lines', () => {
  const many = (count: number): EarningsCommand[] =>
    Array.from({ length: count / 50 }, (_, chunk) => ({
      type: 'LearnLines',
      id: windowOf(),
      zone: 'America/Sao_Paulo',
      child: null,
      lines: Array.from({ length: 50 }, (__, i) => {
        const sent = line(noon('03-05'), 100_000, { sale: `s${String(chunk * 50 + i)}` });
        return { revision: 1, data: sent };
      }),
    }));
  const retroactive = published(
    planOf([
      {
        id: 'accel',
        group: 'base',
        pay: {
          kind: 'schedule',
          mode: 'retroactive',
          measure: { sum: 'credited.net', window: 'calendar_quarter' },
          bands: [{ upTo: '100000000', bp: 2000 }, { bp: 3000 }],
        },
      },
    ]),
  );

  let state = earnings.initial;
  const run = (events: readonly EarningsEvent[]) => {
    for (const event of events) state = earnings.evolve(state, event);
    return events;
  };
  const decide = (command: EarningsCommand) => {
    const decision = earnings.decide(command, state);
    if ('rejected' in decision) throw new Error('Nothing is refused here.');
    return run(decision.events).map(({ type }) => type);
  };
  /** Append by append, as the runner takes them. */
  const steps = (): (readonly EarningsEvent[])[] => {
    const appends: (readonly EarningsEvent[])[] = [];
    for (;;) {
      const events = earnings.step?.(state) ?? [];
      if (events.length === 0) return appends;
      appends.push(run(events));
    }
  };
  const sumOf = (events: readonly EarningsEvent[], wanted: EarningsEvent['type']) =>
    events.reduce(
      (sum, { type, data }) =>
        type === wanted && 'amount' in data ? sum + BigInt(data.amount) : sum,
      0n,
    );

  it('is posted in steps, says that it is behind meanwhile, and releases only once it has caught up', () => {
    for (const command of many(2_000)) decide(command);
    // Nothing is due yet, and that has been looked at.
    steps();
    decide(agreed());
    decide(partnerIs());
    decide(programme());
    expect(decide(retroactive)).toEqual(['TermLearned', 'WindowFellBehind']);
    const release = { type: 'ReleaseHolds', id: windowOf(), asOf: noon('04-01'), by: 'x' } as const;
    expect(decide(release)).toEqual(['ReleasePostponed']);

    const appends = steps();
    const events = appends.flat();
    expect(appends.length).toBeGreaterThan(10);
    expect(Math.max(...appends.map(({ length }) => length))).toBeLessThan(400);
    expect([sumOf(events, 'CommissionPosted'), sumOf(events, 'CommissionReleased')]).toEqual([
      60_000_000n,
      60_000_000n,
    ]);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('CommissionReleased')).toBeGreaterThan(types.indexOf('WindowCaughtUp'));
    expect([state.behind, state.releasing]).toEqual([null, null]);
  });
});
