import { Injectable } from '@nestjs/common';
import { type Day, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';

/** What is different from the run before, of the same entity and currency. */
export interface RunDiff {
  readonly before: { readonly run: string; readonly payOn: Day } | null;
  readonly added: Side;
  readonly gone: Side;
  readonly more: Side;
  readonly less: Side;
  readonly same: Side;
  readonly largest: readonly {
    readonly partner: string;
    readonly before: string;
    readonly now: string;
    readonly difference: string;
  }[];
}
export interface Side {
  readonly partners: number;
  /** Of the gross amounts; signed. */
  readonly difference: string;
}

/** Lines that a run paid, by whether they were paid in time. */
export interface OnTime {
  readonly asOf: Day;
  readonly lines: number;
  readonly onTime: number;
  readonly late: number;
  /** Not paid yet, and not due yet. */
  readonly pending: number;
  /** Of those that were paid or are due; null where there is none. */
  readonly onTimeBp: number | null;
  /** Not counted, because we were not to pay them then; each with the reason. */
  readonly excluded: Readonly<Record<string, { readonly lines: number; readonly amount: string }>>;
  /** The last due day of its lines, and the last day on which one was paid. */
  readonly lastDue: Day | null;
  readonly lastPaid: Day | null;
}

const DIFF = `
with this as (select * from payout_run where tenant = $1 and run = $2),
last as (select p.run, p.pay_on from payout_run p, this t
  where p.tenant = t.tenant and p.entity = t.entity and p.asset = t.asset and p.run <> t.run
    and (p.drafted_at, p.run) < (t.drafted_at, t.run) and p.status in
      ('released', 'instructed', 'exported', 'acknowledged', 'settling', 'closed')
  order by p.drafted_at desc, p.run desc limit 1),
item as (select run, partner, gross from payout_run_item where tenant = $1 and state not in ('excluded', 'refused', 'cancelled')),
pair as (select coalesce(n.partner, b.partner) as partner, coalesce(b.gross, 0) as before, coalesce(n.gross, 0) as now,
  case when b.partner is null then 'added' when n.partner is null then 'gone' when n.gross > b.gross then 'more'
    when n.gross < b.gross then 'less' else 'same' end as side
  from (select * from item where run = $2) n
  full join (select * from item where run = (select run from last)) b on b.partner = n.partner)
select (select json_build_object('run', run, 'payOn', pay_on) from last) as before,
  (select coalesce(json_object_agg(side, json_build_object('partners', partners, 'difference', difference)), '{}') from (
    select side, count(*)::int as partners, sum(now - before)::text as difference from pair group by side) s) as sides,
  (select coalesce(json_agg(json_build_object('partner', partner, 'before', before::text, 'now', now::text,
      'difference', (now - before)::text)), '[]') from (
    select * from pair where now <> before order by abs(now - before) desc, partner limit 20) p) as largest`;

/** Of a hold that we were not to pay within; the time of a window counts against us. */
const ON_TIME = `
with r as (select * from payout_run where tenant = $1 and run = $2),
line as (
  select l.line, l.amount, i.settled_on::date as paid,
    ((date_trunc('month', f.paid_at at time zone r.zone) + interval '1 month')::date - 1 + r.due_days) as due,
    case when f.paid_at is null then 'adjustment'
      when exists (select from payout_line_dispute d where d.tenant = $1 and d.line = l.line and d.at < r.drafted_at) then 'dispute'
      else (select d.reason from payout_run_decline d join payout_run e on e.tenant = d.tenant and e.run = d.run
        where d.tenant = $1 and d.partner = i.partner and e.entity = r.entity and e.asset = r.asset
          and d.declined_at >= coalesce(f.released_at, f.paid_at) and d.declined_at < r.drafted_at
          and d.reason in ('tax', 'kyc', 'below_minimum', 'bank_details', 'suspended')
        order by d.declined_at limit 1) end as excluded
  from r join payout_run_item i on i.tenant = $1 and i.run = r.run
  join payout_line l on l.tenant = $1 and l.item = i.item
  left join payout_line_fact f on f.tenant = $1 and f.line = l.line
  where i.state not in ('excluded', 'refused', 'cancelled', 'rejected')),
judged as (select *, case when paid is not null then case when paid <= due then 'on_time' else 'late' end
  when due < $3::date then 'late' else 'pending' end as judged from line where excluded is null)
select (select count(*)::int from judged) as lines,
  (select count(*)::int from judged where judged = 'on_time') as "onTime",
  (select count(*)::int from judged where judged = 'late') as late,
  (select count(*)::int from judged where judged = 'pending') as pending,
  (select max(due)::text from judged) as "lastDue", (select max(paid)::text from judged) as "lastPaid",
  (select coalesce(json_object_agg(excluded, json_build_object('lines', lines, 'amount', amount)), '{}') from (
    select excluded, count(*)::int as lines, sum(amount)::text as amount from line where excluded is not null
    group by excluded) x) as excluded`;

const NONE: Side = { partners: 0, difference: '0' };
const ALL_BP = 10_000;

@Injectable()
export class RunFigures {
  constructor(private readonly runtime: ServiceRuntime) {}

  async diff(tenant: string, run: string): Promise<RunDiff> {
    const { rows } = await this.runtime.database.query<{
      before: RunDiff['before'];
      sides: Partial<Record<'added' | 'gone' | 'less' | 'more' | 'same', Side>>;
      largest: RunDiff['largest'];
    }>(DIFF, [tenant, run]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const { added = NONE, gone = NONE, more = NONE, less = NONE, same = NONE } = row.sides;
    return { before: row.before, added, gone, more, less, same, largest: row.largest };
  }

  async onTime(tenant: string, run: string, asOf: Day): Promise<OnTime> {
    const { rows } = await this.runtime.database.query<Omit<OnTime, 'asOf' | 'onTimeBp'>>(ON_TIME, [
      tenant,
      run,
      asOf,
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const judged = row.onTime + row.late;
    const onTimeBp = judged === 0 ? null : Math.floor((row.onTime * ALL_BP) / judged);
    return { asOf, ...row, onTimeBp };
  }
}
