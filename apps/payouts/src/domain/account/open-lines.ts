import type { Instant, PersistentMap } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { LineMove, Moved } from './events';
import { type Account, type Line, type Sums, plus } from './state';
import type { ReservedLine } from './terms';

export const negative = (amount: string): string => String(-BigInt(amount));

export function withSums(state: Account, changes: Partial<Sums>): Account {
  return { ...state, sums: sumsWith(state.sums, changes) };
}

function sumsWith(before: Sums, changes: Partial<Sums>): Sums {
  const sums: Record<keyof Sums, string> = { ...before };
  // Looked up by name: there are several for each event of each account.
  for (const name in changes) {
    const change = changes[name as keyof Sums];
    if (change !== '0') sums[name as keyof Sums] = plus(sums[name as keyof Sums], change);
  }
  return sums;
}

type Named = Pick<Line, 'plan' | 'programme' | 'window'>;

export function withLine(
  state: Account,
  line: string,
  named: Named,
  at: Instant,
  change: (known: Line) => Line,
): Account {
  const changed = change(state.lines.get(line) ?? opened(named, at));
  return { ...state, lines: state.lines.set(line, changed) };
}

const opened = ({ programme, plan, window }: Named, at: Instant): Line => ({
  programme,
  plan,
  window,
  payable: '0',
  disputed: '0',
  frozen: '0',
  taken: '0',
  since: at,
  disputes: [],
  replaces: null,
});

const isEmpty = ({ payable, disputed, frozen, disputes }: Line): boolean =>
  payable === '0' && disputed === '0' && frozen === '0' && disputes.length === 0;

/** All lines at once: the account itself is copied only for what comes of them. */
export function withMoves(state: Account, moved: Moved, at: Instant): Account {
  let { lines } = state;
  let [payable, disputed] = [0n, 0n];
  for (const move of moved.lines) {
    const nameless = { programme: move.programme, plan: null, window: null };
    const known = lines.get(move.line) ?? opened(nameless, at);
    lines = lines.set(move.line, {
      ...known,
      payable: plus(known.payable, move.payable),
      disputed: plus(known.disputed, move.disputed),
    });
    payable += BigInt(move.payable ?? 0);
    disputed += BigInt(move.disputed ?? 0);
  }
  const changes = { payable: String(payable), disputed: String(disputed), owed: moved.owed };
  const sums = sumsWith(state.sums, changes);
  return { ...state, lines: withoutEmpty(lines, moved.lines), sums };
}

/** A line with nothing left, and nothing said about it. */
export function forgetting(state: Account, lines: readonly Pick<LineMove, 'line'>[]): Account {
  return { ...state, lines: withoutEmpty(state.lines, lines) };
}

function withoutEmpty(
  open: PersistentMap<Line>,
  lines: readonly Pick<LineMove, 'line'>[],
): PersistentMap<Line> {
  let left = open;
  for (const { line } of lines) {
    const known = left.get(line);
    if (known !== undefined && isEmpty(known)) left = left.delete(line);
  }
  return left;
}

/** What came back to a line knows the item that was to pay it. */
export function remembering(
  state: Account,
  lines: readonly ReservedLine[],
  replaces: (line: ReservedLine) => ItemId | null,
): Account {
  let open = state.lines;
  for (const each of lines) {
    const known = open.get(each.line);
    if (known !== undefined && known.payable !== '0')
      open = open.set(each.line, { ...known, replaces: replaces(each) });
  }
  return { ...state, lines: open };
}
