import type { Instant } from '@tributary/kernel';
import { monthsAfter } from '../evaluation/quarters';
import type { TierRules } from '../rules/content';
import { benefitsAt } from '../rules/benefits';
import type { OfStanding, StandingEvent } from './events';
import { type Start, tierAt } from './starts';
import type { Standing } from './state';

interface At {
  readonly applied: readonly Start[];
  readonly at: Instant;
}

interface Needed {
  readonly kind: 'benefit' | 'review';
  readonly subject: string;
  readonly name: string;
  readonly tier: string;
  readonly owner: string;
}

/** What somebody has to do because of the tier that applies now, and what nobody has to do any more. */
export function tasksAfter(
  state: Standing,
  of: OfStanding,
  content: TierRules,
  now: At,
): readonly StandingEvent[] {
  const needed = [...benefitTasks(content, now), ...reviewTasks(content, now)];
  const isSame = (one: Pick<Needed, 'kind' | 'subject'>, other: Pick<Needed, 'kind' | 'subject'>) =>
    one.kind === other.kind && one.subject === other.subject;
  const dropped = state.tasks
    .filter((task) => !needed.some((each) => isSame(each, task)))
    .map(({ task }): StandingEvent => ({
      type: 'TaskDropped',
      data: { ...of, task },
      occurredAt: now.at,
    }));
  const opened = needed
    .filter((each) => !state.tasks.some((task) => isSame(each, task)))
    .map((each, i): StandingEvent => ({
      type: 'TaskOpened',
      data: { ...of, task: `t${state.latestTask + i + 1}`, ...each },
      occurredAt: now.at,
    }));
  return [...dropped, ...opened];
}

function benefitTasks(content: TierRules, { applied, at }: At): readonly Needed[] {
  return benefitsAt(content, tierAt(applied, at), at).flatMap(({ id, name, owner, tier }) =>
    owner === null ? [] : [{ kind: 'benefit' as const, subject: id, name, tier, owner }],
  );
}

/** Somebody looks at a partner who has been in the lowest tier for so long; once for each time that it came there. */
function reviewTasks({ tiers, review, zone }: TierRules, { applied, at }: At): readonly Needed[] {
  const lowest = tiers[0]?.tier;
  const since = applied.findLast(({ from }) => from <= at);
  if (review === null || lowest === undefined || since?.tier !== lowest) return [];
  if (monthsAfter(since.from, review.afterMonths, zone) > at) return [];
  const name = `Evaluate for ${tiers[1]?.tier ?? 'a higher tier'}`;
  return [{ kind: 'review', subject: since.from, name, tier: lowest, owner: review.owner }];
}
