import { type Instant, addDays, addMonths } from '@tributary/kernel';
import { CERTIFICATION_STEPS, type CertificationStep } from './events';

/** Hours of training, and how often the rest has to be done. */
export const REQUIRED: Readonly<
  Record<CertificationStep, { readonly minutes: number; readonly times: number }>
> = {
  technical: { minutes: 4 * 60, times: 1 },
  product: { minutes: 8 * 60, times: 1 },
  demo: { minutes: 0, times: 1 },
  pilot: { minutes: 0, times: 1 },
};

/** From the first step on it should take no longer than this. */
export const EXPECTED_DAYS = { least: 14, most: 28 };
/** For how long a certificate counts; ours, because nobody has said. */
const VALID_MONTHS = 12;

export interface StepDone {
  readonly record: string;
  readonly step: CertificationStep;
  readonly minutes: number;
  readonly completedAt: Instant;
}

export interface Path {
  readonly steps: readonly {
    readonly step: CertificationStep;
    readonly minutes: number;
    readonly times: number;
    readonly required: { readonly minutes: number; readonly times: number };
    readonly completedAt: Instant | null;
  }[];
  readonly startedAt: Instant | null;
  /** When it should be done at the latest. */
  readonly dueAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly validUntil: Instant | null;
}

/** How far a partner has come, whatever the order in which it was told. */
export function pathOf(done: readonly StepDone[]): Path {
  const ordered = [...done].sort(byTime);
  const steps = CERTIFICATION_STEPS.map((step) => {
    const own = ordered.filter((each) => each.step === step);
    const required = REQUIRED[step];
    let minutes = 0;
    let completedAt: Instant | null = null;
    for (const [i, each] of own.entries()) {
      minutes += each.minutes;
      const isEnough = minutes >= required.minutes && i + 1 >= required.times;
      if (isEnough) completedAt ??= each.completedAt;
    }
    return { step, minutes, times: own.length, required, completedAt };
  });
  const times = steps.map((step) => step.completedAt);
  const completedAt = times.every((time) => time !== null)
    ? times.reduce<Instant | null>(
        (last, time) => (last === null || time > last ? time : last),
        null,
      )
    : null;
  const startedAt = ordered[0]?.completedAt ?? null;
  return {
    steps,
    startedAt,
    dueAt: startedAt === null ? null : addDays(startedAt, EXPECTED_DAYS.most, 'UTC'),
    completedAt,
    validUntil: completedAt === null ? null : addMonths(completedAt, VALID_MONTHS, 'UTC'),
  };
}

function byTime(a: StepDone, b: StepDone): number {
  if (a.completedAt !== b.completedAt) return a.completedAt < b.completedAt ? -1 : 1;
  return a.record < b.record ? -1 : 1;
}
