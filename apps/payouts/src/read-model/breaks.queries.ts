import { Injectable } from '@nestjs/common';
import { type Day, type Instant, type Json, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { BREAK_TYPES, type BreakType } from '../domain/rail/break-events';
import { type AgeBucket, ageBucketOf, businessDaysBetween } from '../domain/rail/business-days';
import { railBreaks } from './breaks.projection';
import { positionOf, utc } from './reading';

interface FoundBreak {
  readonly payingAccount: string;
  readonly id: string;
  readonly entity: string;
  readonly type: BreakType;
  readonly about: Json;
  readonly cause: string;
  readonly since: Day;
  readonly amount: string;
  readonly side: 'credit' | 'debit' | null;
  readonly candidates: Json;
  readonly owner: string;
  readonly note: string | null;
  readonly isOpen: boolean;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  readonly closedBy: string | null;
  readonly because: string | null;
}
export interface BreakShown extends FoundBreak {
  readonly meaning: string;
  /** Days on which banks were open since then, on the day that was asked about. */
  readonly ageBusinessDays: number;
  readonly bucket: AgeBucket;
  /** A month is not closed over it. */
  readonly isBlocking: boolean;
}

const BLOCKING: ReadonlySet<BreakType> = new Set(['B02', 'B05', 'B11']);

const BREAKS = `select ${positionOf(railBreaks)} as position, coalesce(json_agg(r order by r.since, r.id), '[]') as items
from (select rail as "payingAccount", id, entity, type, about, cause, since, amount::text, side, candidates, owner, note,
    is_open as "isOpen", ${utc('opened_at')} as "openedAt", ${utc('closed_at')} as "closedAt", closed_by as "closedBy", because
  from rail_break where tenant = $1 and ($2::text is null or rail = $2) and ($3::boolean is null or is_open = $3)
    and ($4::text is null or type = $4) and ($5::text is null or owner = $5) and (since, id) > ($6, $7)
  order by since, id limit $8) r`;

const RAILS = `select distinct rail from rail_opening where tenant = $1 order by rail`;

export interface BreaksAsked {
  readonly tenant: string;
  readonly rail: string | null;
  readonly isOpen: boolean | null;
  readonly type: string | null;
  readonly owner: string | null;
  /** Ages are those of this day. */
  readonly asOf: Day;
  readonly after: readonly [since: string, id: string];
  readonly limit: number;
}

@Injectable()
export class BreaksRead {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: BreaksAsked): Promise<{
    readonly position: bigint;
    readonly asOf: Day;
    readonly items: readonly BreakShown[];
    readonly next: readonly [string, string] | null;
  }> {
    const { tenant, rail, isOpen, type, owner, asOf, after, limit } = asked;
    const values = [tenant, rail, isOpen, type, owner, ...after, limit + 1];
    const { rows } = await this.runtime.database.query<{ position: string; items: FoundBreak[] }>(
      BREAKS,
      values,
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit).map((found) => shownOn(asOf, found));
    const last = row.items.length > limit ? items.at(-1) : undefined;
    return {
      position: BigInt(row.position),
      asOf,
      items,
      next: last ? [last.since, last.id] : null,
    };
  }

  async rails(tenant: string): Promise<readonly string[]> {
    const { rows } = await this.runtime.database.query<{ rail: string }>(RAILS, [tenant]);
    return rows.map(({ rail }) => rail);
  }
}

function shownOn(asOf: Day, found: FoundBreak): BreakShown {
  const ageBusinessDays = businessDaysBetween(found.since, asOf);
  return {
    ...found,
    meaning: BREAK_TYPES[found.type],
    ageBusinessDays,
    bucket: ageBucketOf(ageBusinessDays),
    isBlocking: found.isOpen && BLOCKING.has(found.type),
  };
}
