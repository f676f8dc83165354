import { CodedError, type Day } from '@tributary/kernel';

import { asDay, daysBetween, shiftDay } from '../days';
import { balanceOf, type BankState, type LedgerLine, signed } from '../state';

/** One day of the account, closed. */
export interface BankDay {
  readonly day: Day;
  /** Days since the account was opened, from 1: a day that is missing shows. */
  readonly sequence: number;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly lines: readonly LedgerLine[];
}

/** The days from one to another, both included, without those that the scenario leaves out. Only a closed day has a statement. */
export function bankDays(state: BankState, from: Day, until: Day): BankDay[] {
  const last = shiftDay(state.day, -1);
  const [first, end] = [asDay(from), asDay(until)];
  if (first < state.openedOn || first > end || end > last)
    throw new CodedError(
      'no_such_days',
      `There are statements from ${state.openedOn} to ${last}; ${state.day} is not over yet.`,
      { from: state.openedOn, until: last },
    );
  const byDay = new Map<Day, LedgerLine[]>();
  for (const line of state.lines) {
    const booked = byDay.get(line.bookedOn);
    if (booked === undefined) byDay.set(line.bookedOn, [line]);
    else booked.push(line);
  }
  let openingMinor = balanceOf(state, shiftDay(first, -1));
  let sequence = daysBetween(state.openedOn, first).length;
  return daysBetween(first, end)
    .map((day) => {
      const lines = byDay.get(day) ?? [];
      const closingMinor = lines.reduce((balance, line) => balance + signed(line), openingMinor);
      const bankDay = { day, sequence, openingMinor, closingMinor, lines };
      openingMinor = closingMinor;
      sequence += 1;
      return bankDay;
    })
    .filter(({ day }) => !state.scenario.missingDays.includes(day));
}

/** What a statement shows of a line or of a part of one, under the scenario's word on references. */
export interface Shown {
  readonly item: string | null;
  readonly number: string | null;
  readonly endToEnd: string | null;
}

export function shown(
  { scenario }: BankState,
  { item, number, endToEnd }: { item: string | null; number: string; endToEnd: string | null },
): Shown {
  switch (scenario.references) {
    case 'item':
      return { item, number, endToEnd };
    case 'bank':
      return { item: null, number, endToEnd };
    case 'none':
      return { item: null, number: null, endToEnd: null };
  }
}

/** How statements name the account: branch, number and digit without a gap. */
export const accountText = ({ account }: BankState): string =>
  `${account.branch}${account.number}${account.digit}`;

/** Minor units as banks print them. */
export const decimal = (minor: bigint | string): string => {
  const value = BigInt(minor);
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
