import {
  type Decider,
  type DomainEvent,
  type Rejected,
  type StreamName,
  instant,
  streamOf,
} from '@tributary/kernel';
import { resolve } from 'node:path';

/** The decider is nobody's business but its service's; a bench looks at what was built. */
const BUILT = resolve(__dirname, '../../../apps/tier-evaluation/dist');

export type StandingEvent = DomainEvent<string, object>;
export type StandingDecider = Decider<object, StandingEvent, object, Rejected>;

export const loadStanding = async (): Promise<StandingDecider> =>
  (
    (await import(resolve(BUILT, 'domain/standing/decide.js'))) as {
      readonly standing: StandingDecider;
    }
  ).standing;

const AT = instant('2026-02-02T15:00:00Z');
/** Everything is known by then. */
export const LATE = instant('2026-06-30T15:00:00Z');
const SOURCE = { service: 'attribution', stream: 'customer-bench.c', event: 'e' };

const partnerOf = (i: number): string => `p${i}`;
export const standingStream = (i: number): StreamName =>
  streamOf('standing', 'bench', partnerOf(i), 'commercial');

/** Which one a stream is of. */
export const partnerIn = (stream: string): number => Number(/\.p(\d+)\./.exec(stream)?.[1]);

export const FACTS_PER_PARTNER = 4;

/** Known here, and nowhere else, so that what was measured can be held against it. */
export const tierOf = (i: number): string | null => TIERS[i % TIERS.length] ?? null;
const TIERS = ['preferred', null, 'strategic'];

/** What is told of the i-th partner, as its standing keeps it. */
export function factsOf(i: number): StandingEvent[] {
  const [kind, level] = i % 3 === 2 ? ['jointplan', 'aligned'] : ['certificate', levelOf(i)];
  return [
    fact(i, {
      kind: 'qualification',
      key: `qualification/${kind}/r1`,
      qualification: kind,
      record: 'r1',
      steps: [{ at: AT, value: { holds: true, level, validUntil: null, evidence: ['exam'] } }],
    }),
    fact(i, {
      kind: 'customer',
      key: 'customer/c1',
      customer: 'c1',
      steps: [{ at: AT, value: yearly(20_000_000 + i) }],
    }),
    fact(i, {
      kind: 'measure',
      key: 'measure/csat/r1',
      measure: 'csat',
      subject: 'r1',
      steps: [
        {
          at: AT,
          value: {
            count: 1,
            amount: 0,
            score: { instrument: 'csat', min: '1', max: '5', value: '4.8' },
          },
        },
      ],
      evidence: [],
    }),
    fact(i, {
      kind: 'measure',
      key: 'measure/implementation.completed/i1',
      measure: 'implementation.completed',
      subject: 'i1',
      steps: [{ at: AT, value: { count: 1, amount: 0 } }],
      evidence: [],
    }),
  ];
}

const levelOf = (i: number): string => (i % 3 === 0 ? 'advanced' : 'certified');

const yearly = (annual: number) => ({
  annual: String(annual),
  asset: 'BRL/2',
  mrr: String(Math.floor(annual / 12)),
  weight: 1,
  weights: 1,
  unknown: null,
});

function fact(i: number, told: object): StandingEvent {
  const data = {
    partner: partnerOf(i),
    track: 'commercial',
    fact: { ...told, revision: 0, source: SOURCE },
    at: AT,
  };
  return { type: 'FactLearned', data, occurredAt: AT };
}

/** Evaluated as if somebody had asked for it: the scorecard, and what would follow. */
export function evaluated(decider: StandingDecider, state: object, i: number): string | null {
  const command = {
    type: 'EvaluateStanding',
    partner: partnerOf(i),
    track: 'commercial',
    by: 'bench',
    receivedAt: LATE,
  };
  const decision = decider.decide(command, state);
  if ('rejected' in decision) throw new Error(`${partnerOf(i)}: ${decision.rejected.code}.`);
  const card = decision.events.find(({ type }) => type === 'ScorecardIssued');
  if (card === undefined) throw new Error(`${partnerOf(i)} has no scorecard.`);
  return (card.data as { readonly entitled: string | null }).entitled;
}
