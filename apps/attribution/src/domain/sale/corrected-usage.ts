import type { Paid, SaleFact } from './events';
import { type TakenFact, isSameKey } from './state';
import type { Withdrawal } from './withdrawals';

interface Correction {
  readonly fact: SaleFact & { readonly body: Paid };
  readonly supersedes: NonNullable<TakenFact['supersedes']>;
}

/**
 * A usage report is named by the one that it supersedes, and knows nothing of what that one superseded. Of a whole chain of
 * corrections the first name holds, so that a second correction changes the line that was reported first as well, in any order of
 * arrival. A correction that is retracted is as if it had never been said, and ends the chain.
 */
export function underFirstReport(
  taken: readonly TakenFact[],
  withdrawalOf: (fact: SaleFact) => Withdrawal | undefined,
): (fact: SaleFact) => SaleFact {
  const corrections = taken.filter(isCorrection);
  if (corrections.length < 2) return (fact) => fact;
  const correctionOf = (key: SaleFact | Correction['supersedes']) =>
    corrections.find(({ fact }) => isSameKey(fact, key));
  const before = ({ supersedes }: Correction): Correction | undefined => {
    const found = correctionOf(supersedes);
    return found && withdrawalOf(found.fact)?.why !== 'retracted' ? found : undefined;
  };
  return (fact) => {
    const own = correctionOf(fact);
    if (own === undefined) return fact;
    const chain = new Set([own]);
    // A set goes on with what is added to it on the way, and ends where two supersede each other.
    let first = own;
    for (first of chain) {
      const earlier = before(first);
      if (earlier) chain.add(earlier);
    }
    const { payment } = first.fact.body;
    return { ...fact, body: { ...own.fact.body, payment } };
  };
}

function isCorrection(taken: TakenFact): taken is Correction {
  const { fact, supersedes } = taken;
  if (supersedes === null || isSameKey(supersedes, fact)) return false;
  return fact.body.kind === 'paid' && fact.body.usage !== null;
}
