import { SUMS } from './accounts.projection';

const inAccount = (row: string): string =>
  `${row}.tenant = a.tenant and ${row}.partner = a.partner and ${row}.entity = a.entity and ${row}.asset = a.asset`;

/**
 * Accounts as they were up to a position. Of those that have not changed since nothing has to be looked up; of the others, what moved
 * since is taken back, and what had been told by then is read. So an answer costs as much as one about now, and a look at what has moved
 * since in each account that it shows.
 */
export const accountThen = (position: string): string => `(
  select a.tenant, a.partner, a.entity, a.asset, ${SUMS.map((sum) => `a.${sum} - m.${sum} as ${sum}`).join(', ')},
    t.statuses, t.declined, t.demanded, t.pay_by
  from account a
    cross join lateral (
      select ${SUMS.map((sum) => `coalesce(sum(m.${sum}), 0) as ${sum}`).join(', ')}
      from account_move m where a.last_position > ${position} and ${inAccount('m')} and m.position > ${position}) m
    cross join lateral (
      select a.statuses, a.declined, a.demanded, a.pay_by where a.last_position <= ${position}
      union all
      select s.said -> 'statuses', s.said -> 'declined', (s.said #>> '{demanded,amount}')::bigint,
        (s.said #>> '{demanded,payBy}')::timestamptz
      from (
        select coalesce(jsonb_object_agg(o.name, o.value order by o.position), '{}') as said
        from account_told o where ${inAccount('o')} and o.position <= ${position}) s
      where a.last_position > ${position}) t
  where a.opened_position <= ${position})`;

/**
 * What each line of one account had, at an earlier position ($8): what had moved by then, less what payments had taken along. Under which
 * plan it was released is said by its release, or by what froze it before.
 */
export const OPEN_LINES_THEN = `(
  select l.line, case when m.is_taken then l.line_key end as line_key, l.programme, case when m.is_named then l.plan end as plan,
    case when m.is_named then l.window_key end as window_key, m.taken, m.amount - coalesce(h.gone, 0) as payable, m.disputed,
    h.reserved, m.frozen, l.since
  from (
      select line, sum(amount) as amount, sum(disputed) as disputed, sum(taken) as taken, bool_or(taken <> 0) as is_taken,
        bool_or(taken <> 0 or frozen is not null) as is_named,
        (array_agg(frozen order by position desc) filter (where frozen is not null))[1] as frozen
      from account_line_move where tenant = $1 and partner = $2 and entity = $3 and asset = $4 and position <= $8
      group by line) m
    join account_line l on l.tenant = $1 and l.partner = $2 and l.entity = $3 and l.asset = $4 and l.line = m.line
    left join (
      select i.line, sum(i.amount) as gone, sum(i.amount) filter (where coalesce(s.is_reserved, true)) as reserved
      from account_item a join account_item_line i using (tenant, item)
        left join lateral (
          select s.is_reserved from account_item_step s where s.tenant = a.tenant and s.item = a.item and s.position <= $8
          order by s.position desc limit 1) s on true
      where a.tenant = $1 and a.partner = $2 and a.entity = $3 and a.asset = $4 and i.position <= $8
      group by i.line) h on h.line = m.line)`;

/** The same as of now: what is reserved of a line is looked up item by item. */
export const OPEN_LINES_NOW = `(
  select l.*, h.amount as reserved
  from account_line l left join lateral (
    select sum(i.amount) as amount from account_reservation a join account_item_line i using (tenant, item)
    where ${inAccount('l')} and i.line = l.line) h on true
  where l.tenant = $1 and l.partner = $2 and l.entity = $3 and l.asset = $4)`;
