import { Injectable } from '@nestjs/common';
import { invariant } from '@tributary/kernel';
import { cursorOf, type LogPoint, readCursor, ServiceRuntime, upTo } from '@tributary/platform';
import type { Rung } from '../domain/credit/credit';
import { customerStreamOf } from '../domain/customer/events';
import { type CustomerFile, customerFile } from './customer-case';
import { type StandingCredit, partnerCredit } from './partner-credit.projection';
import { positionSql } from './position';

export interface CustomersAsked {
  readonly tenant: string;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly customer?: string | undefined;
  readonly programme?: string | undefined;
  readonly partner?: string | undefined;
  readonly rung?: Rung | undefined;
  readonly unattributed?: boolean | undefined;
}

export interface CustomerRow {
  readonly customer: string;
  readonly canonical: string;
  readonly programme: string | null;
  readonly signedUpAt: Date | null;
  readonly firstPaidAt: Date | null;
  readonly customerType: string | null;
  readonly country: string | null;
  readonly segment: string | null;
  /** As they stand: the first is the customer's, the others are those of its deals. */
  readonly credits: readonly StandingCredit[];
}

export interface CustomersPage {
  readonly position: bigint;
  readonly items: readonly CustomerRow[];
  readonly next: string | null;
}

// The credit of everything that is no deal of its own stands first.
const FIND = `
select ${positionSql(partnerCredit)} as position, p.*
from (select 1) one left join lateral (
  select c.customer, c.canonical, c.programme, c.signed_up_at as "signedUpAt", c.first_paid_at as "firstPaidAt",
    c.customer_type as "customerType", c.country, c.segment, c.credits
  from credited_customer c
  where c.tenant = $1 and ($2::text is null or c.customer = $2) and ($3::text is null or c.programme = $3)
    and ($4::text is null or c.partners @> jsonb_build_array($4::text))
    and ($5::text is null or c.credits->0->>'rung' = $5)
    and ($6::boolean is null or (c.credits->0->>'unattributed' is not null) = $6)
    and ($7::text is null or c.customer > $7)
  order by c.customer limit $8) p on true
order by p.customer`;

/** Customers and why they are credited as they are. */
@Injectable()
export class Cases {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: CustomersAsked): Promise<CustomersPage> {
    const { tenant, limit, after, customer, programme, partner, rung, unattributed } = asked;
    const [last] = after === undefined ? [] : readCursor(after, 1);
    const filters = [customer, programme, partner, rung, unattributed].map((each) => each ?? null);
    const { rows } = await this.runtime.database.query<
      (CustomerRow | { readonly customer: null }) & { readonly position: string }
    >(FIND, [tenant, ...filters, last ?? null, limit + 1]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => {
      if (row.customer === null) return [];
      const { position: _position, ...item } = row;
      return [item];
    });
    const items = found.slice(0, limit);
    const end = items.at(-1);
    const next = end && found.length > limit ? cursorOf(end.customer) : null;
    return { position: BigInt(first.position), items, next };
  }

  /** From the customer's own stream, which is the whole truth about it; undefined where nothing was ever noted of it. */
  async file(
    tenant: string,
    customer: string,
    point?: LogPoint,
  ): Promise<CustomerFile | undefined> {
    const events = this.runtime.log.read(customerStreamOf(tenant, customer));
    return await customerFile(customer, upTo(events, point));
  }

  async exists(tenant: string, customer: string): Promise<boolean> {
    for await (const _event of this.runtime.log.read(customerStreamOf(tenant, customer)))
      return true;
    return false;
  }
}
