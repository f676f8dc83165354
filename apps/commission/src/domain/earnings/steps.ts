import { type Instant, invariant } from '@tributary/kernel';
import type { EarningsEvent } from './events';
import { releasesOf } from './release';
import { groupsInOrder, settleGroup } from './settle';
import { type Earnings, heldOf } from './state';

/** What one append is given at most. Groups that turn out to need nothing cost time too. */
const MOST_BYTES = 200 * 1024;
const MOST_GROUPS = 4_000;
/** So many are looked at before a command is answered; more than that is done behind it. */
const FEW_GROUPS = 60;

/**
 * What follows at once from what was learned. `groups`: only those can have changed; null: any. What would take too long, or too
 * much of an append, is left to the steps, and the window says so.
 */
export function settledNow(
  state: Earnings,
  groups: readonly string[] | null,
  moments: readonly Instant[],
): readonly EarningsEvent[] {
  // All that there is has been looked at by nobody yet, so a list is made only where it is short.
  if (groups === null && state.lines.size > FEW_GROUPS) return [fellBehind(state, null)];
  const { events, through, isDone } = settle(state, groups ?? groupsInOrder(state), moments);
  if (isDone) {
    // Everything was looked at, so nothing is left of what was behind.
    if (groups === null && state.behind !== null) return [...events, caughtUp(state)];
    return events;
  }
  return [...events, fellBehind(state, groups === null ? through : null)];
}

/** The next append of a window that is behind, or that has releases left. */
export function nextSteps(state: Earnings): readonly EarningsEvent[] {
  const cached = STEPS.get(state);
  if (cached !== undefined) return cached;
  const events = stepsOf(state);
  STEPS.set(state, events);
  return events;
}

/** Asked twice for each step: whether there is one, and which. */
const STEPS = new WeakMap<Earnings, readonly EarningsEvent[]>();

function stepsOf(state: Earnings): readonly EarningsEvent[] {
  const { behind, releasing } = state;
  if (behind !== null) {
    const left = groupsAfter(state, behind.through);
    const { events, through, isDone } = settle(state, left, []);
    return [...events, isDone ? caughtUp(state) : fellBehind(state, through)];
  }
  if (releasing === null) return [];
  return nextReleases(state, releasing.asOf, releasing.through);
}

function groupsAfter(state: Earnings, through: string | null): readonly string[] {
  const order = groupsInOrder(state);
  // A group that has gone since begins anew, which costs time and changes nothing.
  return through === null ? order : order.slice(order.indexOf(through) + 1);
}

interface Settled {
  readonly events: readonly EarningsEvent[];
  readonly through: string | null;
  readonly isDone: boolean;
}

function settle(before: Earnings, groups: readonly string[], moments: readonly Instant[]): Settled {
  let state = before;
  const events: EarningsEvent[] = [];
  let [bytes, looked] = [0, 0];
  let through: string | null = null;
  for (const group of groups) {
    const { events: more, state: next } = settleGroup(state, group, moments);
    const size = more.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(more));
    if (bytes > 0 && bytes + size > MOST_BYTES) return { events, through, isDone: false };
    state = next;
    events.push(...more);
    bytes += size;
    looked += 1;
    through = group;
    if (looked === MOST_GROUPS && looked < groups.length) return { events, through, isDone: false };
  }
  return { events, through, isDone: true };
}

function fellBehind(state: Earnings, through: string | null): EarningsEvent {
  const { id, at } = placeOf(state);
  return {
    type: 'WindowFellBehind',
    data: { ...id, through, lines: state.lines.size },
    occurredAt: at,
  };
}

function caughtUp(state: Earnings): EarningsEvent {
  const { id, at } = placeOf(state);
  return { type: 'WindowCaughtUp', data: id, occurredAt: at };
}

function placeOf({ opened }: Earnings) {
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, window, calendar } = opened;
  return { id: { partner, plan, window }, at: calendar.window.from };
}

/** Releases in the order of the groups; what one append does not take is left to the next. */
export function nextReleases(
  state: Earnings,
  asOf: Instant,
  through: string | null,
): readonly EarningsEvent[] {
  const { id } = placeOf(state);
  const events: EarningsEvent[] = [];
  let bytes = 0;
  let last = through;
  for (const [group, known] of state.groups.entries()) {
    if (through !== null && group <= through) continue;
    if (!Object.values(known.accounts).some((account) => heldOf(account) > 0n)) continue;
    const more = releasesOf(state, group, known, asOf);
    if (more.length === 0) continue;
    const size = Buffer.byteLength(JSON.stringify(more));
    if (bytes > 0 && bytes + size > MOST_BYTES) {
      const data = { ...id, asOf, through: last };
      return [...events, { type: 'ReleasePostponed', data, occurredAt: asOf }];
    }
    events.push(...more);
    bytes += size;
    last = group;
  }
  if (state.releasing !== null)
    events.push({ type: 'ReleaseFinished', data: { ...id, asOf }, occurredAt: asOf });
  return events;
}
