import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { cursorOf, instantCursor, ServiceRuntime } from '@tributary/platform';
import type { ClaimState } from '../domain/prospect/events';
import { prospects } from './prospects.projection';

export interface ClaimsAsked {
  readonly tenant: string;
  readonly limit: number;
  readonly after?: string | undefined;
  /** What is overdue is asked of a moment. */
  readonly on: Instant;
  readonly overdue?: boolean | undefined;
  readonly state?: ClaimState | undefined;
  readonly partner?: string | undefined;
  readonly programme?: string | undefined;
}

export interface ClaimRow {
  readonly prospect: string;
  readonly programme: string;
  readonly lead: string;
  readonly partner: string;
  readonly state: ClaimState;
  readonly rule: string | null;
  readonly conflicts: readonly string[];
  readonly registeredAt: Date | null;
  readonly decideBy: Date | null;
  readonly protectedUntil: Date | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly rules: readonly string[];
  readonly extensions: number;
  readonly heldByDirect: boolean;
  readonly about: Readonly<Record<string, string>>;
  readonly facts: Json;
}

export interface ClaimsPage {
  readonly position: bigint;
  readonly on: Instant;
  /** How many there are in all, of those that were asked for by partner and programme. */
  readonly overdue: number;
  readonly items: readonly ClaimRow[];
  readonly next: string | null;
}

/** In the statement that reads the rows, so that an answer never claims more than it shows. */
export const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(prospects)}')`;

// A claim that was decided later was undecided until then.
const OVERDUE = `(c.state not in ('incomplete', 'withdrawn') and c.due <= $2 and (c.decided_at is null or c.decided_at > $2))`;

const OURS = `c.tenant = $1 and ($3::text is null or c.partner = $3) and ($4::text is null or c.programme = $4)`;

const FIND = `
select ${POSITION} as position, (select count(*)::int from claim c where ${OURS} and ${OVERDUE}) as overdue, p.*
from (select 1) one left join lateral (
  select c.prospect, c.programme, c.lead, c.partner, c.state, c.rule, c.conflicts, c.registered_at as "registeredAt", c.due,
    c.decide_by as "decideBy", c.protected_until as "protectedUntil", c.decided_at as "decidedAt", c.decided_by as "decidedBy",
    c.reason, c.rules, c.extensions, c.held_by_direct as "heldByDirect", c.about, c.facts
  from claim c
  where ${OURS} and ($5::boolean is null or ${OVERDUE} = $5) and ($6::text is null or c.state = $6)
    and ($7::timestamptz is null or (c.due, c.prospect, c.lead) > ($7, $8, $9))
  order by c.due, c.prospect, c.lead limit $10) p on true
order by p.due, p.prospect, p.lead`;

type Row = (ClaimRow & { readonly due: Date }) | { readonly prospect: null };

/** Claims, the one that has to be decided first in front. */
@Injectable()
export class Claims {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: ClaimsAsked): Promise<ClaimsPage> {
    const { tenant, limit, after, on, overdue, state, partner, programme } = asked;
    const [due, prospect, lead] = after === undefined ? [] : instantCursor(after, 3);
    const { rows } = await this.runtime.database.query<
      Row & { readonly position: string; readonly overdue: number }
    >(FIND, [
      tenant,
      on,
      partner ?? null,
      programme ?? null,
      overdue ?? null,
      state ?? null,
      due ?? null,
      prospect ?? null,
      lead ?? null,
      limit + 1,
    ]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => (row.prospect === null ? [] : [row]));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next =
      last && found.length > limit
        ? cursorOf(last.due.toISOString(), last.prospect, last.lead)
        : null;
    return {
      position: BigInt(first.position),
      on,
      overdue: first.overdue,
      items: items.map(shown),
      next,
    };
  }
}

/** Only what is asked for: the rest of a row serves the statement. */
function shown(row: ClaimRow): ClaimRow {
  const { prospect, programme, lead, partner, state, rule, conflicts, registeredAt } = row;
  const { decideBy, protectedUntil, decidedAt, decidedBy, reason, rules, extensions } = row;
  const { heldByDirect, about, facts } = row;
  const what = { prospect, programme, lead, partner, state, rule, conflicts, about };
  const when = { registeredAt, decideBy, protectedUntil, decidedAt };
  return { ...what, ...when, decidedBy, reason, rules, extensions, heldByDirect, facts };
}
