import type { Instant } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { LineMove, Moved } from './events';
import { type Account, type Line, type Sums, plus } from './state';
import type { ReservedLine } from './terms';

export const negative = (amount: string): string => String(-BigInt(amount));

export function withSums(state: Account, changes: Partial<Sums>): Account {
  const sums: Record<keyof Sums, string> = { ...state.sums };
  for (const [name, change] of Object.entries(changes) as [keyof Sums, string][])
    sums[name] = plus(sums[name], change);
  return { ...state, sums };
}

type Named = Pick<Line, 'plan' | 'programme' | 'window'>;

export function withLine(
  state: Account,
  line: string,
  named: Named,
  at: Instant,
  change: (known: Line) => Line,
): Account {
  const { programme, plan, window } = named;
  const opened: Line = {
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
  };
  const changed = change(state.lines.get(line) ?? opened);
  return { ...state, lines: state.lines.set(line, changed) };
}

const isEmpty = ({ payable, disputed, frozen, disputes }: Line): boolean =>
  payable === '0' && disputed === '0' && frozen === '0' && disputes.length === 0;

const NAMELESS = { plan: null, window: null };

export function withMoves(state: Account, moved: Moved, at: Instant): Account {
  let next = state;
  let [payable, disputed] = [0n, 0n];
  for (const move of moved.lines) {
    next = withLine(next, move.line, { ...NAMELESS, ...move }, at, (known) => ({
      ...known,
      payable: plus(known.payable, move.payable),
      disputed: plus(known.disputed, move.disputed),
    }));
    payable += BigInt(move.payable ?? 0);
    disputed += BigInt(move.disputed ?? 0);
  }
  const sums = { payable: String(payable), disputed: String(disputed), owed: moved.owed };
  return withSums(forgetting(next, moved.lines), sums);
}

/** A line with nothing left, and nothing said about it. */
export function forgetting(state: Account, lines: readonly Pick<LineMove, 'line'>[]): Account {
  let open = state.lines;
  for (const { line } of lines) {
    const known = open.get(line);
    if (known !== undefined && isEmpty(known)) open = open.delete(line);
  }
  return { ...state, lines: open };
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
