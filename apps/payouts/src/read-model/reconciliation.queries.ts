import { Injectable } from '@nestjs/common';
import { type Day, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { type AgeBucket, ageBucketOf, businessDaysBetween } from '../domain/rail/business-days';
import { bankLines } from './bank-lines.projection';
import { paymentFiles } from './files.projection';
import { positionOf } from './reading';
import { reconciliationMoves } from './reconciliation.projection';

/** One day of one account. bankBalance = cash + lateBooked + breaks + remainder, and the remainder is zero. */
export interface ReconciledDay {
  readonly day: Day;
  /** As the last statement says that tells this day to its end; else what lines and opening balance make. */
  readonly bankBalance: string;
  readonly isTold: boolean;
  /** By our entries. */
  readonly cash: string;
  /** Matched, and not booked yet, or booked on another day. */
  readonly lateBooked: string;
  /** Lines that nothing explains. */
  readonly breaks: string;
  readonly remainder: string;
}

export interface Reconciliation {
  readonly position: bigint;
  readonly payingAccount: string;
  readonly entity: string;
  readonly asset: string;
  readonly items: readonly ReconciledDay[];
}

export interface InTransit {
  readonly item: string;
  readonly payingAccount: string;
  readonly file: number;
  readonly partner: string;
  readonly amount: string;
  readonly payOn: Day;
  readonly answer: string | null;
  readonly ageBusinessDays: number;
  readonly bucket: AgeBucket;
}

const STATE = `
  account as (select * from rail_opening where tenant = $1 and rail = $2),
  counted as (select i.line, min(s.position) as since from line_in i join statement_counted s using (tenant, rail, statement)
    where i.tenant = $1 and i.rail = $2 and i.position <= $3 and s.position <= $3 group by i.line),
  latest as (select distinct on (line) line, is_matched from line_matched
    where tenant = $1 and rail = $2 and position <= $3 order by line, position desc, n desc),
  cash as (select c.line, c.amount, (c.at at time zone a.zone)::date::text as day from cash_moved c, account a
    where c.tenant = $1 and c.rail = $2 and c.position <= $3),
  tied as (select line, sum(amount) as amount from cash where line is not null group by line),
  lines as (select c.line, c.day, c.amount, counted.since, coalesce(m.is_matched, false) as is_matched,
      coalesce(m.is_matched, false) and (coalesce(t.amount, 0) * c.amount < 0 or abs(coalesce(t.amount, 0)) > abs(c.amount)) as is_over
    from line_came c join counted using (line) left join latest m using (line) left join tied t using (line)
    where c.tenant = $1 and c.rail = $2 and c.position <= $3)`;

// A statement that was cut off within its last day, and came when more of that day was known, does not say what the day closed with.
const TOLD = `
  ends as (select s.position, bool_or(l.since = s.position) as has_new, bool_or(i.line is not null) as has_lines,
      bool_or(i.line is null) as lacks_known
    from statement_counted s join lines l on l.day = s.until_day and l.since <= s.position
    left join line_in i on (i.tenant, i.rail, i.statement, i.line) = (s.tenant, s.rail, s.statement, l.line)
    where s.tenant = $1 and s.rail = $2 and s.position <= $3 group by s.position),
  told as (select distinct on (until_day) until_day as day, closing from statement_counted left join ends using (position)
    where tenant = $1 and rail = $2 and position <= $3
      and (lacks_known is not true or has_new or (jump <> 0 and not has_lines))
    order by until_day, position desc)`;

// What is booked beyond its line is explained by nothing, so it is left to the remainder.
const MOVES = `
  moves as (
    select on_day as day, opening as bank, 0 as cash, 0 as late, 0 as open from account
    union all select from_day, jump, 0, 0, 0 from statement_counted where tenant = $1 and rail = $2 and position <= $3 and jump <> 0
    union all select day, amount, 0, case when is_matched and not is_over then amount else 0 end,
      case when is_matched then 0 else amount end from lines
    union all select day, 0, amount, 0, 0 from cash
    union all select c.day, 0, 0, -c.amount, 0 from cash c join lines l using (line) where not l.is_over),
  daily as (select day, sum(bank) as bank, sum(cash) as cash, sum(late) as late, sum(open) as open from moves group by day),
  running as (select day, sum(bank) over w as bank, sum(cash) over w as cash, sum(late) over w as late, sum(open) over w as open
    from daily window w as (order by day))`;

const DAYS = `with ${STATE}, ${MOVES}, ${TOLD}, named as (select day from running union select day from told)
select (select entity from account) as entity, (select asset from account) as asset,
  (select coalesce(json_agg(r order by r.day), '[]') from (
    select n.day, coalesce(t.closing, x.bank)::text as "bankBalance", t.day is not null as "isTold", x.cash::text,
      x.late::text as "lateBooked", x.open::text as breaks,
      (coalesce(t.closing, x.bank) - x.cash - x.late - x.open)::text as remainder
    from named n left join told t using (day)
    cross join lateral (select * from running where day <= n.day order by day desc limit 1) x
    where ($4::text is null or n.day >= $4) and ($5::text is null or n.day <= $5) order by n.day) r) as items`;

const POSITION = `select ${positionOf(reconciliationMoves)} as position`;

// Answers of the bank and lines of its statements come from two projections, so the answer stands at the earlier one.
const IN_TRANSIT = `select least(${positionOf(paymentFiles)}, ${positionOf(bankLines)}) as position,
  (select coalesce(sum(amount), 0)::text from open) as total, (select count(*)::int from open) as count,
  (select coalesce(json_agg(r order by r."payOn", r.item), '[]') from (
    select item, rail as "payingAccount", sequence as file, partner, amount::text, pay_on as "payOn", answer
    from open where (pay_on, item) > ($3, $4) order by pay_on, item limit $5) r) as items`;

const OPEN_ITEMS = `with open as (
  select i.item, i.rail, i.sequence, i.partner, i.amount, f.pay_on, i.answer from payment_file_item i
  join payment_file f on f.tenant = i.tenant and f.rail = i.rail and f.sequence = i.sequence
  where i.tenant = $1 and ($2::text is null or i.rail = $2) and f.state = 'exported' and i.answer is distinct from 'rejected'
    and not exists (select 1 from bank_line_item b where b.tenant = i.tenant and b.rail = i.rail and b.item = i.item and b.kind = 'settled'))`;

@Injectable()
export class ReconciliationRead {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** As it was known at a position, or is now; the same question about the same position has the same answer for ever. */
  async days(asked: {
    readonly tenant: string;
    readonly rail: string;
    readonly position: bigint | null;
    readonly from: Day | null;
    readonly until: Day | null;
  }): Promise<Reconciliation | undefined> {
    const { tenant, rail, from, until } = asked;
    const position = asked.position ?? (await this.position());
    const { rows } = await this.runtime.database.query<{
      entity: string | null;
      asset: string | null;
      items: ReconciledDay[];
    }>(DAYS, [tenant, rail, position, from, until]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const { entity, asset, items } = row;
    if (entity === null || asset === null) return undefined;
    return { position, payingAccount: rail, entity, asset, items };
  }

  /** What was sent and is neither paid, by a statement, nor rejected. It must come to nothing. */
  async inTransit(asked: {
    readonly tenant: string;
    readonly rail: string | null;
    readonly asOf: Day;
    readonly after: readonly [payOn: string, item: string];
    readonly limit: number;
  }): Promise<{
    readonly position: bigint;
    readonly asOf: Day;
    readonly total: string;
    readonly count: number;
    readonly items: readonly InTransit[];
    readonly next: readonly [string, string] | null;
  }> {
    const { tenant, rail, asOf, after, limit } = asked;
    const { rows } = await this.runtime.database.query<{
      position: string;
      total: string;
      count: number;
      items: Omit<InTransit, 'ageBusinessDays' | 'bucket'>[];
    }>(`${OPEN_ITEMS} ${IN_TRANSIT}`, [tenant, rail, ...after, limit + 1]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit).map((item) => {
      const ageBusinessDays = businessDaysBetween(item.payOn, asOf);
      return { ...item, ageBusinessDays, bucket: ageBucketOf(ageBusinessDays) };
    });
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const { total, count } = row;
    const next = last ? ([last.payOn, last.item] as const) : null;
    return { position: BigInt(row.position), asOf, total, count, items, next };
  }

  private async position(): Promise<bigint> {
    const { rows } = await this.runtime.database.query<{ position: string }>(POSITION, []);
    return BigInt(rows[0]?.position ?? 0);
  }
}
