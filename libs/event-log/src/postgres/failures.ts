import { CodedError, hasCode, unavailable } from '@tributary/kernel';
import { sqlStateOf } from '@tributary/postgres';

/** 22 the data, 23 a constraint, 54 a limit of the server: the same data would fail again. */
const OF_THE_DATA = /^(?:22|23|54)...$/;

export const isOfTheData = (error: unknown): boolean => OF_THE_DATA.test(sqlStateOf(error) ?? '');

/** What the sender of the one append is told that the server would not take. */
export function refusedByServer(error: unknown): CodedError {
  const { message, constraint } = error as Error & { constraint?: string };
  if (constraint === 'event_id_key') {
    return new CodedError(
      'event_id_taken',
      'An event id of this append stands in the log already.',
      {},
      { cause: error },
    );
  }
  return new CodedError(
    'refused_by_store',
    `PostgreSQL refused the append: ${message}`,
    {},
    { cause: error },
  );
}

export const asUnavailable = (error: unknown): CodedError =>
  hasCode(error, 'unavailable') ? error : unavailable('The event log', error);
