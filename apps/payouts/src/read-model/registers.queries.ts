import { Injectable } from '@nestjs/common';
import { type Day, type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { positionOf, utc } from './reading';
import { payoutItemThen } from './registers-then';
import { payoutRegister } from './registers.projection';

export const ITEM_STATES = [
  'reserved',
  'cancelled',
  'instructed',
  'accepted',
  'unknown',
  'rejected',
  'settled',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** One payment, and the line of the bank that shows it. Amounts are minor units. */
export interface RegisterRow {
  readonly item: string;
  readonly run: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  readonly method: string;
  readonly to: string;
  /** What came of it; a payment that came back later stays settled here. */
  readonly state: ItemState;
  readonly reservedAt: Instant;
  readonly instructedAt: Instant | null;
  readonly rail: string | null;
  readonly file: string | null;
  readonly fileSequence: number | null;
  readonly bankLine: string | null;
  readonly bookedOn: Day | null;
  readonly bankReference: string | null;
  readonly replaces: readonly string[];
  readonly returnedOn: Day | null;
  /** Of `net`, where it came back; the bank kept the rest. */
  readonly returnedAmount: string | null;
  /** What names a PIX in the whole country, as the bank's statement says it; null where it was none. */
  readonly endToEndId: string | null;
}

export interface ReturnRow {
  readonly item: string;
  readonly kind: 'rejected' | 'returned';
  readonly on: Day;
  readonly run: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
  readonly net: string;
  /** What came back; the bank kept `fee` of it. Of what was rejected, nothing had left. */
  readonly amount: string;
  readonly fee: string;
  readonly reason: string | null;
  readonly bankLine: string | null;
  readonly bankReference: string | null;
  readonly settledOn: Day | null;
  /** The payment that takes its place, and what came of that one. */
  readonly reissuedAs: string | null;
  readonly reissue: ItemState | null;
  /** Of a PIX that was given back: the return has one of its own. */
  readonly endToEndId: string | null;
}

export interface RegisterTotal {
  readonly entity: string;
  readonly asset: string;
  readonly rail: string | null;
  readonly state: ItemState;
  readonly items: number;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  /** What came back of payments, on the days that were asked for, whenever those were paid; the bank kept `returnFees` of it. */
  readonly returnedItems: number;
  readonly returned: string;
  readonly returnFees: string;
  /** What is gone from the bank account for all of these: what was paid on those days, less what came back on them. */
  readonly cashOut: string;
}

export interface ReturnsTotal {
  readonly entity: string;
  readonly asset: string;
  readonly kind: ReturnRow['kind'];
  readonly items: number;
  readonly net: string;
  readonly amount: string;
  readonly fee: string;
}

export interface RegisterFilter {
  readonly tenant: string;
  /** Nothing that stands behind it in the log; undefined: as of now. */
  readonly upTo: bigint | undefined;
  readonly run: string | undefined;
  readonly entity: string | undefined;
  readonly partner: string | undefined;
  readonly from: Day | undefined;
  readonly to: Day | undefined;
}

export interface RegisterPage<R, T> {
  readonly position: bigint;
  readonly items: readonly R[];
  /** With the first page alone, of everything that was asked for. */
  readonly totals: readonly T[] | null;
  readonly next: readonly [string, string] | null;
}

interface Asked {
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const OF_FILTER = `tenant = $1 and ($2::text is null or run = $2) and ($3::text is null or entity = $3)
    and ($4::text is null or partner = $4)`;
// A row without a run was told of by the file alone: the account's own event comes first in the log, so there is none in practice.
const KNOWN = `${OF_FILTER} and run is not null and ($7::text is null or state = $7)`;
const onDays = (day: string): string =>
  `($5::text is null or ${day} >= $5) and ($6::text is null or ${day} <= $6)`;
const ASKED = `${KNOWN} and ${onDays('booked_on')}`;
// A payment and its return are two lines of the bank, each on its day.
const totalsIn = (register: string): string => `
  select coalesce(json_agg(t order by t.entity, t.asset, t.rail, t.state), '[]') from (
    select entity, asset, rail, state, (count(*) filter (where paid))::int as items,
      coalesce(sum(gross) filter (where paid), 0)::text as gross, coalesce(sum(gross - net) filter (where paid), 0)::text as withheld,
      coalesce(sum(net) filter (where paid), 0)::text as net, (count(*) filter (where back))::int as "returnedItems",
      coalesce(sum(returned_amount) filter (where back), 0)::text as returned,
      coalesce(sum(return_fee) filter (where back), 0)::text as "returnFees",
      (coalesce(sum(net) filter (where paid and state = 'settled'), 0)
        - coalesce(sum(returned_amount) filter (where back), 0))::text as "cashOut"
    from (select entity, asset, rail, state, gross, net, returned_amount, return_fee, ${onDays('booked_on')} as paid,
        returned_on is not null and ${onDays('returned_on')} as back
      from ${register} i where ${KNOWN} and (${onDays('booked_on')} or (returned_on is not null and ${onDays('returned_on')}))) asked
    group by entity, asset, rail, state) t`;
// A page and its totals are read apart: the page stops where it is full.
const itemsIn = (register: string): string => `
select ${positionOf(payoutRegister)} as position, (select coalesce(json_agg(r order by r."reservedAt", r.item), '[]') from (
  select item, replace(run, '-', '') as run, partner, entity, asset, gross::text, (gross - net)::text as withheld, net::text, method,
    method_display as "to", state, ${utc('reserved_at')} as "reservedAt", ${utc('instructed_at')} as "instructedAt",
    rail, file, file_sequence as "fileSequence", bank_line as "bankLine", booked_on as "bookedOn",
    bank_reference as "bankReference", replaces, returned_on as "returnedOn",
    returned_amount::text as "returnedAmount", end_to_end_id as "endToEndId"
  from ${register} i where ${ASKED} and (reserved_at, item) > ($8::timestamptz, $9) order by reserved_at, item limit $10) r) as items,
  case when $11 then (${totalsIn(register)}) end as totals`;

/** `isBack`: of what ever came back or was refused, which is little. */
const returnsIn = (register: string, isBack: string): string => `
with asked as materialized (
  select i.item, case when i.returned_on is null then 'rejected' else 'returned' end as kind,
    coalesce(i.returned_on, to_char(i.rejected_at at time zone coalesce(e.zone, 'UTC'), 'YYYY-MM-DD')) as "on",
    i.run, i.partner, i.entity, i.asset, i.net, coalesce(i.returned_amount, 0) as amount, coalesce(i.return_fee, 0) as fee,
    coalesce(i.return_reason, i.codes ->> 0) as reason, i.returned_line as "bankLine",
    coalesce(i.return_reference, i.bank_reference) as "bankReference", i.booked_on as "settledOn",
    i.reissued_as as "reissuedAs", i.return_end_to_end_id as "endToEndId"
  from (select * from ${register} b where ${OF_FILTER} and ${isBack} and (returned_on is not null or state = 'rejected')) i
    left join known_entity e on e.tenant = i.tenant and e.entity = i.entity),
  within as (select * from asked where ($5::text is null or "on" >= $5) and ($6::text is null or "on" <= $6))
select ${positionOf(payoutRegister)} as position, (select coalesce(json_agg(r order by r."on", r.item), '[]') from (
  select item, kind, "on", replace(run, '-', '') as run, partner, entity, asset, net::text, amount::text, fee::text, reason, "bankLine",
    "bankReference", "settledOn", "reissuedAs",
    (select r.state from ${register} r where r.tenant = $1 and r.item = within."reissuedAs") as reissue,
    "endToEndId"
  from within where ("on", item) > ($7, $8) order by "on", item limit $9) r) as items,
  case when $10 then (select coalesce(json_agg(t order by t.entity, t.asset, t.kind), '[]') from (
    select entity, asset, kind, count(*)::int as items, sum(net)::text as net, sum(amount)::text as amount, sum(fee)::text as fee
    from within group by entity, asset, kind) t) end as totals`;

const ITEMS = { now: itemsIn('payout_item'), then: itemsIn(payoutItemThen('$12')) };
const RETURNS = {
  now: returnsIn('payout_item', 'back_position is not null'),
  then: returnsIn(payoutItemThen('$11'), 'back_position <= $11'),
};

@Injectable()
export class Registers {
  constructor(private readonly runtime: ServiceRuntime) {}

  async items(
    filter: RegisterFilter & { readonly state: ItemState | undefined },
    { after, limit }: Asked,
  ): Promise<RegisterPage<RegisterRow, RegisterTotal>> {
    const beyond = after ?? ['-infinity', ''];
    const values = [...valuesOf(filter), filter.state ?? null, ...beyond, limit + 1];
    return await this.page<RegisterRow, RegisterTotal>(
      ...asOf(ITEMS, [...values, after === null], filter),
      limit,
      ({ reservedAt, item }) => [reservedAt, item],
    );
  }

  /** What came back after it was paid, and what the bank refused. */
  async returns(
    filter: RegisterFilter,
    { after, limit }: Asked,
  ): Promise<RegisterPage<ReturnRow, ReturnsTotal>> {
    const values = [...valuesOf(filter), ...(after ?? ['', '']), limit + 1, after === null];
    return await this.page<ReturnRow, ReturnsTotal>(
      ...asOf(RETURNS, values, filter),
      limit,
      ({ on, item }) => [on, item],
    );
  }

  private async page<R, T>(
    statement: string,
    values: readonly unknown[],
    limit: number,
    placeOf: (row: R) => readonly [string, string],
  ): Promise<RegisterPage<R, T>> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: readonly R[];
      totals: readonly T[] | null;
    }>(statement, [...values]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : placeOf(last);
    return { position: BigInt(row.position), items, totals: row.totals, next };
  }
}

/** The same question, of the register as it is or as it was known up to there. */
const asOf = (
  { now, then }: { readonly now: string; readonly then: string },
  values: readonly unknown[],
  { upTo }: RegisterFilter,
): readonly [statement: string, values: readonly unknown[]] =>
  upTo === undefined ? [now, values] : [then, [...values, upTo]];

const valuesOf = ({ tenant, run, entity, partner, from, to }: RegisterFilter) => [
  tenant,
  run ?? null,
  entity ?? null,
  partner ?? null,
  from ?? null,
  to ?? null,
];
