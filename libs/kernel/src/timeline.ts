import { canonicalJson } from './canonical-json';
import { CodedError } from './coded-error';
import { type Instant, instantOfMs, isInstant, msOf } from './instant';
import type { Json } from './json';

/** `at`: since when it is true, on the world's clock. `from`: which sales it governs, by their paidAt; `at` unless given. */
export interface Step<V> {
  readonly at: Instant;
  readonly from?: Instant;
  readonly value: V;
}

/**
 * The one shape in which services tell each other state that has a history. It is always told whole, as the next revision;
 * steps ascend by (at, from), so that the same history is the same bytes.
 */
export interface Timeline<V> {
  /** Counts from 1; 0 is the timeline that was never told. */
  readonly revision: number;
  readonly steps: readonly Step<V>[];
}

export const emptyTimeline: Timeline<never> = { revision: 0, steps: [] };

const governsFrom = <V>({ at, from = at }: Step<V>): Instant => from;

/**
 * What holds at `t` for a sale paid at `paidAt`: the last step with at <= t and from <= paidAt. A line's own timeline has no
 * `from`, and needs no `paidAt`; leaving it out elsewhere is refused, because every answer would be a guess.
 */
export function stepAt<V>(
  { steps }: Timeline<V>,
  t: Instant,
  paidAt?: Instant,
): Step<V> | undefined {
  if (paidAt === undefined && steps.some(({ from }) => from !== undefined)) {
    throw new CodedError(
      'paid_at_required',
      'This timeline governs by paidAt, so its value needs one.',
    );
  }
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step<V>;
    if (step.at <= t && (paidAt === undefined || governsFrom(step) <= paidAt)) return step;
  }
  return undefined;
}

export const valueAt = <V>(timeline: Timeline<V>, t: Instant, paidAt?: Instant): V | undefined =>
  stepAt(timeline, t, paidAt)?.value;

/** What was true until `t`; the same revision, seen from an earlier moment. */
export const cutAt = <V>({ revision, steps }: Timeline<V>, t: Instant): Timeline<V> => ({
  revision,
  steps: steps.filter(({ at }) => at <= t),
});

/** The next revision, or the very same timeline when nothing changed, so that only changes are told. Any order of steps will do. */
export function reviseTimeline<V>(told: Timeline<V>, steps: readonly Step<V>[]): Timeline<V> {
  const next = { revision: told.revision + 1, steps: inOrder(steps) };
  return sameSteps(told, next) ? told : next;
}

/** Of a history that is ordered by when things were decided: no decision stands at the time of the one before it. */
export const afterTheLast = (at: Instant, lastAt: Instant | null): Instant =>
  lastAt !== null && lastAt >= at ? instantOfMs(msOf(lastAt) + 1) : at;

/**
 * The step of a version that was decided at `at` and governs from `from` on, and again those of versions that start after it: of two
 * steps that govern one sale the later decided one wins, and a version that was put before another is not to hold beyond that one's
 * start.
 */
export const stepsOfVersion = <V>(
  at: Instant,
  from: Instant,
  versions: readonly Required<Pick<Step<V>, 'from' | 'value'>>[],
): Step<V>[] =>
  versions
    .filter((version) => version.from >= from)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .map((version) => withoutDefault({ at, ...version }));

/** What a reader keeps of two revisions, whichever came first. One revision with two contents is a contradiction. */
export function mergeTimeline<V>(held: Timeline<V>, told: Timeline<V>): Timeline<V> {
  if (held.revision !== told.revision) return held.revision > told.revision ? held : told;
  if (sameSteps(held, told)) return held;
  const facts = { revision: held.revision };
  throw new CodedError(
    'timeline_contradiction',
    `Revision ${held.revision} was told twice, with other steps.`,
    facts,
  );
}

export const sameSteps = <V>(a: Timeline<V>, b: Timeline<V>): boolean =>
  stepsText(a.steps) === stepsText(b.steps);

const stepsText = <V>(steps: readonly Step<V>[]): string =>
  canonicalJson(steps.map((step) => withoutDefault(step)) as unknown as Json);

/** Checks a timeline that came from elsewhere; the meaning of its values is checked by the schema of its contract. */
export function assertTimeline(value: unknown): asserts value is Timeline<Json> {
  if (!isRecord(value)) throw refused('it is not an object', value);
  const { revision, steps } = value;
  if (!Number.isSafeInteger(revision) || (revision as number) < 0)
    throw refused('the revision is not a count', revision);
  if (!Array.isArray(steps)) throw refused('the steps are not a list', steps);
  if (revision === 0 && steps.length > 0) throw refused('steps have a revision', revision);
  let last: Step<Json> | undefined;
  for (const step of steps as unknown[]) {
    assertStep(step);
    if (last && compareSteps(last, step) >= 0)
      throw refused('steps ascend by (at, from), each only once', step);
    last = step;
  }
}

function assertStep(step: unknown): asserts step is Step<Json> {
  if (!isRecord(step)) throw refused('a step is not an object', step);
  if (!isInstant(step['at'])) throw refused('at is not an instant', step);
  if (step['from'] !== undefined && !isInstant(step['from']))
    throw refused('from is not an instant', step);
  if (step['value'] === undefined) throw refused('a step has no value', step);
}

function inOrder<V>(steps: readonly Step<V>[]): Step<V>[] {
  const ordered: Step<V>[] = [];
  for (const step of steps.map((each) => withoutDefault(each)).sort(compareSteps)) {
    const last = ordered.at(-1);
    if (last === undefined || compareSteps(last, step) !== 0) ordered.push(step);
    // A double is harmless; two values at one place would make the order of arrival decide.
    else if (stepsText([last]) !== stepsText([step]))
      throw refused('two steps stand at one place', step);
  }
  return ordered;
}

function compareSteps<V>(a: Step<V>, b: Step<V>): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  const [fromOfA, fromOfB] = [governsFrom(a), governsFrom(b)];
  if (fromOfA === fromOfB) return 0;
  return fromOfA < fromOfB ? -1 : 1;
}

const withoutDefault = <V>({ at, from = at, value }: Step<V>): Step<V> =>
  from === at ? { at, value } : { at, from, value };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (reason: string, found: unknown): CodedError =>
  new CodedError('invalid_timeline', `Refused timeline: ${reason}.`, { reason, found });
