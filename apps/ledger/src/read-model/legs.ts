import { type Day, type Instant, endOfDay, startOfDay } from '@tributary/kernel';
import type { Parameters } from './sql';
import type { Standpoint } from './standpoints';

/** Which legs are asked for; an account also stands for those below it. */
export interface LegFilter {
  readonly entity?: string | undefined;
  readonly account?: string | undefined;
  readonly asset?: string | undefined;
  readonly partner?: string | undefined;
  readonly programme?: string | undefined;
  readonly plan?: string | undefined;
  readonly country?: string | undefined;
  readonly bank?: string | undefined;
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  /** Happened on this day or later. */
  readonly from?: Day | undefined;
  /** Happened before this day. */
  readonly before?: Day | undefined;
  /** Belong to this month or an earlier one. */
  readonly period?: string | undefined;
  /** The event as well, and the month that each leg belongs to, which costs more. */
  readonly dated?: boolean;
}

const EQUAL = ['entity', 'asset', 'partner', 'programme', 'plan', 'country', 'bank'] as const;

export const needsEvents = ({ dated: asked, period, stream, type }: LegFilter): boolean =>
  asked === true || [period, stream, type].some((value) => value !== undefined);

/** A subquery of the legs that show at a standpoint. */
export function legsOf(standpoint: Standpoint, filter: LegFilter, sql: Parameters): string {
  const conditions = conditionsOf(standpoint, filter, sql);
  const isDated = needsEvents(filter);
  if (filter.stream !== undefined) conditions.push(`e.stream = ${sql.bind(filter.stream)}`);
  if (filter.type !== undefined) conditions.push(`e.type = ${sql.bind(filter.type)}`);
  const columns = isDated ? `l.*, ${DATED}` : 'l.*';
  const legs = `select ${columns} from leg l ${booksOf(standpoint, filter, sql)}
    ${isDated ? datingOf(standpoint, sql) : ''} where ${conditions.join(' and ')}`;
  if (filter.period === undefined) return `(${legs})`;
  return `(select * from (${legs}) l where l.period <= ${sql.bind(filter.period)} collate "C")`;
}

/** What a leg has to be to be asked for, wherever the day stands that it happened on. */
export function conditionsOf(
  { tenant, position }: Pick<Standpoint, 'position' | 'tenant'>,
  filter: Pick<LegFilter, 'account' | (typeof EQUAL)[number]>,
  sql: Parameters,
): string[] {
  const conditions = [
    `l.tenant = ${sql.bind(tenant)}`,
    `l.position <= ${sql.bind(String(position), 'bigint')}`,
    ...EQUAL.flatMap((name) =>
      filter[name] === undefined ? [] : [`l.${name} = ${sql.bind(filter[name])}`],
    ),
  ];
  if (filter.account === undefined) return conditions;
  return [...conditions, below(filter.account, sql)];
}

/** An account, or one below it. */
export function below(name: string, sql: Parameters): string {
  const account = sql.bind(name);
  return `(l.account = ${account} or starts_with(l.account, ${account} || ':'))`;
}

/** Days are bounded by the zone of each entity; without a bound there is nothing to join. */
function booksOf(
  { books: all, effective }: Standpoint,
  { entity, from, before }: LegFilter,
  sql: Parameters,
): string {
  if (effective === null && from === undefined && before === undefined) return '';
  const books = entity === undefined ? all : all.filter((book) => book.entity === entity);
  const starts = books.map(({ zone }) =>
    from === undefined ? '-infinity' : startOfDay(from, zone),
  );
  const ends = books.map(({ zone }) => endFor({ effective, before }, zone) ?? 'infinity');
  const within = (start: string, end: string) =>
    `l.occurred_at >= ${start} and l.occurred_at < ${end}`;
  // Plain bounds can be looked up in an index, those of several books cannot.
  const [start, end] = [starts[0], ends[0]];
  if (books.length === 1 && entity !== undefined)
    return `join (select) b on ${within(sql.bind(start, 'timestamptz'), sql.bind(end, 'timestamptz'))}`;
  const names = books.map((book) => book.entity);
  return `join unnest(${sql.bind(names, 'text[]')}, ${sql.bind(starts, 'timestamptz[]')}, ${sql.bind(ends, 'timestamptz[]')})
    b(entity, starts, ends) on b.entity = l.entity and ${within('b.starts', 'b.ends')}`;
}

/** The first instant in this zone that no longer counts; undefined where no day bounds it. */
export function endFor(
  { effective, before }: Pick<LegFilter, 'before'> & Pick<Standpoint, 'effective'>,
  zone: string,
): Instant | undefined {
  const ends = [
    ...(effective === null ? [] : [endOfDay(effective, zone)]),
    ...(before === undefined ? [] : [startOfDay(before, zone)]),
  ];
  return ends.sort()[0];
}

/** These legs with their events and months. */
export const dated = (standpoint: Standpoint, legs: string, sql: Parameters): string =>
  `(select l.*, ${DATED} from ${legs} l ${datingOf(standpoint, sql)})`;

const DATED = `e.event_id, e.stream, e.type, e.kind, e.recorded_at, e.causation_id, e.correlation_id,
  greatest(m.key, case when m.key <= c.last then c.next end, case when m.key <= own.last then own.next end) as period,
  case when m.key <= c.last or m.key <= own.last then m.key end as earned_in`;

/**
 * The accounting period, derived from where the cuts stand in the log: the month of its time, unless that was cut before, and then
 * the earliest that was not. What takes a release in belongs to the period of that release, but never to a month that was closed
 * before it in the log, so that no order of arrival changes the figures of a closed month.
 */
function datingOf({ books }: Standpoint, sql: Parameters): string {
  const months = books.flatMap(({ entity, months: of }) =>
    of.map((month) => ({ entity, ...month })),
  );
  const closed = books.flatMap(({ entity, closed: of }) => of.map((step) => ({ entity, ...step })));
  const texts = <T>(rows: readonly T[], pick: (row: T) => string): string =>
    sql.bind(rows.map(pick), 'text[]');
  const steps = `unnest(${texts(closed, (c) => c.entity)}, ${texts(closed, (c) => c.kind)},
    ${texts(closed, (c) => String(c.after))}::bigint[], ${texts(closed, (c) => String(c.through))}::bigint[],
    ${texts(closed, (c) => c.last)}, ${texts(closed, (c) => c.next)})`;
  const step = '(entity, kind, after, through, last, next)';
  return `join entry e on e.position = l.position
    left join entry cause on cause.event_id = e.causation_id and cause.tenant = e.tenant
      and cause.kind = 'commission' and e.kind <> 'commission'
    join unnest(${texts(months, (m) => m.entity)}, ${texts(months, (m) => m.key)},
        ${texts(months, (m) => m.from)}::timestamptz[], ${texts(months, (m) => m.until)}::timestamptz[])
      m(entity, key, starts, ends) on m.entity = l.entity
      and coalesce(cause.occurred_at, l.occurred_at) >= m.starts and coalesce(cause.occurred_at, l.occurred_at) < m.ends
    left join ${steps} c${step} on c.entity = l.entity and c.kind = coalesce(cause.kind, e.kind)
      and coalesce(cause.position, l.position) > c.after and coalesce(cause.position, l.position) <= c.through
    left join ${steps} own${step} on cause.position is not null and own.entity = l.entity and own.kind = e.kind
      and l.position > own.after and l.position <= own.through`;
}
