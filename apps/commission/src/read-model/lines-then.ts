import { POSITION, holdsOf, holdsOfThen, utc } from './sql';

/** Where lines are read. What belongs to a line names it as `l`. */
interface Source {
  readonly lines: string;
  /** The same, where all of them are needed and not a page. */
  readonly whole: string;
  readonly months: string;
  readonly heldUntil: string;
  readonly isBehind: string;
  readonly holds: string;
}

const MONTH = `json_build_object('month', m.month, 'amount', m.amount::text)`;
const UNTIL = `json_build_object('until', ${utc('p.until')}, 'amount', p.amount::text)`;

export const LINES_NOW: Source = {
  lines: 'commission_line',
  whole: 'commission_line',
  months: `commission_month m where m.tenant = l.tenant and m.line_id = l.line_id and m.amount <> 0`,
  heldUntil: `held_part p where p.tenant = l.tenant and p.line_id = l.line_id and p.amount <> 0`,
  isBehind: `exists (select 1 from earnings_window w where w.tenant = l.tenant and w.stream = l.stream and w.behind)`,
  holds: holdsOf('l'),
};

/** Of whom a line is: that never changes. */
const NAMED = `($2::text is null or l.partner = $2) and ($3::text is null or l.plan = $3) and ($4::text is null or l.window_key = $4)`;

const FIXED = 'l.stream, l.group_name, l.partner, l.plan, l.window_key, l.line_key';

/** Of the events of a line (`e`) and what they have moved (`m`): what that comes to, and where the last ones stand that say the rest. */
const SUMS = `coalesce(sum(m.posted), 0) as posted, max(e.position) filter (where m.month is not null) as booked_at,
  max(e.position) filter (where e.asset is not null) as asset_at`;

/** What the last ones say: the last posting in whose books a line stands and under which version, the last of all its asset. */
const SAYING = `left join commission_trail a on a.position = s.asset_at
    left join commission_trail v on v.position = s.booked_at
    left join commission_move b on b.position = s.booked_at`;
const SAID = 'a.asset, v.version, b.programme, b.entity, s.posted';
const AS_IS = 'l.asset, l.version, l.programme, l.entity, l.posted, l.held, l.frozen';

/**
 * The lines as they were known up to a position. A page is read in the order of what was said of them: whatever was said last of a line
 * by then shows where it stood, and if the line has changed since, what it had moved is summed up for it alone. So a page costs about a
 * page, wherever it begins. Where all lines are needed, those that have changed since are summed up at once.
 */
export function linesThen(position: string): Source {
  const ofLine = `e.tenant = l.tenant and e.line_id = l.line_id and e.position <= ${position}`;
  const moved = `commission_trail e join commission_move m using (position) where ${ofLine}`;
  const held = `commission_trail e join held_move h using (position) where ${ofLine}`;
  const asked = `l.tenant = $1 and l.last_position > ${position} and ${NAMED} and e.position <= ${position}`;
  const frozen = `(select f.frozen from commission_frozen_told f where f.tenant = l.tenant and f.line_id = l.line_id
      and f.position <= ${position} order by f.position desc limit 1)`;
  return {
    lines: `(
  select t.tenant, t.line_id, ${FIXED}, t.paid_at, t.reason, s.*, s.posted - s.held as released
  from commission_trail t join commission_line l on l.tenant = t.tenant and l.line_id = t.line_id
    cross join lateral (
      select ${AS_IS} where l.last_position <= ${position}
      union all
      select ${SAID}, (select coalesce(sum(h.amount), 0) from ${held}) as held, ${frozen} as frozen
      from (select ${SUMS} from commission_trail e left join commission_move m using (position) where ${ofLine}) s
        ${SAYING}
      where l.last_position > ${position}) s
  where t.paid_at is not null and t.position <= ${position} and not exists (
    select 1 from commission_trail later where later.tenant = t.tenant and later.line_id = t.line_id
      and later.paid_at is not null and later.position > t.position and later.position <= ${position}))`,
    whole: `(
  select l.tenant, l.line_id, ${FIXED}, l.paid_at, l.reason, ${AS_IS}, l.posted - l.held as released
  from commission_line l where l.last_position <= ${position}
  union all
  select l.tenant, l.line_id, ${FIXED}, t.paid_at, t.reason, ${SAID}, s.held, ${frozen}, s.posted - s.held
  from (
      select e.line_id, coalesce(sum(e.posted), 0) as posted, coalesce(sum(e.held), 0) as held,
        max(e.told_at) as told_at, max(e.booked_at) as booked_at, max(e.asset_at) as asset_at
      from (
        select e.line_id, m.posted, null::bigint as held, case when e.paid_at is not null then e.position end as told_at,
          case when m.month is not null then e.position end as booked_at, case when e.asset is not null then e.position end as asset_at
        from commission_line l join commission_trail e using (tenant, line_id) left join commission_move m using (position) where ${asked}
        union all
        select e.line_id, null, e.amount, null, null, null
        from commission_line l join held_move e using (tenant, line_id) where ${asked}) e
      group by e.line_id) s
    join commission_line l on l.tenant = $1 and l.line_id = s.line_id
    join commission_trail t on t.position = s.told_at
    ${SAYING})`,
    months: `(select m.month, sum(m.posted) as amount from ${moved} and m.month is not null group by m.month) m where m.amount <> 0`,
    heldUntil: `(select h.until, sum(h.amount) as amount from ${held} group by h.until) p where p.amount <> 0`,
    isBehind: `coalesce((select w.behind from earnings_window_told w where w.tenant = l.tenant and w.stream = l.stream
      and w.position <= ${position} order by w.position desc limit 1), false)`,
    holds: holdsOfThen('l', position),
  };
}

/** `LINES_NOW`, or those of then. */
export function linesIn({ lines, whole, months, heldUntil, isBehind, holds }: Source): string {
  // A reason that was taken back, under a name that nothing was ever posted for, is no line.
  const asked = `l.tenant = $1 and (l.reason is not null or l.entity is not null) and ${NAMED}
    and ($5::text is null or l.reason = $5) and ($6::text is null or exists (select 1 from ${months} and m.month = $6))
    and case $7::text when 'held' then l.held <> 0 when 'released' then l.released <> 0
      when 'frozen' then coalesce(l.frozen, 0) <> 0 when 'nothing' then l.posted = 0 else true end`;
  return `
select ${POSITION} as position, (select coalesce(json_agg(r order by r.paid_at, r.line), '[]') from (
  select l.paid_at, l.line_id as line, l.partner, l.plan, l.window_key as window, l.line_key as key,
    l.programme, l.entity, l.asset, ${utc('l.paid_at')} as "paidAt", l.posted::text, l.held::text, l.released::text,
    coalesce(l.frozen, 0)::text as frozen, l.reason, l.version,
    case when ${isBehind} then null else l.posted::text end as due,
    (select coalesce(json_agg(${MONTH} order by m.month), '[]') from ${months}) as months,
    (select coalesce(json_agg(${UNTIL} order by p.until), '[]') from ${heldUntil}) as "heldUntil",
    ${holds} as holds
  from ${lines} l where ${asked} and (l.paid_at, l.line_id) > ($8::timestamptz, $9)
  order by l.paid_at, l.line_id limit $10) r) as items,
  case when $11 then (select coalesce(json_agg(t order by t.entity, t.asset), '[]') from (
    select l.entity, l.asset, count(*)::int as lines, sum(l.posted)::text as posted, sum(l.held)::text as held,
      sum(l.released)::text as released
    from ${whole} l where ${asked} and l.entity is not null group by l.entity, l.asset) t) end as totals`;
}
