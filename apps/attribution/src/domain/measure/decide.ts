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
import type { MeasureEvent, MeasureRevised, Observation } from './events';

interface MeasuredThing {
  readonly partner: string;
  readonly measure: MeasuredData['measure'];
  readonly subject: string;
}

/** One observation of the thing; several sources may report the same one. */
export interface ObserveMeasure extends MeasuredThing {
  readonly type: 'ObserveMeasure';
  readonly observation: Observation;
}

export interface WithdrawObservation extends MeasuredThing {
  readonly type: 'WithdrawObservation';
  readonly factId: Uuid;
  readonly occurredAt: Instant;
}

export type MeasureCommand = ObserveMeasure | WithdrawObservation;

export interface Measure {
  readonly told: MeasureRevised['data'] | undefined;
  readonly latest: Instant | undefined;
}

export const measure: Decider<MeasureCommand, MeasureEvent, Measure> = {
  initial: { told: undefined, latest: undefined },
  decide: (command, state) =>
    command.type === 'ObserveMeasure' ? observe(command, state) : withdraw(command, state),
  evolve: (_state, { data, occurredAt }) => ({ told: data, latest: occurredAt }),
  upcast: (stored) => withObservations(stored as MeasureRevised),
  mostlyNew: true,
};

/** More reports of one thing than this prove nothing more, and an event has to stay small. */
export const MOST_EVIDENCE = 100;

/** Two reports of one thing count once. The reports that are kept are the least of all, so they are the same in any order of arrival. */
function observe(command: ObserveMeasure, state: Measure): Decision<MeasureEvent, never> {
  const known = state.told?.observations ?? [];
  const { observation } = command;
  if (known.some(({ factId }) => factId === observation.factId)) return nothing;

  const least = [...known, observation].sort(earlierFirst).slice(0, MOST_EVIDENCE);
  if (least.every((each, i) => each === known[i])) return nothing;
  return revised(command, least, observation.at, state);
}

function withdraw(command: WithdrawObservation, state: Measure): Decision<MeasureEvent, never> {
  const known = state.told?.observations ?? [];
  const left = known.filter(({ factId }) => factId !== command.factId);
  return left.length === known.length ? nothing : revised(command, left, command.occurredAt, state);
}

function revised(
  { partner, measure, subject }: MeasuredThing,
  observations: readonly Observation[],
  occurredAt: Instant,
  { told, latest }: Measure,
): Decision<MeasureEvent, never> {
  const [first] = observations;
  const step = first ? { at: first.at, value: first.value } : uncounted(told, occurredAt);
  const evidence = observations
    .map(({ factId }) => ({ factId }))
    .sort((a, b) => (a.factId < b.factId ? -1 : 1));
  return accept({
    type: 'MeasureRevised',
    data: { partner, measure, subject, steps: [step], evidence, observations },
    occurredAt: latest ? laterOf(latest, occurredAt) : occurredAt,
  });
}

/** Nobody reports it any more, since the day from which it had counted. */
function uncounted(told: MeasureRevised['data'] | undefined, occurredAt: Instant): MeasuredStep {
  return { at: told?.steps[0]?.at ?? occurredAt, value: { count: 0, amount: 0 } };
}

/** The first events told the evidence alone; each report then stands for the step that was told. */
function withObservations(event: MeasureRevised): MeasureRevised {
  const { data } = event;
  const [step] = data.steps;
  if ((data as Partial<MeasureRevised['data']>).observations || !step) return event;
  const { at, value } = step;
  return {
    ...event,
    data: { ...data, observations: data.evidence.map(({ factId }) => ({ factId, at, value })) },
  };
}

/** The earliest report counts; of one time the one with the larger amount, then the smaller id. */
function earlierFirst(a: Observation, b: Observation): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.value.amount !== b.value.amount) return b.value.amount - a.value.amount;
  return a.factId < b.factId ? -1 : 1;
}
