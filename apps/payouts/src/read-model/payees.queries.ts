import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, type JsonObject, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { MissingDocument, PayeeTerms } from '../domain/account/terms';
import { payeeStreamOf } from '../domain/payee/events';
import { payees } from './payees.projection';

export interface DetailsShown {
  readonly kind: 'pix' | 'ted';
  readonly keyKind: string | null;
  /** All but the end is masked. */
  readonly display: string;
  readonly holder: string;
  /** False: no published rule checks its digits. */
  readonly isChecked: boolean;
}

export interface PayeeShown {
  readonly partner: string;
  readonly method:
    | (DetailsShown & {
        readonly version: number;
        readonly changedAt: Instant;
        readonly proposedBy: string;
        readonly confirmedBy: string;
      })
    | null;
  readonly pending:
    | (DetailsShown & { readonly proposal: string; readonly by: string; readonly at: Instant })
    | null;
  readonly tax: Json;
  readonly documents: readonly JsonObject[];
  readonly missing: readonly MissingDocument[];
  /** Other partners whose money goes, or is to go, to the same account. */
  readonly sharedWith: readonly string[];
  readonly changedAt: Instant;
}

export interface PayeesAsked {
  readonly tenant: string;
  readonly hold?: string | undefined;
  readonly isShared?: boolean | undefined;
  readonly after: string;
  readonly limit: number;
}

export interface PayeePage {
  readonly position: bigint;
  readonly items: readonly PayeeShown[];
  readonly next: string | null;
}

/** One event of a payee as it may be read: who did what, without what is sealed. */
export interface PayeeHistoryItem {
  readonly revision: number;
  readonly type: string;
  readonly at: Instant;
  readonly actor: string;
  readonly data: JsonObject;
}

// In the statement that reads the rows, so that an answer never claims more than it shows.
const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(payees)}')`;

/** Whoever is to be paid to the account of another one counts as well, before anybody has confirmed it. */
const SHARED = `select o.partner from payee o where o.tenant = p.tenant and o.partner <> p.partner
  and (o.fingerprint in (p.fingerprint, p.pending_fingerprint) or o.pending_fingerprint in (p.fingerprint, p.pending_fingerprint))`;

const FOUND = `select p.partner, p.method, p.pending, p.tax,
    coalesce(p.terms->'tax'->'documents', '[]') as documents, p.terms->'missing' as missing,
    (select coalesce(json_agg(s.partner order by s.partner), '[]') from (${SHARED}) s) as "sharedWith",
    to_char(p.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "changedAt"
  from payee p where p.tenant = $1`;

const PAGE = `select ${POSITION} as position, coalesce(json_agg(r order by r.partner), '[]') as items from (
  ${FOUND} and p.partner > $2
    and ($3::text is null or exists (select 1 from jsonb_array_elements(p.terms->'missing') m where m->>'hold' = $3))
    and ($4::boolean is null or exists (${SHARED}) = $4)
  order by p.partner limit $5) r`;

const ONE = `select ${POSITION} as position,
  coalesce((select json_agg(r) from (${FOUND} and p.partner = $2) r), '[]') as items`;

/** Payees as finance, auditors and the partner may see them. */
@Injectable()
export class PayeesShown {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, hold, isShared, after, limit }: PayeesAsked): Promise<PayeePage> {
    const values = [tenant, after, hold ?? null, isShared ?? null, limit + 1];
    const { items, position } = await this.ask(PAGE, values);
    const shown = items.slice(0, limit);
    const next = items.length > limit ? (shown.at(-1)?.partner ?? null) : null;
    return { items: shown, next, position };
  }

  async find(
    tenant: string,
    partner: string,
  ): Promise<{ readonly found: PayeeShown | null; readonly position: bigint }> {
    const { items, position } = await this.ask(ONE, [tenant, partner]);
    return { found: items[0] ?? null, position };
  }

  /** From the stream itself: it is short, and there it is whole. */
  async history(
    tenant: string,
    partner: string,
  ): Promise<{ readonly items: readonly PayeeHistoryItem[]; readonly position: bigint }> {
    const items: PayeeHistoryItem[] = [];
    let position = 0n;
    for await (const event of this.runtime.log.read(payeeStreamOf(tenant, partner))) {
      const { pii: _sealed, terms, subject: _subject, ...data } = event.data;
      const { missing } = terms as unknown as PayeeTerms;
      ({ position } = event);
      items.push({
        revision: Number(event.revision),
        type: event.type,
        at: event.occurredAt,
        actor: event.actor,
        data: { ...data, missing: missing as unknown as Json },
      });
    }
    return { items, position };
  }

  private async ask(
    statement: string,
    values: readonly unknown[],
  ): Promise<{ readonly items: readonly PayeeShown[]; readonly position: bigint }> {
    const { rows } = await this.runtime.database.pool.query<{
      position: string;
      items: readonly PayeeShown[];
    }>(statement, [...values]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { items: row.items, position: BigInt(row.position) };
  }
}
