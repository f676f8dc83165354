import type { BalancedEntry, Leg } from '@tributary/kernel';
import { TAX_IN_TRANSIT } from '../account/money';
import { type BankLine, signedOf } from './bank-line';
import type { BookedKind, OfRail } from './match-events';

/** What stands against the money, by why it moved. */
const AGAINST: Readonly<Record<BookedKind, string>> = {
  correction: 'Assets:BankErrors',
  fee: 'Expenses:PayoutFees',
  funding: 'Equity:Funding',
  outside: 'Equity:OutsidePayments',
  tax: TAX_IN_TRANSIT,
};

/** Debits and credits each by themselves, so that what the bank gives back does not hide what it took. */
export function entryOfBooked(
  { rail, entity, asset }: OfRail,
  kind: BookedKind,
  lines: readonly Pick<BankLine, 'amount' | 'side'>[],
  { isUndone }: { readonly isUndone: boolean },
): BalancedEntry {
  let [out, back] = [0n, 0n];
  for (const line of lines) {
    const signed = isUndone ? -signedOf(line) : signedOf(line);
    if (signed < 0n) out -= signed;
    else back += signed;
  }
  const dimensions = { entity, programme: '-' };
  const leg = (account: string, side: Leg['side'], amount: bigint, bank: boolean): Leg => ({
    account,
    side,
    amount: String(amount),
    asset,
    dimensions: bank ? { ...dimensions, bank: rail } : dimensions,
  });
  const against = AGAINST[kind];
  const legs: Leg[] = [];
  if (out > 0n)
    legs.push(leg(against, 'debit', out, false), leg('Assets:Cash', 'credit', out, true));
  if (back > 0n)
    legs.push(leg('Assets:Cash', 'debit', back, true), leg(against, 'credit', back, false));
  return { legs };
}
