import { Injectable } from '@nestjs/common';
import { type Instant, type Json, type Uuid, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { OfAccount } from '../domain/account/terms';
import { disputes } from './disputes.projection';
import { positionOf, utc } from './reading';

export const DISPUTE_STATUSES = ['open', 'proposed', 'awaiting_commission', 'ended'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

export interface DisputeShown extends OfAccount {
  readonly dispute: Uuid;
  readonly status: DisputeStatus;
  readonly reason: string;
  readonly evidence: Json;
  readonly openedBy: string;
  readonly openedAt: Instant;
  readonly answerBy: Instant;
  /** Nobody has decided it in time. */
  readonly isOverdue: boolean;
  /** What one person has proposed and a second one has to decide. */
  readonly proposed: Json;
  readonly decision: Json;
  readonly decidedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly lines: readonly {
    readonly line: string;
    readonly programme: string;
    readonly plan: string;
    readonly window: string;
    /** What it is worth by the decision; null: refused, or not decided yet. */
    readonly due: string | null;
    readonly isDecided: boolean;
    readonly outcome: 'decided' | 'ended' | 'refused' | null;
    readonly note: string | null;
  }[];
}

export interface DisputesAsked {
  readonly tenant: string;
  readonly on: Instant;
  readonly dispute?: string | undefined;
  readonly partner?: string | undefined;
  readonly status?: DisputeStatus | undefined;
  readonly isOverdue?: boolean | undefined;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const STATUS = `case when d.lines_left = 0 then 'ended' when d.decided_at is not null then 'awaiting_commission'
  when d.proposed is not null then 'proposed' else 'open' end`;
const OVERDUE = `d.lines_left > 0 and d.decided_at is null and d.answer_by <= $2::timestamptz`;

const PAGE = `
select ${positionOf(disputes)} as position,
  (select coalesce(json_agg(r order by r."answerBy", r.dispute), '[]') from (
    select d.dispute, d.partner, d.entity, d.asset, ${STATUS} as status, d.reason, d.evidence,
      d.opened_by as "openedBy", ${utc('d.opened_at')} as "openedAt", ${utc('d.answer_by')} as "answerBy",
      (${OVERDUE}) as "isOverdue", d.proposed, d.decision, ${utc('d.decided_at')} as "decidedAt",
      case when d.lines_left = 0 then ${utc('d.ended_at')} end as "endedAt",
      (select coalesce(json_agg(json_build_object('line', l.line, 'programme', l.programme, 'plan', l.plan,
        'window', l.window_key, 'due', l.due::text, 'isDecided', coalesce(l.decided, false), 'outcome', l.outcome,
        'note', l.note) order by l.line), '[]')
       from dispute_line l where l.tenant = d.tenant and l.dispute = d.dispute) as lines
    from dispute d where d.tenant = $1 and ($3::text is null or d.dispute = $3) and ($4::text is null or d.partner = $4)
      and ($5::text is null or ${STATUS} = $5) and ($6::boolean is null or (${OVERDUE}) = $6)
      and (d.answer_by, d.dispute) > ($7::timestamptz, $8)
    order by d.answer_by, d.dispute limit $9) r) as items`;

const ONE = `select partner, entity, asset from dispute where tenant = $1 and dispute = $2`;

@Injectable()
export class Disputes {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** The most urgent first. */
  async page(asked: DisputesAsked) {
    const { tenant, on, dispute, partner, status, isOverdue, limit } = asked;
    const [answerBy, name] = asked.after ?? ['-infinity', ''];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: DisputeShown[];
    }>(PAGE, [
      ...[tenant, on, dispute ?? null, partner ?? null, status ?? null, isOverdue ?? null],
      ...[answerBy, name, limit + 1],
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : ([last.answerBy, last.dispute] as const);
    return { position: BigInt(row.position), items, next };
  }

  /** Whose it is, as soon as it is anybody's: who has just opened it is not told that it is unknown. */
  async accountOf(tenant: string, dispute: string): Promise<OfAccount | undefined> {
    const find = async () => {
      const { rows } = await this.runtime.database.query<OfAccount>(ONE, [tenant, dispute]);
      return rows[0];
    };
    const found = await find();
    if (found !== undefined) return found;
    const head = await this.runtime.log.head();
    await this.runtime.feeds.waitUntil([disputes.name], head, 10_000);
    return await find();
  }
}
