import { CodedError } from '@tributary/kernel';

import { book, plainLine } from './booking';
import { draftOf, sealed } from './draft';
import type { BankState } from './state';

/** Money that moves without a file: a deposit, or a payment that somebody made by hand. */
export interface Entry {
  readonly side: 'debit' | 'credit';
  readonly amountMinor: string;
  readonly text: string;
  /** Of the document that was paid by hand, such as a DARF: statements carry it. */
  readonly reference?: string;
}

export function enter(state: BankState, entry: Entry): BankState {
  const { side, amountMinor, text, reference = null } = entry;
  if (!/^[1-9]\d{0,14}$/.test(amountMinor))
    throw new CodedError('invalid_amount', 'An amount is minor units from 1.');
  if (reference !== null && !/^[0-9A-Z][0-9A-Z ./-]{0,34}$/.test(reference))
    throw new CodedError('invalid_reference', 'A reference is up to 35 letters and digits.');
  const draft = draftOf(state);
  if (side === 'debit' && draft.balance < BigInt(amountMinor))
    throw new CodedError('not_enough_money', 'There is less on the account.', {
      balanceMinor: String(draft.balance),
    });
  book(draft, { ...plainLine(draft, side, amountMinor, text), item: reference });
  return sealed(draft);
}
