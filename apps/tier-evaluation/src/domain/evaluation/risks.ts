import { type Instant, type Period, isWithin } from '@tributary/kernel';
import { type Fact, stepOf } from '../facts/fact';
import type { CommitmentCriterion, TierRules } from '../rules/content';
import { intervalsOf, measureDeltas } from './criteria';
import { quarterBefore } from './quarters';

/** A commitment that was not kept: a warning, and never by itself the loss of a tier. */
export interface Risk {
  readonly criterion: string;
  readonly quarter: string;
  readonly found: number;
  readonly committed: number;
}

/** How much was done in a quarter of what was promised for it, by whatever keeps what is known. */
export type FoundBy = (criterion: CommitmentCriterion, quarter: Period) => number;

export const isCommitment = (fact: Fact): boolean =>
  fact.kind === 'qualification' && fact.qualification === 'commitment';

export const risksAt = (facts: readonly Fact[], content: TierRules, t: Instant): readonly Risk[] =>
  risksBy(facts.filter(isCommitment), (...asked) => foundIn(facts, ...asked), content, t);

/** Judged by the last quarter that is over, of commitments that were in force for all of it. */
export function risksBy(
  commitments: readonly Fact[],
  foundBy: FoundBy,
  content: TierRules,
  t: Instant,
): readonly Risk[] {
  if (commitments.length === 0) return [];
  const quarter = quarterBefore(t, content.zone);
  return content.tiers
    .flatMap(({ criteria }) => criteria)
    .filter((criterion): criterion is CommitmentCriterion => criterion.figure === 'commitment')
    .flatMap((criterion): Risk[] => {
      const levels = commitments
        .filter((fact) => isInForceFor(fact, criterion, quarter))
        .map((fact) => leastLevelOf(fact, quarter));
      if (levels.length === 0) return [];
      const committed = Math.max(...levels);
      const found = foundBy(criterion, quarter);
      if (found >= committed) return [];
      return [{ criterion: criterion.id, quarter: quarter.key, found, committed }];
    });
}

/** A commitment that was renewed within the quarter was in force for all of it. */
function isInForceFor(fact: Fact, criterion: CommitmentCriterion, quarter: Period): boolean {
  let through = quarter.from;
  for (const { from, until } of intervalsOf(fact, criterion)) {
    if (from > through || (until !== null && until <= through)) continue;
    if (until === null || until >= quarter.until) return true;
    through = until;
  }
  return false;
}

/** Whoever promised more, or less, within the quarter is held to what was promised for all of it. */
function leastLevelOf(fact: Fact, { from, until }: Period): number {
  if (fact.kind !== 'qualification') return 0;
  const later = fact.steps.filter(({ at }) => at > from && at < until);
  const levels = [stepOf(fact.steps, from), ...later].map((step) => Number(step?.value.level));
  return Math.min(...levels);
}

const foundIn = (facts: readonly Fact[], criterion: CommitmentCriterion, quarter: Period): number =>
  facts
    .flatMap((fact) => measureDeltas(fact, criterion))
    .filter(({ at }) => isWithin(at, quarter))
    .reduce((sum, { by }) => sum + Number(by), 0);
