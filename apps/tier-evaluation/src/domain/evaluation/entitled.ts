import type { Track } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import type { Fact } from '../facts/fact';
import type { Criterion, RulesStep, RulesVersion, TierRules } from '../rules/content';
import { BEGINNING, STARTER_RULES } from '../rules/starter';
import { type Start, changing } from '../standing/starts';
import { flipsOf } from './criteria';
import { type Flips, flipsOfAll } from './flips';

/** Which rules decide from when on; the first from the beginning. */
export type Schedule = readonly { readonly from: Instant; readonly rules: RulesVersion }[];

/** Of two versions that govern one time, the one that was approved later. */
export function scheduleOf(track: Track, steps: readonly RulesStep[]): Schedule {
  let schedule: Schedule = [{ from: BEGINNING, rules: STARTER_RULES[track] }];
  for (const { at, from = at, value: rules } of steps)
    schedule = [...schedule.filter((each) => each.from < from), { from, rules }];
  return schedule;
}

export function rulesAt(schedule: Schedule, t: Instant): RulesVersion {
  const found = schedule.findLast(({ from }) => from <= t);
  invariant(found, 'built-in rules hold from the beginning');
  return found.rules;
}

/** When a requirement is met, by whatever keeps what is known. */
export type FlipsBy = (criterion: Criterion, content: TierRules) => Flips;

/**
 * The tier that the evidence entitles to, at every time until now: a function of facts and rules and of nothing else, so that
 * neither the order in which they came nor what was ever published has a say.
 */
export const entitledByEvidence = (
  facts: readonly Fact[],
  schedule: Schedule,
  through: Instant,
): readonly Start[] =>
  entitledBy((criterion, content) => flipsOf(criterion, facts, content), schedule, through);

export function entitledBy(
  flipsBy: FlipsBy,
  schedule: Schedule,
  through: Instant,
): readonly Start[] {
  const parts = schedule.flatMap(({ from, rules }, i) => {
    const until = schedule[i + 1]?.from;
    if (from > through || from === until) return [];
    const all = historyUnder(flipsBy, rules.content);
    const within = all.filter(
      (start) => start.from > from && (until === undefined || start.from < until),
    );
    return [{ from, tier: all.findLast((start) => start.from <= from)?.tier ?? null }, ...within];
  });
  return changing(parts.filter(({ from }) => from <= through));
}

/** As if these rules had always held. */
function historyUnder(flipsBy: FlipsBy, content: TierRules): readonly Start[] {
  const tiers = content.tiers.map(({ tier, criteria }) => ({
    tier,
    flips: flipsOfAll(criteria.map((criterion) => flipsBy(criterion, content))),
  }));
  const times = [...new Set(tiers.flatMap((tier) => tier.flips))].sort();
  const passed = tiers.map(() => 0);
  return times.map((from) => {
    for (const [i, { flips }] of tiers.entries())
      if (flips[passed[i] as number] === from) passed[i] = (passed[i] as number) + 1;
    // An odd number of flips is behind whatever holds.
    return {
      from,
      tier: tiers.findLast((_tier, i) => (passed[i] as number) % 2 === 1)?.tier ?? null,
    };
  });
}
