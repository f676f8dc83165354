import type { Instant } from '@tributary/kernel';
import type { Fact } from '../facts/fact';
import type { Criterion, TierRules } from '../rules/content';
import { deltasOf, leastOf, measureDeltas } from './criteria';
import { type Schedule, entitledBy } from './entitled';
import type { Delta } from './flips';
import { type Risk, isCommitment, risksBy } from './risks';
import { type RunningTotal, flipsOfRunning, totalBefore, withDelta } from './running-total';
import type { Start } from '../standing/starts';

/**
 * What the facts of a partner come to, kept up with each, so that a new one costs its own weight and not that of all before it:
 * one running total for each thing that some version of the rules asks for. Derived from facts and rules alone, whatever the
 * order in which they came, and never stored.
 */
export interface Tallies {
  /** Those that are not always zero. */
  readonly totals: Readonly<Record<string, RunningTotal>>;
  /** By key. A risk looks at every promise; people make few of them. */
  readonly commitments: readonly Fact[];
}

export const noTallies: Tallies = { totals: {}, commitments: [] };

/** With a fact, in the place of what was known of the same thing before. */
export function withFact(
  tallies: Tallies,
  schedule: Schedule,
  fact: Fact,
  before: Fact | undefined,
): Tallies {
  const totals = { ...tallies.totals };
  for (const [name, deltas] of sumsOf(schedule)) {
    const taken = before === undefined ? [] : deltas(before).map(opposite);
    const total = [...taken, ...deltas(fact)].reduce(withDelta, totals[name] ?? null);
    if (total === null) delete totals[name];
    else totals[name] = total;
  }
  return { totals, commitments: withCommitment(tallies.commitments, fact) };
}

/** Other rules ask for other things. */
export const talliesOf = (facts: readonly Fact[], schedule: Schedule): Tallies =>
  facts.reduce((tallies, fact) => withFact(tallies, schedule, fact, undefined), noTallies);

/** The same as `entitledByEvidence` of all facts. */
export const entitledByTallies = (
  { totals }: Tallies,
  schedule: Schedule,
  through: Instant,
): readonly Start[] =>
  entitledBy(
    (criterion, content) =>
      flipsOfRunning(totals[nameOf(criterion, content)] ?? null, leastOf(criterion)),
    schedule,
    through,
  );

/** The same as `risksAt` of all facts. */
export const risksByTallies = (
  { totals, commitments }: Tallies,
  content: TierRules,
  t: Instant,
): readonly Risk[] =>
  risksBy(
    commitments,
    ({ measure }, { from, until }) => {
      const total = totals[countOf(measure)] ?? null;
      return Number(totalBefore(total, until) - totalBefore(total, from));
    },
    content,
    t,
  );

type DeltasOf = (fact: Fact) => readonly Delta[];

/** Everything that is added up, by name: requirements that differ in nothing but how much is enough share one sum. */
function sumsOf(schedule: Schedule): ReadonlyMap<string, DeltasOf> {
  const sums = new Map<string, DeltasOf>();
  for (const { content } of schedule.map(({ rules }) => rules))
    for (const criterion of content.tiers.flatMap(({ criteria }) => criteria)) {
      sums.set(nameOf(criterion, content), (fact) => deltasOf(criterion, fact, content));
      if (criterion.figure === 'commitment')
        sums.set(countOf(criterion.measure), (fact) => measureDeltas(fact, criterion));
    }
  return sums;
}

function nameOf(
  criterion: Criterion,
  { asset, rates = [], zone }: Pick<TierRules, 'asset' | 'rates' | 'zone'>,
): string {
  switch (criterion.figure) {
    case 'arr':
      return ['arr', asset, ...rates.map((each) => `${each.asset} ${each.rate}`)].join(' ');
    case 'measure':
      return criterion.of === 'count' ? countOf(criterion.measure) : `amount ${criterion.measure}`;
    case 'satisfaction': {
      const { instrument, scale, above, months } = criterion;
      return `above ${above} ${months} ${zone} ${scale.min} ${scale.max} ${instrument}`;
    }
    case 'qualification':
      return `${criterion.kind} ${[...criterion.levels].sort().join(' ')}`;
    case 'commitment':
      return `commitment ${criterion.atLeast}`;
  }
}

const countOf = (measure: string): string => `count ${measure}`;

const opposite = ({ at, by }: Delta): Delta => ({ at, by: -by });

function withCommitment(commitments: readonly Fact[], fact: Fact): readonly Fact[] {
  if (!isCommitment(fact)) return commitments;
  return [...commitments.filter(({ key }) => key !== fact.key), fact].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
}
