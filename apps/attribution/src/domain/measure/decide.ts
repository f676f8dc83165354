import type { MeasuredData, MeasuredStep } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  type Uuid,
  accept,
  laterOf,
  nothing,
} from '@tributary/kernel';
import type { MeasureEvent } from './events';

/** One observation of the thing; several sources may report the same one. */
export interface ObserveMeasure {
  readonly type: 'ObserveMeasure';
  readonly partner: string;
  readonly measure: MeasuredData['measure'];
  readonly subject: string;
  readonly amount: number;
  readonly occurredAt: Instant;
  readonly evidence: { readonly factId: Uuid };
}

export interface Measure {
  readonly timeline: MeasuredData | undefined;
  readonly latest: Instant | undefined;
}

export const measure: Decider<ObserveMeasure, MeasureEvent, Measure> = {
  initial: { timeline: undefined, latest: undefined },
  decide,
  evolve: (_state, { data, occurredAt }) => ({ timeline: data, latest: occurredAt }),
  mostlyNew: true,
};

/** More reports of one thing than this prove nothing more, and an event has to stay small. */
export const MOST_EVIDENCE = 200;

/**
 * Two reports of one thing count once, at the earlier time and, of one time, with the larger amount. Time and evidence are the
 * least of all that was seen, so they are the same in whatever order reports arrive.
 */
function decide(
  command: ObserveMeasure,
  { timeline, latest }: Measure,
): Decision<MeasureEvent, never> {
  const { partner, measure, subject, evidence, occurredAt } = command;
  const observed: MeasuredStep = { at: occurredAt, value: { count: 1, amount: command.amount } };
  const known = timeline?.evidence.map(({ factId }) => factId) ?? [];
  const first = firstOf(timeline?.steps[0], observed);
  const least = [...new Set([...known, evidence.factId])].sort().slice(0, MOST_EVIDENCE);
  const isKnown = least.length === known.length && least.every((id, i) => id === known[i]);
  if (isKnown && first === timeline?.steps[0]) return nothing;

  const data: MeasuredData = {
    partner,
    measure,
    subject,
    steps: [first],
    evidence: least.map((factId) => ({ factId })),
  };
  return accept({
    type: 'MeasureRevised',
    data,
    occurredAt: latest ? laterOf(latest, occurredAt) : occurredAt,
  });
}

function firstOf(known: MeasuredStep | undefined, observed: MeasuredStep): MeasuredStep {
  if (!known || observed.at < known.at) return observed;
  if (observed.at > known.at) return known;
  return observed.value.amount > known.value.amount ? observed : known;
}
