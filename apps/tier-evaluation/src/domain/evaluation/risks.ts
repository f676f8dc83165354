import { type Instant, isWithin } from '@tributary/kernel';
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

/** Judged by the last quarter that is over, of commitments that were in force for all of it. */
export function risksAt(facts: readonly Fact[], content: TierRules, t: Instant): readonly Risk[] {
  const commitments = content.tiers
    .flatMap(({ criteria }) => criteria)
    .filter((criterion): criterion is CommitmentCriterion => criterion.figure === 'commitment');
  const isCommitted = facts.some(
    (fact) => fact.kind === 'qualification' && fact.qualification === 'commitment',
  );
  if (!isCommitted) return [];
  const quarter = quarterBefore(t, content.zone);
  return commitments.flatMap((criterion): Risk[] => {
    const levels = facts
      .filter((fact) =>
        intervalsOf(fact, criterion).some(
          ({ from, until }) => from <= quarter.from && (until === null || until >= quarter.until),
        ),
      )
      .map((fact) =>
        fact.kind === 'qualification' ? Number(stepOf(fact.steps, quarter.from)?.value.level) : 0,
      );
    if (levels.length === 0) return [];
    const committed = Math.max(...levels);
    const found = facts
      .flatMap((fact) => measureDeltas(fact, criterion))
      .filter(({ at }) => isWithin(at, quarter))
      .reduce((sum, { by }) => sum + Number(by), 0);
    if (found >= committed) return [];
    return [{ criterion: criterion.id, quarter: quarter.key, found, committed }];
  });
}
