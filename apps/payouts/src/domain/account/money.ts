import type { BalancedEntry, Leg } from '@tributary/kernel';
import type { LineMove, Moved } from './events';
import { type Account, type Line, least } from './state';
import type { OfAccount, ReservedLine } from './terms';

export const RELEASED = 'Liabilities:Commission:Released';
export const PAYABLE = 'Liabilities:Commission:Payable';
export const DISPUTED = 'Liabilities:Commission:Disputed';
export const IN_TRANSIT = 'Liabilities:InTransit';
export const WITHHOLDING = 'Liabilities:Tax:Withholding';
/** Declared as paid to the tax authority, and not on a bank statement yet. */
export const TAX_IN_TRANSIT = 'Liabilities:Tax:InTransit';
export const TAX_RECOVERABLE = 'Assets:TaxRecoverable';
export const RECEIVABLE = 'Assets:ClawbackReceivable';
export const ALLOWANCE = 'Assets:ClawbackReceivable:Allowance';
export const CASH = 'Assets:Cash';
export const PAYOUT_FEES = 'Expenses:PayoutFees';
export const BAD_DEBT = 'Expenses:BadDebt';
export const ADJUSTMENTS = 'Expenses:Commission:Adjustments';

/** Money that is no line's, but the whole account's or item's. */
export const OF_ALL = '-';

interface Part {
  readonly line: string;
  readonly programme: string;
  readonly amount: string;
}

/** Whatever comes to a partner first pays what the partner owes; the parts pay it in their order. */
export function credited({ sums }: Account, parts: readonly Part[]): Moved {
  const owed = BigInt(sums.owed);
  let left = owed;
  const lines: LineMove[] = [];
  for (const { line, programme, amount } of parts) {
    const repaid = least(left, BigInt(amount));
    left -= repaid;
    const rest = BigInt(amount) - repaid;
    if (rest > 0n) lines.push({ line, programme, payable: String(rest) });
  }
  return { lines, owed: String(left - owed) };
}

/**
 * What a partner has to give is taken from what is set aside of those lines, then from what is payable: of those lines first, then of
 * the others, the largest first, so that few of them are touched. What is reserved or on its way never is, so the rest is owed.
 */
export function debited(account: Account, lines: readonly string[], amount: bigint): Moved {
  let left = amount;
  const moves = new Map<string, LineMove>();
  const take = (line: string, from: 'disputed' | 'payable') => {
    const known = account.lines.get(line);
    const part = least(left, BigInt(known?.[from] ?? 0));
    if (known === undefined || part === 0n) return;
    left -= part;
    const before = moves.get(line) ?? { line, programme: known.programme };
    moves.set(line, { ...before, [from]: String(-part) });
  };
  for (const line of lines) take(line, 'disputed');
  for (const line of lines) take(line, 'payable');
  if (left > 0n && BigInt(account.sums.payable) > 0n)
    for (const [line] of payableLines(account).toSorted(largestFirst)) {
      if (left === 0n) break;
      if (!lines.includes(line)) take(line, 'payable');
    }
  return { lines: [...moves.values()], owed: String(left) };
}

const largestFirst = ([, a]: readonly [string, Line], [, b]: readonly [string, Line]): number => {
  const [left, right] = [BigInt(a.payable), BigInt(b.payable)];
  return left === right ? 0 : left > right ? -1 : 1;
};

/** The oldest first, so that what waits longest is paid. */
export const payableLines = ({ lines }: Account): readonly (readonly [string, Line])[] =>
  lines
    .entries()
    .filter(([, { payable }]) => payable !== '0')
    .sort(([, a], [, b]) => (a.since === b.since ? 0 : a.since < b.since ? -1 : 1));

/** What is set aside of a line changes; what is given back pays what is owed, as everything does. */
export function setAside(account: Account, line: string, known: Line, change: bigint): Moved {
  const { programme } = known;
  if (change >= 0n) {
    const moves = [{ line, programme, payable: String(-change), disputed: String(change) }];
    return { lines: change === 0n ? [] : moves, owed: '0' };
  }
  const { lines, owed } = credited(account, [{ line, programme, amount: String(-change) }]);
  return {
    lines: [{ line, programme, ...lines[0], disputed: String(change) }],
    owed,
  };
}

export const isMoved = ({ lines, owed }: Moved): boolean => lines.length > 0 || owed !== '0';

/** A leg whose amount is signed: a debit where it is positive. */
export interface Side {
  readonly account: string;
  readonly programme: string;
  readonly debit: bigint;
  readonly plan?: string;
  readonly bank?: string;
}

/** On the other side of what moved. */
export const across = (
  account: string,
  debit: bigint,
  more: Pick<Side, 'bank' | 'plan'> & { readonly programme?: string } = {},
): Side => ({ account, programme: OF_ALL, debit, ...more });

/** The legs of what moved on the lines and of what is owed, with those on the other side; one for each account and programme. */
export function entryOf(
  of: OfAccount,
  moved: Pick<Moved, 'lines' | 'owed'>,
  others: readonly Side[],
): BalancedEntry {
  const sides: Side[] = [
    ...others,
    across(RECEIVABLE, BigInt(moved.owed)),
    ...moved.lines.flatMap(({ programme, payable = '0', disputed = '0' }) => [
      { account: DISPUTED, programme, debit: -BigInt(disputed) },
      { account: PAYABLE, programme, debit: -BigInt(payable) },
    ]),
  ];
  const sums = new Map<string, { readonly side: Side; debit: bigint }>();
  for (const side of sides) {
    const { account, programme, plan = '', bank = '', debit } = side;
    const key = `${account} ${programme} ${plan} ${bank}`;
    const sum = sums.get(key);
    if (sum) sum.debit += debit;
    else sums.set(key, { side, debit });
  }
  const legs: Leg[] = [];
  for (const { side, debit } of sums.values()) if (debit > 0n) legs.push(legOf(of, side, debit));
  for (const { side, debit } of sums.values()) if (debit < 0n) legs.push(legOf(of, side, debit));
  return { legs };
}

function legOf(
  { partner, entity, asset }: OfAccount,
  { account, programme, plan, bank }: Side,
  debit: bigint,
): Leg {
  const dimensions = {
    entity,
    programme,
    partner,
    ...(plan === undefined ? {} : { plan }),
    ...(bank === undefined ? {} : { bank }),
  };
  const side = debit > 0n ? 'debit' : 'credit';
  return { account, side, amount: String(debit > 0n ? debit : -debit), asset, dimensions };
}

/** What an item holds is a part of Payable: on its way there or back it has legs by programme. */
export const heldSides = (lines: readonly ReservedLine[], sign: 1n | -1n): readonly Side[] =>
  lines.map(({ programme, amount }) => ({
    account: PAYABLE,
    programme,
    debit: sign * BigInt(amount),
  }));
