import type { QualificationValue } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  type Step,
  accept,
  reject,
} from '@tributary/kernel';
import { CERTIFICATION_RECORD } from '../qualification/decide';
import type { CertificationEvent, CertificationStep, CertificationStepRecorded } from './events';
import { type StepDone, pathOf } from './requirements';

interface Deciding {
  readonly partner: string;
  readonly record: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export type CertificationCommand = Deciding &
  (
    | {
        readonly type: 'RecordCertificationStep';
        readonly step: CertificationStep;
        readonly minutes: number;
        readonly completedAt: Instant;
        readonly evidence: readonly string[];
      }
    | { readonly type: 'TakeBackCertificationStep'; readonly reason: string }
  );

export type CertificationRejected =
  | { readonly code: 'completed_in_future'; readonly at: Instant }
  | { readonly code: 'record_exists'; readonly record: string }
  | { readonly code: 'record_unknown'; readonly record: string };

export interface Certification {
  readonly done: readonly StepDone[];
  readonly steps: readonly Step<QualificationValue>[];
}

type Decides = Decision<CertificationEvent, CertificationRejected>;

/** A partner's way to its certificate: four and eight hours of training, a demo, and a pilot customer. */
export const certification: Decider<
  CertificationCommand,
  CertificationEvent,
  Certification,
  CertificationRejected
> = { initial: { done: [], steps: [] }, decide, evolve };

function decide(command: CertificationCommand, state: Certification): Decides {
  const { partner, record, by, receivedAt: occurredAt } = command;
  const known = state.done.find((each) => each.record === record);
  if (command.type === 'TakeBackCertificationStep') {
    if (known === undefined) return reject({ code: 'record_unknown', record });
    const data = { partner, record, by, reason: command.reason };
    return concluded(state, { type: 'CertificationStepTakenBack', data, occurredAt });
  }
  const { step, minutes, completedAt, evidence } = command;
  if (known !== undefined) return reject({ code: 'record_exists', record });
  if (completedAt > occurredAt) return reject({ code: 'completed_in_future', at: completedAt });
  const data = { partner, record, step, minutes, completedAt, evidence, by };
  return concluded(state, { type: 'CertificationStepRecorded', data, occurredAt });
}

/** What the path then says of the certificate, where it says something else than before. */
function concluded(state: Certification, event: CertificationEvent): Decides {
  const next = evolve(state, event);
  const steps = certificateOf(next, state);
  if (JSON.stringify(steps) === JSON.stringify(state.steps)) return accept(event);
  const { partner } = event.data;
  return accept(event, {
    type: 'CertificationRevised',
    data: { partner, kind: 'certificate', record: CERTIFICATION_RECORD, steps },
    occurredAt: event.occurredAt,
  });
}

/** Whoever loses a step was never certified by it: the certificate is not there from its first day on. */
function certificateOf(
  { done }: Certification,
  { steps: before }: Certification,
): readonly Step<QualificationValue>[] {
  const { completedAt, validUntil } = pathOf(done);
  if (completedAt === null) {
    const [first] = before;
    return first === undefined ? [] : [{ ...first, value: { ...first.value, holds: false } }];
  }
  const evidence = done.map(({ record }) => record).sort();
  return [{ at: completedAt, value: { holds: true, level: 'certified', validUntil, evidence } }];
}

function evolve(state: Certification, event: CertificationEvent): Certification {
  switch (event.type) {
    case 'CertificationStepRecorded':
      return { ...state, done: [...state.done, stepOf(event.data)] };
    case 'CertificationStepTakenBack': {
      const { record } = event.data;
      return { ...state, done: state.done.filter((each) => each.record !== record) };
    }
    case 'CertificationRevised':
      return { ...state, steps: event.data.steps };
  }
}

const stepOf = ({
  record,
  step,
  minutes,
  completedAt,
}: CertificationStepRecorded['data']): StepDone => ({ record, step, minutes, completedAt });
