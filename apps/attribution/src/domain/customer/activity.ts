import type { Instant, Step } from '@tributary/kernel';
import type { Activity, SubscriptionNoted } from './events';

export type SubscriptionNote = SubscriptionNoted['data'];

/** A telling is one event, so of more changes than this the latest stay. */
export const MOST_ACTIVITY_STEPS = 100;

interface Live {
  readonly subscription: string;
  readonly since: SubscriptionNote;
  readonly mrr: string | null;
  readonly asset: string | null;
  readonly interval: string | null;
}

/** Whether the customer is active, since when, and what its subscriptions bring in a month. */
export function activityOf(
  notes: readonly SubscriptionNote[],
  firstPaidAt: Instant | null,
): Step<Activity>[] {
  const told = notes.filter(({ change }) => change !== 'withdrawn').sort(byTime);
  // Who pays without ever having told of a subscription is a customer all the same.
  if (told.length === 0) {
    const value = { active: true, reactivated: false, mrr: null, asset: null, interval: null };
    return firstPaidAt === null ? [] : [{ at: firstPaidAt, value }];
  }
  const steps: Step<Activity>[] = [];
  const live = new Map<string, Live>();
  let last: Activity | undefined;
  let hasLapsed = false;
  for (const [i, note] of told.entries()) {
    apply(note, live);
    if (told[i + 1]?.at === note.at) continue;
    hasLapsed ||= last?.active === true && live.size === 0;
    const value = activityNow([...live.values()], hasLapsed, last);
    if (last === undefined || !isSame(last, value)) steps.push({ at: note.at, value });
    last = value;
  }
  return steps.slice(-MOST_ACTIVITY_STEPS);
}

function apply(note: SubscriptionNote, live: Map<string, Live>): void {
  const { subscription, change } = note;
  if (change === 'canceled') {
    live.delete(subscription);
    return;
  }
  const before = live.get(subscription);
  live.set(subscription, {
    subscription,
    since: before?.since ?? note,
    mrr: note.mrr ?? before?.mrr ?? null,
    asset: note.asset ?? before?.asset ?? null,
    interval: note.interval ?? before?.interval ?? null,
  });
}

/** One asset only: that of the oldest subscription. What others bring in other assets is not added, because no rate is known here. */
function activityNow(
  live: readonly Live[],
  hasLapsed: boolean,
  last: Activity | undefined,
): Activity {
  const priced = live.filter(({ mrr }) => mrr !== null).sort((a, b) => byTime(a.since, b.since));
  const [oldest] = priced;
  const active = live.length > 0;
  const reactivated = active && hasLapsed;
  if (oldest === undefined) {
    const mrr = last?.mrr === undefined || last.mrr === null ? null : '0';
    return { active, reactivated, mrr, asset: last?.asset ?? null, interval: null };
  }
  const { asset, interval } = oldest;
  const sum = priced
    .filter((one) => one.asset === asset)
    .reduce((total, { mrr }) => total + BigInt(mrr ?? 0), 0n);
  return { active, reactivated, mrr: String(sum), asset, interval };
}

const isSame = (a: Activity, b: Activity): boolean =>
  a.active === b.active &&
  a.reactivated === b.reactivated &&
  a.mrr === b.mrr &&
  a.asset === b.asset &&
  a.interval === b.interval;

function byTime(a: SubscriptionNote, b: SubscriptionNote): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.item < b.item ? -1 : 1;
}
