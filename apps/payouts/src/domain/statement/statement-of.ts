import { type Asset, type Day, type Period, dayOf } from '@tributary/kernel';
import {
  MOVEMENT_KINDS,
  type Movement,
  type MovementAbout,
  type MovementKind,
  NOTHING_STANDS,
  type Standing,
  balanceOf,
  moved,
} from './movement';

/** Where the statement before has ended, on both clocks: what it has told is never told again. */
export interface CarriedOn {
  readonly statement: string;
  /** The end of its month: what happened later was left to the next one. */
  readonly until: string;
  /** The last event of the account that it knew of. */
  readonly through: number;
  /** The first event of the account that it may have left to the next one. */
  readonly unread: number;
  readonly standing: Standing;
}

export interface StatementLine {
  readonly day: Day;
  readonly kind: MovementKind;
  /** Signed minor units: what is added to, or taken from, what we owe. */
  readonly amount: string;
  /** It happened in a month whose statement had been issued before we knew of it. */
  readonly late: boolean;
  readonly about: MovementAbout;
}

/** What was moved, by kind, in signed minor units. */
export type Totals = Readonly<Record<MovementKind, string>>;

export interface StatementFigures {
  readonly opening: string;
  readonly totals: Totals;
  readonly closing: string;
  /** The closing, by where it stands. */
  readonly standing: Standing;
  readonly lines: readonly StatementLine[];
  /** Where the next one reads on. */
  readonly unread: number;
}

interface Asked {
  readonly asset: Asset;
  readonly period: Period;
  /** The last event of the account that it may know of. */
  readonly through: number;
  readonly before: CarriedOn | null;
}

/**
 * A month of an account: everything that happened before the month ended, was known by `through`, and stands in no statement
 * before. So what becomes known late stands in the next one, and what happened after the month, in its own.
 */
export function statementOf(
  movements: readonly Movement[],
  { asset, period, through, before }: Asked,
): StatementFigures {
  const known = movements.filter(({ revision }) => revision <= through);
  const isTold = ({ revision, at }: Movement): boolean =>
    before !== null && revision <= before.through && at < before.until;
  const told = known.filter((movement) => movement.at < period.until && !isTold(movement));
  let standing = before?.standing ?? NOTHING_STANDS;
  const opening = balanceOf(standing);
  const sums = new Map<MovementKind, bigint>(MOVEMENT_KINDS.map((kind) => [kind, 0n]));
  const lines: Ordered[] = [];
  for (const movement of told) {
    const effect = moved(standing, movement.entry, asset);
    if (effect === null) continue;
    standing = effect.standing;
    for (const part of partsOf(movement, effect)) {
      sums.set(part.kind, (sums.get(part.kind) ?? 0n) + part.amount);
      lines.push({ movement, line: lineOf(movement, part, period) });
    }
  }
  // One by one: as many as an account may have are no arguments of a call.
  const unread = known.reduce(
    (least, { at, revision }) => (at >= period.until && revision < least ? revision : least),
    through + 1,
  );
  return {
    opening: String(opening),
    totals: totalsOf(sums),
    closing: String(balanceOf(standing)),
    standing,
    lines: lines.sort(byDay).map(({ line }) => line),
    unread,
  };
}

/** Whether opening and movements make the closing: what a statement is refused without. */
export function closes({ opening, totals, closing }: StatementFiguresInBrief): boolean {
  const sum = MOVEMENT_KINDS.reduce((so, kind) => so + BigInt(totals[kind]), BigInt(opening));
  return sum === BigInt(closing);
}

type StatementFiguresInBrief = Pick<StatementFigures, 'closing' | 'opening' | 'totals'>;

interface Part {
  readonly kind: MovementKind;
  readonly amount: bigint;
  readonly about: MovementAbout;
}

/** What an entry withholds stands apart from what it pays. */
function partsOf(
  { kind, about, taxAbout }: Movement,
  { amount, tax }: { readonly amount: bigint; readonly tax: bigint },
): readonly Part[] {
  const parts: Part[] = [
    { kind: 'tax', amount: tax, about: taxAbout ?? about },
    { kind, amount: amount - tax, about },
  ];
  return parts.filter((part) => part.amount !== 0n);
}

function lineOf(movement: Movement, { kind, amount, about }: Part, period: Period): StatementLine {
  const day = dayOf(movement.at, period.zone);
  return { day, kind, amount: String(amount), late: movement.at < period.from, about };
}

interface Ordered {
  readonly movement: Movement;
  readonly line: StatementLine;
}

/** A bank tells the day alone, so within a day the order is that in which we came to know. */
function byDay(a: Ordered, b: Ordered): number {
  if (a.line.day !== b.line.day) return a.line.day < b.line.day ? -1 : 1;
  return a.movement.revision - b.movement.revision;
}

const totalsOf = (sums: ReadonlyMap<MovementKind, bigint>): Totals =>
  Object.fromEntries(
    MOVEMENT_KINDS.map((kind) => [kind, String(sums.get(kind) ?? 0n)]),
  ) as unknown as Totals;
