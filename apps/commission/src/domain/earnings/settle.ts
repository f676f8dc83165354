import { type Instant, invariant } from '@tributary/kernel';
import type { LineDue } from '../../../engines/v1/line-due';
import type { EarningsEvent } from './events';
import { evolve } from './evolve';
import { holdsOfGroup, placedOn, sameHolds } from './holds';
import { type Concluded, postingsOf } from './post';
import { type Account, EMPTY_GROUP, type Earnings, type Group, type SumStep } from './state';
import { lineIdOf } from './window';
import { type Known, knownIn } from './window-facts';
import { type Worth, type WorthOfGroup, worthOfAll, worthOfLine } from './worth';

const NOTHING: WorthOfGroup = new Map();

/** What was due is booked, and what follows from that is said: why nothing is due, what holds it, and what must not be paid. */
export function settleGroup(
  before: Earnings,
  group: string,
  moments: readonly Instant[],
): Concluded {
  let state = before;
  let events: readonly EarningsEvent[] = [];
  const add = (...more: readonly EarningsEvent[]) => {
    if (more.length === 0) return;
    events = [...events, ...more];
    for (const event of more) state = evolve(state, event);
  };
  const known = knownIn(state);
  const { books } = known;
  const worths = books === null ? NOTHING : worthsOf(state, known, group);
  const booked = books === null ? [] : bookable(worths, books.bookFrom);
  if (books !== null)
    ({ events, state } = postingsOf({
      state,
      known,
      books,
      group,
      worths: new Map(booked),
      moments,
    }));
  if (known.isSummed) add(...summed(state, group));
  const at = moments.at(-1) ?? lastMoment(state, group);
  add(...reasonsOf(state, group, worths, at));
  add(...holdsChanged(before, state, group, worths, at));
  add(...frozen(state, group, at));
  return { events, state };
}

function worthsOf(state: Earnings, known: Known, group: string): WorthOfGroup {
  const { books } = known;
  invariant(books, 'what is booked has books');
  if (!known.isPerLine) return worthOfAll(state, known, books).get(group) ?? NOTHING;
  const line = state.lines.get(group);
  return line === undefined ? NOTHING : worthOfLine(known, books, line);
}

/** Sales paid before the programme's books begin are shown, and not booked. */
const bookable = (
  worths: WorthOfGroup,
  bookFrom: Instant | null,
): readonly (readonly [string, Worth])[] =>
  [...worths].filter(([, { paidAt }]) => bookFrom === null || paidAt >= bookFrom);

function lastMoment({ lines, opened }: Earnings, group: string): Instant {
  const last = lines.get(group)?.fact.steps.at(-1)?.at;
  invariant(opened, 'a window is opened by its first line');
  return last ?? opened.calendar.window.from;
}

interface Reason {
  readonly key: LineDue['key'];
  readonly paidAt: Instant;
  readonly asset: string | null;
  readonly reason: string | null;
}

/**
 * What the partner above earns a part of; nobody is above an override. Only changes are told, but of every line: those that were posted
 * before a version came that somebody earns on them are told with it.
 */
function summed({ opened, groups }: Earnings, group: string): readonly EarningsEvent[] {
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, window } = opened;
  const known = groups.get(group) ?? EMPTY_GROUP;
  return linesOf(known).flatMap((lineId): EarningsEvent[] => {
    const own = Object.values(known.accounts).filter((account) => account.lineId === lineId);
    const key = own[0]?.key;
    if (key === undefined || 'window' in key || key.child !== undefined) return [];
    const steps = sumOf(own);
    const last = steps.at(-1);
    if (last === undefined || isSameSum(steps, known.sums[lineId])) return [];
    const data = { partner, plan, window, lineId, key, steps };
    return [{ type: 'CommissionSummed', data, occurredAt: last.at }];
  });
}

/** Of what stands at one moment in several months or books the order says nothing, so it is one step. */
function sumOf(accounts: readonly Account[]): readonly SumStep[] {
  const byMoment = new Map<Instant, bigint>();
  for (const { months } of accounts)
    for (const { at, amount } of Object.values(months))
      byMoment.set(at, (byMoment.get(at) ?? 0n) + BigInt(amount));
  let sum = 0n;
  return [...byMoment]
    .sort(([a], [b]) => compareTexts(a, b))
    .map(([at, amount]) => ({ at, value: { amount: String((sum += amount)) } }));
}

const isSameSum = (steps: readonly SumStep[], told: readonly SumStep[] = []): boolean =>
  steps.length === told.length &&
  steps.every(({ at, value }, i) => at === told[i]?.at && value.amount === told[i].value.amount);

/** Only changes are told: that a line earns nothing and why, and that it does earn after all. */
function reasonsOf(
  state: Earnings,
  group: string,
  worths: WorthOfGroup,
  occurredAt: Instant,
): readonly EarningsEvent[] {
  const { opened } = state;
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, window } = opened;
  const id = { partner, plan, window };
  const told = state.groups.get(group)?.reasons ?? {};
  const now = new Map<string, Reason>();
  for (const each of reasonsNow(state, group, worths)) now.set(lineIdOf(id, each.key), each);
  const events: EarningsEvent[] = [];
  const explain = (lineId: string, { key, paidAt, asset, reason }: Reason) => {
    const data = { ...id, lineId, key, paidAt, asset, reason };
    events.push({ type: 'EarningExplained', data, occurredAt });
  };
  for (const [lineId, each] of now)
    if ((told[lineId]?.reason ?? null) !== each.reason) explain(lineId, each);
  for (const [lineId, { key }] of Object.entries(told)) {
    if (!now.has(lineId)) explain(lineId, { key, paidAt: occurredAt, asset: null, reason: null });
  }
  return events;
}

function reasonsNow(state: Earnings, group: string, worths: WorthOfGroup): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const { key, latest } of worths.values()) {
    if (latest === undefined) continue;
    const { paidAt, plan, reason } = latest;
    reasons.push({ key, paidAt, asset: plan?.asset ?? null, reason });
  }
  const line = state.lines.get(group);
  if (reasons.length > 0 || line === undefined) return reasons;
  // Nobody could be asked yet: whose books it is for is not known.
  const { sale, payment, line: name, steps } = line.fact;
  const value = steps.at(-1)?.value;
  if (value === undefined || line.child !== null) return [];
  const reason = knownIn(state).facts.versions.length === 0 ? 'no_plan' : 'awaiting_programme';
  const key = { sale, payment, line: name, rule: null };
  return [{ key, paidAt: value.paidAt, asset: value.asset, reason }];
}

function holdsChanged(
  before: Earnings,
  state: Earnings,
  group: string,
  worths: WorthOfGroup,
  occurredAt: Instant,
): readonly EarningsEvent[] {
  const { opened } = state;
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, window } = opened;
  const known = state.groups.get(group) ?? EMPTY_GROUP;
  const told = before.groups.get(group) ?? EMPTY_GROUP;
  // An approval is of what was posted by then. What is posted on top of it nobody has looked at.
  const isEnded = Object.keys(known.lifted).length > 0;
  const lifted = isEnded && postedFor(known) > postedFor(told) ? {} : known.lifted;
  const placed = placedOn(known, knownIn(state).placed.get(group));
  const holds = holdsOfGroup(state.lines.get(group), worths, placed, lifted);
  const lineIds = linesOf(known);
  // Whoever follows the books finds holds by the lines that were posted, so they are told again with each new one.
  const isNewLine = holds.length > 0 && lineIds.length > linesOf(told).length;
  if (sameHolds(holds, known.holds) && !isNewLine) return [];
  const data = { partner, plan, window, group, lineIds, holds };
  return [{ type: 'HoldsChanged', data, occurredAt }];
}

const postedFor = ({ accounts }: Group): bigint =>
  Object.values(accounts)
    .flatMap(({ months }) => Object.values(months))
    .reduce((sum, { amount }) => sum + BigInt(amount), 0n);

const linesOf = ({ accounts }: Group): readonly string[] => [
  ...new Set(Object.values(accounts).map(({ lineId }) => lineId)),
];

/** What was released is frozen while its payment is disputed or a person holds it; what is over freezes nothing. */
function frozen(state: Earnings, group: string, occurredAt: Instant): readonly EarningsEvent[] {
  const { opened } = state;
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, window } = opened;
  const isDisputed = state.lines.get(group)?.fact.steps.at(-1)?.value.disputed === true;
  const known = state.groups.get(group) ?? EMPTY_GROUP;
  const placed = placedOn(known, knownIn(state).placed.get(group));
  const isStopped = isDisputed || placed.some(({ until }) => until === null);
  return Object.values(known.accounts).flatMap((account): EarningsEvent[] => {
    const { lineId, key, programme, entity, asset } = account;
    const amount = isStopped && BigInt(account.released) > 0n ? account.released : '0';
    if (amount === account.frozen) return [];
    const data = { lineId, key, partner, plan, window, programme, entity, asset, amount };
    return [{ type: 'LineFrozen', data, occurredAt }];
  });
}

/** Every group there is or should be, in the order of payment. */
export function groupsInOrder(state: Earnings): readonly string[] {
  const cached = ORDER.get(state.knowledge);
  if (cached !== undefined) return cached;
  const known = knownIn(state);
  const paidAt = (group: string): string =>
    state.lines.get(group)?.fact.steps[0]?.value.paidAt ?? '9999';
  const groups = new Set(state.lines.entries().map(([group]) => group));
  // What was posted may have no line and no due any more.
  for (const [group] of state.groups.entries()) groups.add(group);
  if (!known.isPerLine && known.books !== null)
    for (const group of worthOfAll(state, known, known.books).keys()) groups.add(group);
  const order = [...groups]
    .map((group) => ({ group, paidAt: paidAt(group) }))
    .sort((a, b) => compareTexts(a.paidAt, b.paidAt) || compareTexts(a.group, b.group))
    .map(({ group }) => group);
  ORDER.set(state.knowledge, order);
  return order;
}

const ORDER = new WeakMap<object, readonly string[]>();
const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
