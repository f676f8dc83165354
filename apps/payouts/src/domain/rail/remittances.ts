import type { Day, Uuid } from '@tributary/kernel';
import type { Break, Candidate } from './break-events';
import { FIRST_OWNER } from './breaks';
import { plusBusinessDays } from './business-days';
import type { Rail, RailLine, RailRemittance } from './state';

export type Expected = readonly [id: Uuid, remittance: RailRemittance];

/** Of this amount, whether the bank has shown them or not; there are some dozen in a year. */
export const remittancesOf = ({ remittances }: Rail, amount: string): readonly Expected[] =>
  remittances.size === 0 ? [] : remittances.entries().filter(([, each]) => each.amount === amount);

/** What a person may choose from. */
export const remittancesLike = (state: Rail, line: RailLine): readonly Candidate[] =>
  line.side !== 'debit' ? [] : asCandidates(remittancesOf(state, line.amount));

export const asCandidates = (expected: readonly Expected[]): readonly Candidate[] =>
  expected
    .filter(([, { shownBy }]) => shownBy === null)
    .map(([remittance]) => ({ items: [], remittance, tier: 'T6' }));

const plainOf = (reference: string): string => reference.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');

/** The bank carries the number of the payment document, with whatever signs between. */
export function namesRemittance({ references }: RailLine, { reference }: RailRemittance): boolean {
  const wanted = plainOf(reference);
  // Signs alone name nothing, or any two of them would be the same document.
  if (wanted === '') return false;
  const { item, endToEnd, bank, fitid } = references;
  return [item, endToEnd, bank, fitid].some((each) => each !== null && plainOf(each) === wanted);
}

/** The last day on which the bank is to make it. */
const lastDayOf = ({ rules }: Rail, { paidOn }: RailRemittance): Day =>
  plusBusinessDays(paidOn, rules.settleDays.ted);

/** On the day on which it is said to have been paid, or as soon after as the bank makes it. */
export const isExpectedOn = (
  state: Rail,
  { bookedOn }: RailLine,
  expected: RailRemittance,
): boolean => expected.paidOn <= bookedOn && bookedOn <= lastDayOf(state, expected);

export const overdueId = (remittance: Uuid): string => `B01.${remittance}`;

/** Declared as paid, and no statement up to that day shows it. */
export const overdueRemittances = (state: Rail, asOf: Day): readonly Break[] =>
  state.remittances
    .entries()
    .filter(([, each]) => each.shownBy === null && asOf > lastDayOf(state, each))
    .map(([remittance, { paidOn, amount }]) => ({
      ...{ id: overdueId(remittance), type: 'B01', about: { remittance }, cause: 'overdue' },
      ...{ on: paidOn, amount, side: null, candidates: [], owner: FIRST_OWNER },
    }));
