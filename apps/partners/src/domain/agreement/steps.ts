import type { AgreementValue } from '@tributary/contracts';
import { type Instant, type Step, emptyTimeline, reviseTimeline } from '@tributary/kernel';
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

/** What was decided, and the end that its term brings by itself; of several terms the one that was decided last. */
export function withTerm(governing: readonly Governing[]): readonly Governing[] {
  const term = governing.findLast(({ changed }) => changed.term !== undefined)?.changed.term;
  const until = term?.until ?? null;
  return until === null ? governing : [...governing, { from: until, changed: { status: 'ended' } }];
}

/** What holds once everything that was decided holds. */
export const latestOf = (governing: readonly Governing[]): Partial<AgreementValue> =>
  Object.assign({}, ...governing.map(({ changed }) => changed)) as Partial<AgreementValue>;

/** Stable, so that decisions about one start keep the order in which they were made. */
const byStart = (a: Governing, b: Governing): number =>
  a.from === b.from ? 0 : a.from < b.from ? -1 : 1;
