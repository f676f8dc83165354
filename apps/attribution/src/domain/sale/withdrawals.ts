import type { FactRef } from '../evidence';
import { type TakenBack, inForceFirst } from '../retraction';
import type { FactKey, SaleFact } from './events';
import { type Sale, type TakenFact, isSameKey } from './state';

export interface Withdrawal extends Pick<TakenBack, 'why'> {
  /** The fact that says so. */
  readonly by: Partial<FactKey> & FactRef;
}

type Superseding = TakenFact & { readonly supersedes: NonNullable<TakenFact['supersedes']> };

/**
 * Why a fact of the sale does not count, whatever stands beside it. A retracted fact is as if it had never been said, so what it has
 * superseded counts again, here and in other sales; a retraction is for good.
 */
export function withdrawalsOf({
  taken,
  withdrawn,
}: Pick<Sale, 'taken' | 'withdrawn'>): (fact: FactKey) => Withdrawal | undefined {
  const superseding = taken.filter(supersedesAnother).sort((a, b) => byTime(a.fact, b.fact));
  if (withdrawn.length === 0 && superseding.length === 0) return () => undefined;
  const retractionOf = (fact: FactKey) =>
    withdrawn.find((each) => each.why === 'retracted' && isSameKey(each, fact));
  return (fact) => {
    const retraction = retractionOf(fact);
    if (retraction !== undefined) return { why: 'retracted', by: retraction.by };
    const heir = superseding.find(
      (each) => isSameKey(each.supersedes, fact) && retractionOf(each.fact) === undefined,
    )?.fact;
    if (heir !== undefined) return { why: 'superseded', by: refOf(heir) };
    // Said by a fact of another sale, or by one that has not come here yet.
    const [elsewhere] = inForceFirst(
      withdrawn.filter(
        (each) =>
          isSameKey(each, fact) &&
          !taken.some(({ fact: { fact: ref } }) => ref.factId === each.by.factId) &&
          !withdrawn.some(({ factId, why }) => factId === each.by.factId && why === 'retracted'),
      ),
    );
    return elsewhere && { why: elsewhere.why, by: elsewhere.by };
  };
}

const supersedesAnother = (taken: TakenFact): taken is Superseding =>
  taken.supersedes !== null && !isSameKey(taken.supersedes, taken.fact);

export const refOf = ({ source, id, fact }: SaleFact): FactKey & FactRef => ({
  source,
  id,
  ...fact,
});

export function byTime(a: SaleFact, b: SaleFact): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
