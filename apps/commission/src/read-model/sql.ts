import { subscriptionOf } from '@tributary/feeds';
import { earned } from './earnings.projection';

/** In the statement that reads the rows, so that an answer never claims more than it shows. */
export const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(earned)}')`;

export const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of its own line and of the whole window. */
export const holdsOf = (line: string): string => `(
  select coalesce(jsonb_agg(h order by h ->> 'from', h ->> 'id'), '[]') from commission_hold c, jsonb_array_elements(c.holds) h
  where c.tenant = ${line}.tenant and c.stream = ${line}.stream and c.group_name in ('', ${line}.group_name))`;

/** The same, as it had been told up to a position: of each, what was told last. */
export const holdsOfThen = (line: string, position: string): string => `(
  select coalesce(jsonb_agg(h order by h ->> 'from', h ->> 'id'), '[]')
  from (values (''), (${line}.group_name)) g (name), lateral (
      select c.holds from commission_hold_told c
      where c.tenant = ${line}.tenant and c.stream = ${line}.stream and c.group_name = g.name and c.position <= ${position}
      order by c.position desc limit 1) told, jsonb_array_elements(told.holds) h)`;
