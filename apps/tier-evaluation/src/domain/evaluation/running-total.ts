import type { Instant } from '@tributary/kernel';
import { BEGINNING } from '../rules/starter';
import type { Delta, Flips } from './flips';

/**
 * A total that changes over time, as a tree of its changes by time. One change more, and the question when the total is enough,
 * look at a few of them and not at all: each knows what those below it come to. Older versions stay usable. The tree has one
 * shape for one total, whatever the order in which its changes came. Null: it is always zero.
 */
export type RunningTotal = Change | null;

interface Change extends Delta {
  /** Whoever is higher stands above; random enough for the tree to be flat, and always the same. */
  readonly rank: number;
  readonly earlier: RunningTotal;
  readonly later: RunningTotal;
  /** What all changes from here down come to; the least and the most that they come to on the way there. */
  readonly sum: bigint;
  readonly least: bigint;
  readonly most: bigint;
}

/** Whoever adds the opposite takes a change back. */
export function withDelta(total: RunningTotal, { at, by }: Delta): RunningTotal {
  if (by === 0n) return total;
  if (total === null) return change({ at, by, rank: rankOf(at) }, null, null);
  const { earlier, later } = total;
  if (at === total.at) {
    const sum = total.by + by;
    return sum === 0n ? joined(earlier, later) : change({ ...total, by: sum }, earlier, later);
  }
  if (at < total.at) {
    const below = withDelta(earlier, { at, by });
    return below !== null && isAbove(below, total)
      ? change(below, below.earlier, change(total, below.later, later))
      : change(total, below, later);
  }
  const below = withDelta(later, { at, by });
  return below !== null && isAbove(below, total)
    ? change(below, change(total, earlier, below.earlier), below.later)
    : change(total, earlier, below);
}

/** When the total is enough. Where nothing flips, nobody looks. */
export function flipsOfRunning(total: RunningTotal, least: bigint): Flips {
  const flips: Instant[] = least <= 0n ? [BEGINNING] : [];
  const walk = (from: RunningTotal, before: bigint): void => {
    if (from === null) return;
    const holds = flips.length % 2 === 1;
    if (holds ? before + from.least >= least : before + from.most < least) return;
    walk(from.earlier, before);
    const now = before + sumOf(from.earlier) + from.by;
    if (now >= least !== (flips.length % 2 === 1)) flips.push(from.at);
    walk(from.later, now);
  };
  walk(total, 0n);
  return flips;
}

/** What it came to before a time. */
export function totalBefore(total: RunningTotal, t: Instant): bigint {
  let sum = 0n;
  let here = total;
  while (here !== null) {
    if (here.at >= t) here = here.earlier;
    else {
      sum += sumOf(here.earlier) + here.by;
      here = here.later;
    }
  }
  return sum;
}

const sumOf = (total: RunningTotal): bigint => total?.sum ?? 0n;

function change(
  { at, by, rank }: Pick<Change, 'at' | 'by' | 'rank'>,
  earlier: RunningTotal,
  later: RunningTotal,
): Change {
  const here = sumOf(earlier) + by;
  const [least, most] = [here + min(0n, later?.least), here + max(0n, later?.most)];
  return {
    at,
    by,
    rank,
    earlier,
    later,
    sum: here + sumOf(later),
    least: min(least, earlier?.least),
    most: max(most, earlier?.most),
  };
}

const min = (a: bigint, b: bigint | undefined): bigint => (b !== undefined && b < a ? b : a);
const max = (a: bigint, b: bigint | undefined): bigint => (b !== undefined && b > a ? b : a);

function joined(earlier: RunningTotal, later: RunningTotal): RunningTotal {
  if (earlier === null) return later;
  if (later === null) return earlier;
  return isAbove(earlier, later)
    ? change(earlier, earlier.earlier, joined(earlier.later, later))
    : change(later, joined(earlier, later.earlier), later.later);
}

const isAbove = (a: Change, b: Change): boolean =>
  a.rank === b.rank ? a.at < b.at : a.rank > b.rank;

/** Neighbours in time differ in their last digits, so every digit has to stir all bits (FNV-1a, and a final mix). */
function rankOf(at: Instant): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < at.length; i++) hash = Math.imul(hash ^ at.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
