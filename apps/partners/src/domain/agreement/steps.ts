import type { AgreementValue } from '@tributary/contracts';
import { type Instant, type Step, emptyTimeline, laterOf, reviseTimeline } from '@tributary/kernel';
import type { Governing } from './evolve';

/**
 * The timeline after a decision: what was told stays, and from the decision on every later start is told again, because of two
 * steps that both govern a sale the one decided last wins. Of several decisions about the same sales the last one counts.
 */
export function stepsAfter(
  told: readonly Step<AgreementValue>[],
  governing: readonly Governing[],
  { at, from }: { readonly at: Instant; readonly from: Instant },
): readonly Step<AgreementValue>[] {
  const values = new Map<Instant, AgreementValue>();
  let value = {} as AgreementValue;
  for (const { from: starts, changed } of [...governing].sort(byStart)) {
    value = { ...value, ...changed };
    values.set(starts, value);
  }
  const again = [...values].filter(([starts]) => starts >= from);
  const added = again.map(([starts, each]): Step<AgreementValue> => ({
    at,
    from: starts,
    value: each,
  }));
  return reviseTimeline<AgreementValue>(emptyTimeline, [...told, ...added]).steps;
}

/**
 * What was decided, and the ends that its terms bring by themselves. Of several terms the one that was decided last ends it for good;
 * where one had run out before the next beginning, nothing governs in between, whatever is decided later about the sales before.
 */
export function withTerm(governing: readonly Governing[]): readonly Governing[] {
  const last = governing.findLast(({ changed }) => changed.term !== undefined)?.changed.term;
  const end = last?.until ?? null;
  const between = gapsIn(governing, end ?? NEVER);
  return end === null
    ? [...governing, ...between]
    : [...governing, ...between, { from: end, changed: { status: 'ended' } }];
}

function gapsIn(governing: readonly Governing[], end: Instant): readonly Governing[] {
  const gaps: Governing[] = [];
  const ordered = [...governing].sort(byStart);
  let until = NEVER;
  for (const [i, { from, changed }] of ordered.entries()) {
    if (changed.term !== undefined) until = changed.term?.until ?? NEVER;
    const next = ordered[i + 1]?.from ?? NEVER;
    if (next === NEVER || until >= end || until >= next) continue;
    gaps.push({ from: laterOf(until, from), changed: { status: 'ended' } });
    if (next < end) gaps.push({ from: next, changed: { status: 'active' } });
  }
  return gaps;
}

/** No time is later. */
const NEVER = '~' as Instant;

/** What holds once everything that was decided holds. */
export const latestOf = (governing: readonly Governing[]): Partial<AgreementValue> =>
  Object.assign({}, ...governing.map(({ changed }) => changed)) as Partial<AgreementValue>;

/** Stable, so that decisions about one start keep the order in which they were made. */
const byStart = (a: Governing, b: Governing): number =>
  a.from === b.from ? 0 : a.from < b.from ? -1 : 1;
