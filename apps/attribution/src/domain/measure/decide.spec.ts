import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import fc from 'fast-check';
import {
  MOST_EVIDENCE,
  type Measure,
  type ObserveMeasure,
  type WithdrawObservation,
  measure,
} from './decide';
import type { MeasureRevised } from './events';

const { given } = specFor(measure);

describe('observing a countable thing', () => {
  it('counts it at its time', () => {
    given()
      .when(observed(['a', MARCH]))
      .then(revised(MARCH, ['a', MARCH]));
  });

  it('counts a second report of it not again, but keeps it as evidence', () => {
    given(revised(MARCH, ['a', MARCH]))
      .when(observed(['b', APRIL]))
      .then(revised(APRIL, ['a', MARCH], ['b', APRIL]));
  });

  it('moves to the earlier time when that report comes late', () => {
    given(revised(APRIL, ['b', APRIL]))
      .when(observed(['a', MARCH]))
      .then(revised(APRIL, ['a', MARCH], ['b', APRIL]));
  });

  it('ignores a fact that it has seen', () => {
    given(revised(MARCH, ['a', MARCH]))
      .when(observed(['a', MARCH]))
      .thenNothing();
  });

  it('keeps no more evidence than its limit, and still moves to an earlier time', () => {
    const [first, ...others] = reportsOf(MOST_EVIDENCE, APRIL);
    const full = revised(APRIL, first, ...others);
    given(full)
      .when(observed(['z', APRIL]))
      .thenNothing();
    given(full)
      .when(observed(['z', MARCH]))
      .then(revised(APRIL, ['z', MARCH], first, ...others.slice(0, -1)));
  });

  it('understands what was stored before reports were kept one by one', () => {
    const { data, ...event } = revised(MARCH, ['a', MARCH]);
    const { observations, ...told } = data;
    expect(observations).toHaveLength(1);
    given({ ...event, data: told } as unknown as MeasureRevised)
      .when(observed(['b', APRIL]))
      .then(revised(APRIL, ['a', MARCH], ['b', APRIL]));
  });

  it('ends in the same timeline whatever the order and however often facts arrive', () => {
    const report = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom(MARCH, APRIL),
      fc.constantFrom(60, 120),
    );
    const history = fc.uniqueArray(report, { selector: ([id]) => id, minLength: 1 });
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

describe('a report that is taken back', () => {
  it('leaves the next one to count', () => {
    given(revised(APRIL, ['a', MARCH], ['b', APRIL]))
      .when(withdrawn('a', MAY))
      .then(revised(MAY, ['b', APRIL]));
  });

  it('leaves nothing to count when it was the only one', () => {
    const { data, ...event } = revised(MAY, ['a', MARCH]);
    const nobody = { steps: [{ at: MARCH, value: { count: 0, amount: 0 } }] };
    given(revised(MARCH, ['a', MARCH]))
      .when(withdrawn('a', MAY))
      .then({ ...event, data: { ...data, ...nobody, evidence: [], observations: [] } });
  });

  it('changes nothing where it was never counted', () => {
    given(revised(MARCH, ['a', MARCH]))
      .when(withdrawn('b', MAY))
      .thenNothing();
  });
});

const MARCH = instant('2026-03-12T17:30:00Z');
const APRIL = instant('2026-04-01T00:00:00Z');
const MAY = instant('2026-05-01T00:00:00Z');
const THING = { partner: 'northwind', measure: 'training.completed', subject: 'c1' } as const;

type Report = readonly [id: string, at: Instant, amount?: number];

const reportsOf = (length: number, at: Instant) =>
  Array.from({ length }, (_, i): Report => [`a${String(i).padStart(4, '0')}`, at]) as [
    Report,
    ...Report[],
  ];

const observationOf = ([factId, at, amount = 240]: Report) => ({
  factId,
  at,
  value: { count: 1, amount },
});

const observed = (report: Report): ObserveMeasure => ({
  type: 'ObserveMeasure',
  ...THING,
  observation: observationOf(report),
});

const withdrawn = (factId: string, occurredAt: Instant): WithdrawObservation => ({
  type: 'WithdrawObservation',
  ...THING,
  factId,
  occurredAt,
});

function revised(occurredAt: Instant, ...reports: readonly [Report, ...Report[]]): MeasureRevised {
  const observations = reports.map(observationOf);
  const [{ at, value }] = observations as [(typeof observations)[0]];
  const evidence = reports
    .map(([factId]) => ({ factId }))
    .sort((a, b) => (a.factId < b.factId ? -1 : 1));
  const data = { ...THING, steps: [{ at, value }], evidence, observations };
  return { type: 'MeasureRevised', data, occurredAt };
}

function timelineAfter(reports: readonly Report[]): Measure {
  return reports.reduce((state, report) => {
    const decision = measure.decide(observed(report), state);
    return 'events' in decision ? decision.events.reduce(measure.evolve, state) : state;
  }, measure.initial);
}
