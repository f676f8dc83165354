import { type Projection, subscriptionOf } from '@tributary/feeds';

/** In the statement that reads the rows, so that an answer never claims more than it shows. */
export const positionOf = (projection: Projection): string =>
  `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(projection)}')`;

export const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
