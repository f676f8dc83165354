import type { StandingValue } from '@tributary/contracts';
import {
  type Instant,
  type Json,
  type Step,
  canonicalJson,
  emptyTimeline,
  reviseTimeline,
} from '@tributary/kernel';
import { type Start, changing, tierAt } from './starts';

export type Steps = readonly Step<StandingValue>[];

/** What rates read, and what the evidence says, from each payment on. */
export interface Pair {
  readonly applied: readonly Start[];
  readonly entitled: readonly Start[];
}

/** The timeline is told whole with every change, and an event has 60 KiB. */
export const MOST_STEP_BYTES = 48 * 1024;

/** What holds now: of steps that govern one payment, the one that was decided last. */
function inForce(steps: Steps): Steps {
  const held: Step<StandingValue>[] = [];
  for (const step of steps) {
    const { at, from = at } = step;
    while (held.length > 0 && startOf(held.at(-1) as Step<StandingValue>) >= from) held.pop();
    held.push(step);
  }
  return held;
}

const startOf = ({ at, from = at }: Step<StandingValue>): Instant => from;

/** What a payment of that time earns by, as far as it is told; null where nothing governs it. */
export const governing = (steps: Steps, paidAt: Instant): StandingValue | null =>
  steps.findLast((step) => startOf(step) <= paidAt)?.value ?? null;

export function pairIn(steps: Steps): Pair {
  const held = inForce(steps);
  const starts = (of: keyof StandingValue) =>
    changing(held.map((step) => ({ from: startOf(step), tier: step.value[of] })));
  return { applied: starts('applied'), entitled: starts('entitled') };
}

/** What was told stays, and everything from the first difference on is told again; the very same steps where nothing differs. */
export function toldAgain(told: Steps, before: Pair, after: Pair, at: Instant): Steps {
  const first = [
    firstDifference(before.applied, after.applied),
    firstDifference(before.entitled, after.entitled),
  ]
    .filter((from) => from !== undefined)
    .sort()[0];
  if (first === undefined) return told;
  const froms = [before.applied, before.entitled, after.applied, after.entitled].flatMap((starts) =>
    starts.map(({ from }) => from).filter((from) => from >= first),
  );
  const again = [...new Set(froms)]
    .sort()
    .map((from) => ({
      at,
      from,
      value: { applied: tierAt(after.applied, from), entitled: tierAt(after.entitled, from) },
    }))
    .filter(({ value }, i, all) => i === 0 || !isSame(value, all[i - 1]?.value));
  return reviseTimeline<StandingValue>(emptyTimeline, [...told, ...again]).steps;
}

/** Of two histories in which every start changes something: of the first start that is not in both, they differ from the earlier one on. */
function firstDifference(a: readonly Start[], b: readonly Start[]): Instant | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]];
    if (one === undefined || other === undefined) return (one ?? other)?.from;
    if (one.from !== other.from) return one.from < other.from ? one.from : other.from;
    if (one.tier !== other.tier) return one.from;
  }
  return undefined;
}

const isSame = (a: StandingValue, b: StandingValue | undefined): boolean =>
  a.applied === b?.applied && a.entitled === b.entitled;

export const bytesOf = (steps: Steps): number =>
  Buffer.byteLength(canonicalJson(steps as unknown as Json));

/** Where a history grows too long to be told, what nothing is governed by any more is left out, and then the oldest. */
export function bounded(steps: Steps): Steps {
  if (bytesOf(steps) <= MOST_STEP_BYTES) return steps;
  let held = inForce(steps);
  while (bytesOf(held) > MOST_STEP_BYTES) held = held.slice(Math.ceil(held.length / 10));
  return held;
}
