import { CodedError } from '@tributary/kernel';

import { book, plainLine } from './booking';
import { draftOf, sealed } from './draft';
import type { BankState } from './state';

/** Money that moves without a file: a deposit, or a payment that somebody made by hand. */
export interface Entry {
  readonly side: 'debit' | 'credit';
  readonly amountMinor: string;
  readonly text: string;
}

export function enter(state: BankState, { side, amountMinor, text }: Entry): BankState {
  if (!/^[1-9]\d{0,14}$/.test(amountMinor))
    throw new CodedError('invalid_amount', 'An amount is minor units from 1.');
  const draft = draftOf(state);
  if (side === 'debit' && draft.balance < BigInt(amountMinor))
    throw new CodedError('not_enough_money', 'There is less on the account.', {
      balanceMinor: String(draft.balance),
    });
  book(draft, plainLine(draft, side, amountMinor, text));
  return sealed(draft);
}
