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

/**
 * Two reports of one thing count once, at the earlier time and, of one time, with the larger amount, whatever the order in
 * which they arrive.
 */
function decide(
  command: ObserveMeasure,
  { timeline, latest }: Measure,
): Decision<MeasureEvent, never> {
  const { partner, measure, subject, evidence, occurredAt } = command;
  const known = timeline?.evidence ?? [];
  if (known.some(({ factId }) => factId === evidence.factId)) return nothing;

  const observed: MeasuredStep = { at: occurredAt, value: { count: 1, amount: command.amount } };
  const steps = [firstOf(timeline?.steps[0], observed)];
  const all = [...known, evidence].sort((a, b) => (a.factId < b.factId ? -1 : 1));
  const data: MeasuredData = { partner, measure, subject, steps, evidence: all };
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
