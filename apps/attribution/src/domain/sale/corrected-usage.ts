import type { Paid, SaleFact, Unpriced } from './events';
import { type TakenFact, isSameKey } from './state';
import type { Withdrawal } from './withdrawals';

interface Correction {
  readonly fact: SaleFact & { readonly body: Paid | Unpriced };
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
  return (fact) => {
    const own = correctionOf(fact, corrections);
    if (own === undefined) return fact;
    const isSaid = (each: Correction) => withdrawalOf(each.fact)?.why !== 'retracted';
    const { payment } = (chainOf(own, corrections, isSaid).at(-1) ?? own).fact.body;
    return { ...fact, body: { ...own.fact.body, payment } };
  };
}

/** Every name that a report may have had, whatever was retracted. */
export function everReportedAs(
  taken: readonly TakenFact[],
): (fact: SaleFact) => ReadonlySet<string> {
  const corrections = taken.filter(isCorrection);
  return (fact) => {
    const own = correctionOf(fact, corrections);
    const chain = own ? chainOf(own, corrections, () => true) : [];
    return new Set(chain.map((each) => each.fact.body.payment));
  };
}

const correctionOf = (
  key: SaleFact | Correction['supersedes'],
  corrections: readonly Correction[],
): Correction | undefined => corrections.find(({ fact }) => isSameKey(fact, key));

/** The latest first. */
function chainOf(
  own: Correction,
  corrections: readonly Correction[],
  isLink: (correction: Correction) => boolean,
): readonly Correction[] {
  const chain = new Set([own]);
  // A set goes on with what is added to it on the way, and ends where two supersede each other.
  for (const { supersedes } of chain) {
    const earlier = correctionOf(supersedes, corrections);
    if (earlier && isLink(earlier)) chain.add(earlier);
  }
  return [...chain];
}

function isCorrection(taken: TakenFact): taken is Correction {
  const { fact, supersedes } = taken;
  if (supersedes === null || isSameKey(supersedes, fact)) return false;
  const { body } = fact;
  return body.kind === 'unpriced' || (body.kind === 'paid' && body.usage !== null);
}
