import { type Instant, instant } from '@tributary/kernel';
import fc from 'fast-check';
import type { Fact, Told } from '../facts/fact';
import type { RulesStep, TierRules } from '../rules/content';
import { STARTER_RULES } from '../rules/starter';
import { csat, customer, factOf, measured, on, qualified } from '../standing/standing.fixture';
import { entitledByEvidence, rulesAt, scheduleOf } from './entitled';
import { risksAt } from './risks';
import { entitledByTallies, noTallies, risksByTallies, talliesOf, withFact } from './tallies';

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const aDay = fc.integer({ min: 0, max: 250 });
const some = <T>(...of: readonly T[]) => fc.constantFrom(...of);

const told: fc.Arbitrary<Told> = fc.oneof(
  fc
    .tuple(some('c1', 'c2', 'c3'), aDay, aDay, some('200000', '900000'), some('BRL/2', 'USD/2'))
    .map(([id, a, b, mrr, asset]) =>
      customer(id, {
        [day(Math.min(a, b))]: { mrr, asset },
        [day(Math.max(a, b) + 1)]: { mrr: '0' },
      }),
    ),
  fc
    .tuple(some('r1', 'r2', 'r3', 'r4'), aDay, some('3.5', '4.0', '4.2', '4.9'), some('5', '10'))
    .map(([id, at, value, max]) => csat(id, day(at), value, { min: '1', max })),
  fc
    .tuple(some('certified', 'advanced'), aDay, fc.option(aDay), some('r1', 'r2'))
    .map(([level, at, until, record]) =>
      qualified('certificate', level, day(at), until === null ? null : day(until), record),
    ),
  fc
    .tuple(some('4', '5', '7'), aDay, fc.option(aDay), some('p1', 'p2'))
    .map(([level, at, until, record]) =>
      qualified('commitment', level, day(at), until === null ? null : day(until), record),
    ),
  fc
    .tuple(some('l1', 'l2', 'l3', 'l4', 'l5', 'l6'), aDay)
    .map(([id, at]) => measured('lead.accepted', id, day(at))),
  fc
    .tuple(some('t1', 't2'), aDay, fc.integer({ min: 0, max: 300 }))
    .map(([id, at, amount]) => measured('training.completed', id, day(at), { amount })),
  aDay.map((at) => measured('implementation.completed', 'i1', day(at))),
  aDay.map((at) => qualified('jointplan', 'aligned', day(at))),
);

const STARTER = STARTER_RULES.commercial.content;
/** Asks for other money at a rate, other scales and other sums, and for revenue of nothing, which everybody has. */
const OTHERS: TierRules = {
  ...STARTER,
  asset: 'USD/2',
  rates: [{ asset: 'BRL/2', rate: '0.18' }],
  zone: 'Europe/Berlin',
  tiers: [
    { tier: 'certified', criteria: [{ id: 'any', figure: 'arr', atLeast: '0' }], benefits: [] },
    {
      tier: 'preferred',
      criteria: [
        {
          id: 'hours',
          figure: 'measure',
          measure: 'training.completed',
          of: 'amount',
          atLeast: 240,
        },
        { id: 'leads', figure: 'commitment', measure: 'lead.accepted', atLeast: 4 },
      ],
      benefits: [],
    },
    {
      tier: 'strategic',
      criteria: [
        {
          id: 'happy',
          figure: 'satisfaction',
          instrument: 'csat',
          scale: { min: '1.0', max: '10' },
          above: '4.1',
          months: 2,
        },
      ],
      benefits: [],
    },
  ],
};
const version = (content: TierRules, n: number, from: string): RulesStep => ({
  at: on('12-31'),
  from: on(from),
  value: { version: n, hash: `h${n}`, content },
});
const SCHEDULES = [
  scheduleOf('commercial', []),
  scheduleOf('commercial', [version(OTHERS, 1, '04-01')]),
  scheduleOf('commercial', [version(OTHERS, 1, '03-01'), version(STARTER, 2, '06-15')]),
];

describe('keeping up with facts one by one', () => {
  it('is what all of them at once come to, in any order, whatever was corrected on the way', () => {
    fc.assert(
      fc.property(
        fc.array(told, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...SCHEDULES),
        aDay,
        (arrivals, schedule, n) => {
          const known = new Map<string, Fact>();
          let tallies = noTallies;
          for (const fact of arrivals.map((each, i) => factOf(each, i))) {
            tallies = withFact(tallies, schedule, fact, known.get(fact.key));
            known.set(fact.key, fact);
          }
          const facts = [...known.values()];
          const through: Instant = instant(`${day(n + 20)}T15:00:00Z`);
          expect(entitledByTallies(tallies, schedule, through)).toEqual(
            entitledByEvidence(facts, schedule, through),
          );
          const { content } = rulesAt(schedule, through);
          expect(risksByTallies(tallies, content, through)).toEqual(
            risksAt(facts, content, through),
          );
          // Neither the order nor what was corrected leaves a trace.
          expect(talliesOf(facts.reverse(), schedule)).toEqual(tallies);
        },
      ),
      { numRuns: 300 },
    );
  });
});
