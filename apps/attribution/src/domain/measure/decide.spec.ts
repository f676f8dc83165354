import type { MeasuredData } from '@tributary/contracts';
import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import fc from 'fast-check';
import { MOST_EVIDENCE, type Measure, type ObserveMeasure, measure } from './decide';
import type { MeasureRevised } from './events';

const { given } = specFor(measure);

describe('observing a countable thing', () => {
  it('counts it at its time', () => {
    given()
      .when(observed('a', MARCH))
      .then(revised(MARCH, ['a'], MARCH));
  });

  it('counts a second report of it not again, but keeps it as evidence', () => {
    given(revised(MARCH, ['a'], MARCH))
      .when(observed('b', APRIL))
      .then(revised(MARCH, ['a', 'b'], APRIL));
  });

  it('moves to the earlier time when that report comes late', () => {
    given(revised(APRIL, ['b'], APRIL))
      .when(observed('a', MARCH))
      .then(revised(MARCH, ['a', 'b'], APRIL));
  });

  it('ignores a fact that it has seen', () => {
    given(revised(MARCH, ['a'], MARCH))
      .when(observed('a', MARCH))
      .thenNothing();
  });

  it('keeps no more evidence than its limit, and still moves to an earlier time', () => {
    const ids = Array.from({ length: MOST_EVIDENCE }, (_, i) => `a${String(i).padStart(4, '0')}`);
    const full = revised(APRIL, ids, APRIL);
    given(full).when(observed('z', APRIL)).thenNothing();
    given(full)
      .when(observed('z', MARCH))
      .then(revised(MARCH, ids, APRIL));
  });

  it('ends in the same timeline whatever the order and however often facts arrive', () => {
    const report = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      at: fc.constantFrom(MARCH, APRIL),
      minutes: fc.constantFrom(60, 120),
    });
    const history = fc.uniqueArray(report, { selector: ({ id }) => id, minLength: 1 });
    const arrivals = history.chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc.shuffledSubarray(facts, { minLength: facts.length }),
        fc.array(fc.constantFrom(...facts)),
      ),
    );
    fc.assert(
      fc.property(arrivals, ([facts, permuted, again]) => {
        expect(timelineAfter([...permuted, ...again])).toEqual(timelineAfter(facts));
      }),
    );
  });
});

const MARCH = instant('2026-03-12T17:30:00Z');
const APRIL = instant('2026-04-01T00:00:00Z');

const evidenceOf = (id: string) => ({ factId: id });

function observed(id: string, occurredAt: Instant, amount = 240): ObserveMeasure {
  const thing = { partner: 'northwind', measure: 'training.completed', subject: 'c1' } as const;
  return { type: 'ObserveMeasure', ...thing, amount, occurredAt, evidence: evidenceOf(id) };
}

function revised(at: Instant, ids: string[], occurredAt: Instant): MeasureRevised {
  const data: MeasuredData = {
    partner: 'northwind',
    measure: 'training.completed',
    subject: 'c1',
    steps: [{ at, value: { count: 1, amount: 240 } }],
    evidence: ids.map(evidenceOf),
  };
  return { type: 'MeasureRevised', data, occurredAt };
}

interface Report {
  readonly id: string;
  readonly at: Instant;
  readonly minutes: number;
}

function timelineAfter(reports: readonly Report[]): Measure {
  return reports.reduce((state, { id, at, minutes }) => {
    const decision = measure.decide(observed(id, at, minutes), state);
    return 'events' in decision ? decision.events.reduce(measure.evolve, state) : state;
  }, measure.initial);
}
