import { CodedError, type Day } from '@tributary/kernel';

import { asDay } from '../days';
import type { BankState } from '../state';
import { camt053 } from './camt053';
import { bankDays } from './daily';
import { ofx } from './ofx';

export const STATEMENT_FORMATS = ['camt053', 'ofx'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

/** The account's closed days from one to another. The same days have the same bytes whenever they are asked for. */
export function statement(
  state: BankState,
  from: Day,
  until: Day,
  format: StatementFormat,
): Uint8Array {
  const days = bankDays(state, from, until);
  if (days.length === 0)
    throw new CodedError('no_statement', 'The scenario leaves out every one of these days.');
  switch (format) {
    case 'camt053':
      return camt053(state, days);
    case 'ofx':
      return ofx(state, days, asDay(until));
  }
}
