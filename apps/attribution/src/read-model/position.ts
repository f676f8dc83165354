import { type Projection, subscriptionOf } from '@tributary/feeds';

/**
 * How far the rows of these projections stand, the one furthest behind counting. It belongs into the statement that reads the rows, so
 * that an answer never claims more than it shows.
 */
export const positionSql = (...projections: readonly Projection[]): string =>
  `(select coalesce(min(position), 0) from subscription where name in (${projections
    .map((projection) => `'${subscriptionOf(projection)}'`)
    .join(', ')}))`;

/** A time as JSON writes it, so that columns and what stands in JSON are compared as one. */
export const instantSql = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
