import { type Instant, type Step, canonicalJson, instantOfMs, msOf } from '@tributary/kernel';
import type { Json } from '@tributary/kernel';

/** What was decided to hold from a moment on; what it leaves out goes on as it was. The first change leaves out nothing. */
export interface Change<V> {
  readonly at: Instant;
  readonly changed: Partial<V>;
}

/** When a command wants its change to hold: as it says, else as soon as it came in. */
export interface Timing {
  readonly effectiveAt?: Instant;
  readonly receivedAt: Instant;
}

export type NotInHistory =
  | { readonly code: 'before_creation'; readonly at: Instant; readonly createdAt: Instant }
  | { readonly code: 'history_full'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'instant_taken'; readonly at: Instant }
  | { readonly code: 'nothing_to_change' };

/** The timeline is told whole with every change, and an event has 60 KiB. */
export const MOST_STEP_BYTES = 48 * 1024;
/** What suspends or ends something has room of its own, so that it stays possible however much was changed before. */
export const MOST_STEP_BYTES_AT_THE_END = 56 * 1024;

/** The timeline of all changes in the order of the world, in whatever order they were told. */
export function stepsOf<V extends object>(changes: readonly Change<V>[]): Step<V>[] {
  const steps: Step<V>[] = [];
  let value = {} as V;
  for (const { at, changed } of [...changes].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    value = { ...value, ...changed };
    steps.push({ at, value });
  }
  return steps;
}

export interface Revised<V> {
  readonly at: Instant;
  readonly steps: readonly Step<V>[];
}

/** A history with one more change, or why the change has no place in it. Two changes at one instant would let the order of arrival decide. */
export function revised<V extends object>(
  changes: readonly Change<V>[],
  changed: Partial<V>,
  timing: Timing,
  limit = MOST_STEP_BYTES,
): NotInHistory | Revised<V> {
  if (Object.keys(changed).length === 0) return { code: 'nothing_to_change' };
  const at = timing.effectiveAt ?? freeInstant(changes, timing.receivedAt);
  if (isTaken(changes, at)) return { code: 'instant_taken', at };
  const createdAt = changes[0]?.at;
  if (createdAt !== undefined && at < createdAt) return { code: 'before_creation', at, createdAt };
  const steps = stepsOf([...changes, { at, changed }]);
  return tooLarge(steps, limit) ?? { at, steps };
}

export function tooLarge<V>(
  steps: readonly Step<V>[],
  limit = MOST_STEP_BYTES,
): Extract<NotInHistory, { code: 'history_full' }> | undefined {
  const bytes = Buffer.byteLength(canonicalJson(steps as unknown as Json));
  return bytes > limit ? { code: 'history_full', bytes, limit } : undefined;
}

const isTaken = (changes: readonly Change<object>[], at: Instant): boolean =>
  changes.some((change) => change.at === at);

/** Whoever names no time means "now"; two commands within one millisecond are not the caller's fault. */
function freeInstant(changes: readonly Change<object>[], receivedAt: Instant): Instant {
  let at = receivedAt;
  while (isTaken(changes, at)) at = afterwards(at);
  return at;
}

export const afterwards = (at: Instant): Instant => instantOfMs(msOf(at) + 1);
