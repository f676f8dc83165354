import { subscriptionOf } from '@tributary/feeds';

/** How far a projection has come; in the statement that reads its rows, so that an answer never claims more than it shows. */
export const positionOf = (projection: {
  readonly name: string;
  readonly version: number;
}): string =>
  `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(projection)}')`;

/** An instant as it is written everywhere else. */
export const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
