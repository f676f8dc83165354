import type { CommissionKey } from '@tributary/contracts';
import {
  type Instant,
  type Period,
  instantOfMs,
  invariant,
  msOf,
  periodOf,
} from '@tributary/kernel';
import { due, dueOfChildLine, dueOfLine } from '../../../engines/v1/due';
import type { LineFact } from '../../../engines/v1/facts';
import { type LineDue, keyText } from '../../../engines/v1/line-due';
import type { Earnings, KnownLine } from './state';
import { groupOf, lineGroupOf } from './window';
import { type Books, type Known, wholeFacts } from './window-facts';

/** What a line under a rule is worth at the end of a month, as far as that differs from the month before. */
export interface MonthOfWorth {
  readonly month: string;
  readonly delta: bigint;
  /** The latest moment of the month at which anything happened to it. */
  readonly at: Instant;
  /** Undefined where it is not in the answer any longer. */
  readonly due: LineDue | undefined;
}

export interface Worth {
  readonly key: CommissionKey;
  readonly months: readonly MonthOfWorth[];
  /** As of the latest that is known; undefined where it is not in the answer any longer. */
  readonly latest: LineDue | undefined;
  /** As of the last answer that it is in. */
  readonly paidAt: Instant;
}

export type WorthOfGroup = ReadonlyMap<string, Worth>;

interface Asked {
  readonly moments: readonly Instant[];
  readonly zone: string;
  readonly dueAt: (t: Instant) => readonly LineDue[];
}

/** What the entries of each line and month have to sum to: the rounded due at its end less that of the month before. */
function byMonth({ moments, zone, dueAt }: Asked): Map<string, Worth> {
  const worths = new Map<string, GrowingWorth>();
  const before = new Map<string, bigint>();
  for (const { period, at } of monthsOf(moments, zone)) {
    const dues = new Map(dueAt(endOf(period)).map((each) => [keyText(each.key), each]));
    for (const text of new Set([...worths.keys(), ...dues.keys()])) {
      const found = dues.get(text);
      const worth = worths.get(text) ?? worthFrom(found);
      worths.set(text, worth);
      worth.latest = found;
      worth.paidAt = found?.paidAt ?? worth.paidAt;
      const rounded = found?.rounded ?? 0n;
      const delta = rounded - (before.get(text) ?? 0n);
      before.set(text, rounded);
      if (delta !== 0n) worth.months.push({ month: period.key, delta, at, due: found });
    }
  }
  return worths;
}

interface GrowingWorth {
  readonly key: CommissionKey;
  readonly months: MonthOfWorth[];
  latest: LineDue | undefined;
  paidAt: Instant;
}

function worthFrom(first: LineDue | undefined): GrowingWorth {
  invariant(first, 'a key was in an answer before it is gone from one');
  const { key, paidAt } = first;
  return { key, months: [], latest: first, paidAt };
}

const endOf = ({ until }: Period): Instant => instantOfMs(msOf(until) - 1);

interface MonthAt {
  readonly period: Period;
  readonly at: Instant;
}

function monthsOf(moments: readonly Instant[], zone: string): readonly MonthAt[] {
  const months: { period: Period; at: Instant }[] = [];
  for (const at of [...new Set(moments)].sort()) {
    const last = months.at(-1);
    if (last && at < last.period.until) last.at = at;
    else months.push({ period: monthAt(at, zone), at });
  }
  return months;
}

const MONTHS = new Map<string, Period[]>();

/** Months are few, and asked for again and again. */
export function monthAt(at: Instant, zone: string): Period {
  const name = `${zone} ${at.slice(0, 7)}`;
  const known = MONTHS.get(name);
  const found = known?.find(({ from, until }) => from <= at && at < until);
  if (found) return found;
  const period = periodOf(at, zone, 'month');
  if (MONTHS.size > 4096) MONTHS.clear();
  MONTHS.set(name, [...(MONTHS.get(name) ?? []), period]);
  return period;
}

/** A line in a window whose lines are independent. */
export function worthOfLine(known: Known, { zone }: Books, line: KnownLine): WorthOfGroup {
  const { fact, child } = line;
  const moments = momentsOf(known, line);
  const facts =
    known.facts.overrides.length === 0 ? known.facts : withLine(known.facts, fact, child);
  const of = child === null ? undefined : facts.children.find(({ partner }) => partner === child);
  const dueAt = (t: Instant) =>
    child === null
      ? dueOfLine(facts, fact, t)
      : of === undefined
        ? []
        : dueOfChildLine(facts, of, fact, t);
  return byMonth({ moments, zone, dueAt });
}

const withLine = (facts: Known['facts'], fact: LineFact, child: string | null): Known['facts'] =>
  child === null
    ? { ...facts, lines: [fact] }
    : {
        ...facts,
        children: facts.children.map((each) =>
          each.partner === child ? { ...each, lines: [fact] } : each,
        ),
      };

/** Its own steps, what was posted for it below, and decisions that came after it was paid and govern it nevertheless. */
function momentsOf({ decisions, postedAt }: Known, { fact, child }: KnownLine): readonly Instant[] {
  const { steps } = fact;
  const [first] = steps;
  if (first === undefined) return [];
  const moments = steps.map(({ at }) => at);
  const paidAts = new Set(steps.map(({ value }) => value.paidAt));
  for (const { at, from } of decisions)
    if (at > first.at && [...paidAts].some((paidAt) => from <= paidAt)) moments.push(at);
  for (const at of postedAt.get(lineGroupOf(fact, child)) ?? [])
    if (at > first.at) moments.push(at);
  return moments;
}

const WHOLE = new WeakMap<
  object,
  { readonly known: Known; readonly worths: ReadonlyMap<string, WorthOfGroup> }
>();

/** All lines of a window in which they have a say in one another, by group. */
export function worthOfAll(
  state: Earnings,
  known: Known,
  books: Books,
): ReadonlyMap<string, WorthOfGroup> {
  const cached = WHOLE.get(state.knowledge);
  if (cached?.known === known) return cached.worths;
  const facts = wholeFacts(state, known);
  const moments = new Set<Instant>();
  for (const [, line] of state.lines.entries())
    for (const moment of momentsOf(known, line)) moments.add(moment);
  // A later version may say how a running total is rounded or limited, and a measure may reach a threshold.
  for (const { at } of known.decisions) moments.add(at);
  const all = byMonth({ moments: [...moments], zone: books.zone, dueAt: (t) => due(facts, t) });
  const worths = new Map<string, Map<string, Worth>>();
  for (const [text, worth] of all) {
    const group = groupOf(worth.key);
    const of = worths.get(group);
    if (of) of.set(text, worth);
    else worths.set(group, new Map([[text, worth]]));
  }
  WHOLE.set(state.knowledge, { known, worths });
  return worths;
}
