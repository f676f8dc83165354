import type {
  CommissionHold,
  CommissionKey,
  CommissionPostedData,
  CommissionReleasedData,
  DecisionBehind,
  LineCreditedData,
} from '@tributary/contracts';
import {
  type Instant,
  type Json,
  type JsonObject,
  type Period,
  instantOfMs,
  msOf,
} from '@tributary/kernel';
import { explain } from '../../../engines/v1/due';
import { exactOf } from '../../../engines/v1/line-due';
import type { PlanVersion } from '../../../engines/v1/plan';
import { atTime } from '../../../engines/v1/timelines';
import type { StepName, Trace } from '../../../engines/v1/trace';
import { END_OF_TIME } from './end-of-time';
import { monthAt } from '../earnings/worth';
import { type Known, knownIn, wholeFacts } from '../earnings/window-facts';
import { type EventsBehind, eventsBehind } from './behind';
import { type EventRef, type Story, keyOf } from './story';

/** The worth of the line at a moment, with every step on the way to it. Amounts are minor units. */
export interface WorthNode {
  /** At the end of this moment. */
  readonly asOf: Instant;
  readonly rounded: string;
  /** Before it was rounded, in lowest terms. */
  readonly exact: string;
  readonly reason: string | null;
  readonly limitedBy: string | null;
  readonly rule: string | null;
  readonly steps: readonly StepNode[];
  readonly event: EventRef | null;
}

export interface StepNode {
  readonly step: StepName;
  readonly inputs: JsonObject;
  readonly result: Json;
  /** What the step rests on, as it stands in our log. */
  readonly events: readonly EventRef[];
}

export interface PlanNode {
  readonly plan: string;
  readonly version: number;
  readonly hash: string;
  readonly engine: string;
  readonly engineHash: string;
  readonly holdDays: number;
  readonly event: EventRef | null;
}

type OfPosting =
  | 'amount'
  | 'decision'
  | 'due'
  | 'entity'
  | 'entry'
  | 'exact'
  | 'facts'
  | 'fromReleased'
  | 'heldUntil'
  | 'asset'
  | 'reason'
  | 'rule'
  | 'takes'
  | 'version';

export interface PostingNode extends Pick<CommissionPostedData, OfPosting> {
  readonly event: EventRef;
}

export interface MonthNode {
  readonly month: string;
  readonly amount: string;
  readonly postings: readonly PostingNode[];
}

export interface ReleaseNode extends Pick<CommissionReleasedData, 'amount' | 'entry' | 'until'> {
  readonly event: EventRef;
}

export interface CreditNode extends DecisionBehind {
  /** That told of it. */
  readonly event: EventRef;
}

export interface HeldPart {
  readonly until: Instant;
  readonly amount: string;
}

/** Everything behind what a line is worth: whoever has the tree can do the arithmetic again. */
export interface LineTree {
  readonly lineId: string;
  readonly key: CommissionKey;
  readonly partner: string;
  readonly plan: PlanNode | null;
  readonly planId: string;
  readonly window: string;
  readonly programme: string | null;
  readonly entity: string | null;
  readonly asset: string | null;
  readonly customer: string | null;
  readonly paidAt: Instant | null;
  /** The last moment of the month of the books that was asked for; null: everything. */
  readonly effective: Instant | null;
  /** Not everything is posted yet that is known. */
  readonly behind: boolean;
  /** Why a worth is not in the books: sales of before they begin, and books that nobody has told us of. */
  readonly unbooked: 'awaiting_programme' | 'before_books' | null;
  readonly event: EventRef | null;
  readonly posted: string;
  readonly held: string;
  readonly released: string;
  readonly frozen: string;
  readonly heldParts: readonly HeldPart[];
  readonly holds: readonly (CommissionHold & { readonly event: EventRef })[];
  readonly worth: WorthNode | null;
  readonly months: readonly MonthNode[];
  readonly releases: readonly ReleaseNode[];
  readonly credit: CreditNode | null;
  /** Facts of money, as the line carries them. */
  readonly facts: readonly { readonly factId: string; readonly hash: string }[];
}

/** Undefined while nothing is known of such a line. `on` means the month of the books that it falls into. */
export function treeOf(story: Story, on: Instant | null): LineTree | undefined {
  const { state, line, credited } = story;
  const key = keyOf(story);
  if (state.opened === null || key === null) return undefined;
  const terms = knownIn(state);
  const { partner, plan: planId, window, calendar } = state.opened;
  const zone = terms.books?.zone ?? calendar.window.zone;
  const effective = on === null ? null : lastOf(monthAt(on, zone));
  const asOf = effective ?? END_OF_TIME;
  const trace = explain(wholeFacts(state, terms), asOf, key);
  const behind = eventsBehind(story, key);
  const value = credited === null ? undefined : atTime(credited.data.steps, asOf);
  const place = placeOf(story, terms, trace, value);
  return {
    lineId: line.lineId,
    key,
    partner,
    plan: planNode(terms, trace, behind),
    planId,
    window,
    ...place,
    effective,
    behind: state.behind !== null,
    unbooked: unbookedOf(terms, place.paidAt),
    event: story.opened,
    ...moneyOf(story, asOf),
    holds: story.holds.flatMap(({ event, data }) => data.map((hold) => ({ ...hold, event }))),
    worth: trace === undefined ? null : worthNode(trace, asOf, story, behind),
    credit: creditNode(story, value),
    facts: factsOf(story),
  };
}

const lastOf = ({ until }: Period): Instant => instantOfMs(msOf(until) - 1);

type Credited = LineCreditedData['steps'][number]['value'];
type Place = Pick<LineTree, 'asset' | 'customer' | 'entity' | 'paidAt' | 'programme'>;

/** Where it belongs as things stand; what is worth nothing any longer, where it was posted. */
function placeOf(
  { postings }: Story,
  { books }: Known,
  trace: Trace | undefined,
  value: Credited | undefined,
): Place {
  const { programme, entity } = books ?? postings.at(-1)?.data ?? { programme: null, entity: null };
  const customer = value?.customer.pseudonym ?? null;
  return { programme, entity, customer, ...dueIn(postings.at(-1)?.data, trace, value) };
}

const dueIn = (
  posted: CommissionPostedData | undefined,
  trace: Trace | undefined,
  value: Credited | undefined,
): Pick<Place, 'asset' | 'paidAt'> => ({
  asset: trace?.due.plan?.asset ?? posted?.asset ?? null,
  paidAt: trace?.due.paidAt ?? posted?.paidAt ?? value?.paidAt ?? null,
});

const factsOf = ({ credited, postings }: Story): LineTree['facts'] =>
  (credited ?? postings.at(-1))?.data.facts ?? [];

function unbookedOf({ books }: Known, paidAt: Instant | null): LineTree['unbooked'] {
  if (books === null) return 'awaiting_programme';
  const { bookFrom } = books;
  return bookFrom !== null && paidAt !== null && paidAt < bookFrom ? 'before_books' : null;
}

function worthNode(
  { due, rule, steps }: Trace,
  asOf: Instant,
  { credited }: Story,
  behind: EventsBehind,
): WorthNode {
  const { rounded, reason, limitedBy } = due;
  return {
    asOf,
    rounded: String(rounded),
    exact: exactOf(due).toString(),
    reason,
    limitedBy,
    rule,
    steps: steps.map((step) => ({ ...step, events: behind.step(step) })),
    event: credited?.event ?? null,
  };
}

function planNode(
  { versions }: Known,
  trace: Trace | undefined,
  behind: EventsBehind,
): PlanNode | null {
  const version: PlanVersion | null = trace?.due.plan ?? null;
  const told = version === null ? undefined : versions.get(version);
  if (version === null || told === undefined) return null;
  const { hash, engine, engineHash } = told;
  const { planId: plan, version: number, hold } = version;
  const event = behind.plan(number);
  return { plan, version: number, hash, engine, engineHash, holdDays: hold.days, event };
}

function creditNode({ credited }: Story, value: Credited | undefined): CreditNode | null {
  if (credited === null || value === undefined || value.decision === null) return null;
  const { data, event } = credited;
  const found = data.decisions.find(({ decision }) => decision === value.decision);
  return found === undefined ? null : { ...found, event };
}

type Money = Pick<
  LineTree,
  'frozen' | 'held' | 'heldParts' | 'months' | 'posted' | 'released' | 'releases'
>;

/** What had happened to the books by then. */
function moneyOf({ postings, releases, frozen }: Story, asOf: Instant): Money {
  const posted = postings.filter(({ event }) => event.occurredAt <= asOf);
  const moved = releases.filter(({ event }) => event.occurredAt <= asOf);
  const parts = new Map<Instant, bigint>();
  const add = (until: Instant, amount: bigint) =>
    parts.set(until, (parts.get(until) ?? 0n) + amount);
  for (const { data } of posted) {
    if (data.heldUntil !== null) add(data.heldUntil, BigInt(data.amount));
    for (const { until, amount } of data.takes) add(until, -BigInt(amount));
  }
  for (const { data } of moved) if (data.until !== null) add(data.until, -BigInt(data.amount));
  const sumPosted = sumOf(posted.map(({ data }) => data.amount));
  const released = sumOf(moved.map(({ data }) => data.amount));
  return {
    posted: String(sumPosted),
    held: String(sumPosted - released),
    released: String(released),
    frozen: frozen !== null && frozen.event.occurredAt <= asOf ? frozen.data.amount : '0',
    heldParts: [...parts]
      .filter(([, amount]) => amount !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([until, amount]) => ({ until, amount: String(amount) })),
    months: monthsOf(posted),
    releases: moved.map(({ event, data }) => {
      const { amount, until, entry } = data;
      return { event, amount, until, ...(entry !== undefined && { entry }) };
    }),
  };
}

export const sumOf = (amounts: readonly string[]): bigint =>
  amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);

function monthsOf(postings: Story['postings']): readonly MonthNode[] {
  const months = [...new Set(postings.map(({ data }) => data.month))].sort();
  return months.map((month) => {
    const of = postings.filter(({ data }) => data.month === month).map(postingNode);
    return { month, amount: String(sumOf(of.map(({ amount }) => amount))), postings: of };
  });
}

function postingNode({ event, data }: Story['postings'][number]): PostingNode {
  const { amount, due, exact, reason, heldUntil, takes, fromReleased, rule, version } = data;
  const { facts, decision, entry, entity, asset } = data;
  const worth = { amount, due, exact, reason, heldUntil, takes, fromReleased, entity, asset };
  return { event, ...worth, rule, version, decision, facts, entry };
}
