import type { AccountDifference, ChangedLeg } from '../difference';
import { COLUMNS, type Row, csvLine, legRow, standingRow } from './rows';

/**
 * First each account as it stands at both points and what no leg accounts for, then leg by leg what lies between: what the second
 * point no longer shows stands on the other side, so that both sides of a column add up.
 */
export async function* differenceCsv(
  accounts: readonly AccountDifference[],
  legs: AsyncIterable<ChangedLeg>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(COLUMNS);
  for (const account of accounts)
    for (const kind of ['from', 'effect', 'to', 'remainder'] as const)
      yield lineOf(standingRow(kind, '', account.entity, { ...account, balance: account[kind] }));
  for await (const { change, debit, credit, ...leg } of legs) {
    const sides = change === 'added' ? { debit, credit } : { debit: credit, credit: debit };
    yield lineOf({ ...legRow({ ...leg, ...sides }, 'UTC'), kind: change });
  }
}

const lineOf = (row: Row): string => csvLine(COLUMNS.map((name) => row[name] ?? ''));
