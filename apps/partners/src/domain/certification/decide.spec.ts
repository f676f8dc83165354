import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import fc from 'fast-check';
import { type Certification, type CertificationCommand, certification } from './decide';
import type { CertificationStep } from './events';
import { pathOf } from './requirements';

const NOW = instant('2026-06-01T00:00:00Z');
const day = (n: number): Instant => instant(`2026-03-${String(n).padStart(2, '0')}T12:00:00Z`);

const step = (
  record: string,
  kind: CertificationStep,
  minutes: number,
  on: number,
): CertificationCommand => ({
  type: 'RecordCertificationStep',
  partner: 'northwind',
  record,
  step: kind,
  minutes,
  completedAt: day(on),
  evidence: [`document ${record}`],
  by: 'ana',
  receivedAt: NOW,
});

const ALL = [
  step('t1', 'technical', 240, 2),
  step('p1', 'product', 480, 9),
  step('d1', 'demo', 0, 12),
  step('c1', 'pilot', 0, 20),
];

describe('the way to certification (M134)', () => {
  it('is done with the last of four and eight hours of training, a demo and a pilot', () => {
    expect(told(ALL).steps).toEqual([
      {
        at: day(20),
        value: {
          holds: true,
          level: 'certified',
          validUntil: instant('2027-03-20T12:00:00Z'),
          evidence: ['c1', 'd1', 'p1', 't1'],
        },
      },
    ]);
    for (const without of ALL.keys())
      expect(told(ALL.filter((_step, i) => i !== without)).steps).toEqual([]);
  });

  it('takes 3 h 59 min for nothing, until the last minute is there', () => {
    const short = [step('t0', 'technical', 239, 2), ...ALL.slice(1)];
    expect(told(short).steps).toEqual([]);
    const whole = [...short, step('t9', 'technical', 1, 25)];
    expect(told(whole).steps).toMatchObject([{ at: day(25) }]);
  });

  it('is told in any order, and comes out the same', () => {
    const expected = told(ALL).steps;
    fc.assert(
      fc.property(fc.shuffledSubarray(ALL, { minLength: ALL.length }), (shuffled) => {
        expect(told(shuffled).steps).toEqual(expected);
      }),
    );
  });

  it('was never done where one step of it turns out not to be', () => {
    const state = told([...ALL, takeBack('t1')]);
    expect(state.steps).toMatchObject([{ at: day(20), value: { holds: false } }]);
    expect(told([...ALL, takeBack('t1'), step('t2', 'technical', 300, 4)]).steps).toMatchObject([
      { at: day(20), value: { holds: true } },
    ]);
  });

  it('says how far it is, and by when it should be done', () => {
    const path = pathOf(told(ALL.slice(0, 2)).done);
    expect(path).toMatchObject({
      startedAt: day(2),
      dueAt: day(30),
      completedAt: null,
      steps: [
        { step: 'technical', minutes: 240, completedAt: day(2) },
        { step: 'product', minutes: 480, completedAt: day(9) },
        { step: 'demo', times: 0, completedAt: null },
        { step: 'pilot', times: 0, completedAt: null },
      ],
    });
  });

  it('refuses what is recorded twice, what nobody has recorded, and what is still to come', () => {
    const { given } = specFor(certification);
    const recorded = certification.decide(step('t1', 'technical', 240, 2), certification.initial);
    const events = 'events' in recorded ? recorded.events : [];
    given(...events)
      .when(step('t1', 'technical', 60, 3))
      .thenRejected({ code: 'record_exists', record: 't1' });
    given().when(takeBack('t1')).thenRejected({ code: 'record_unknown', record: 't1' });
    const late = { ...step('t1', 'technical', 240, 2), receivedAt: day(1) };
    given()
      .when(late)
      .thenRejected({ code: 'completed_in_future', at: day(2) });
  });
});

function takeBack(record: string): CertificationCommand {
  return {
    type: 'TakeBackCertificationStep',
    partner: 'northwind',
    record,
    reason: 'Somebody else had done it',
    by: 'ana',
    receivedAt: NOW,
  };
}

function told(commands: readonly CertificationCommand[]): Certification {
  return commands.reduce((state, command) => {
    const decision = certification.decide(command, state);
    if ('rejected' in decision) throw new Error(decision.rejected.code);
    return decision.events.reduce(certification.evolve, state);
  }, certification.initial);
}
