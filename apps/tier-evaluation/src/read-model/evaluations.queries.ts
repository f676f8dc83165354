import { Injectable } from '@nestjs/common';
import { type Instant, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime } from '@tributary/platform';
import { evaluations } from './evaluations.projection';
import { positionOf, utc } from './sql';

export interface NoticeShown {
  readonly partner: string;
  readonly track: string;
  readonly tier: string;
  readonly noticedAt: Instant;
  readonly endsAt: Instant;
  readonly missing: readonly string[];
  readonly appeal: AppealShown | null;
}

export interface AppealShown {
  readonly by: string;
  /** Why it was appealed, as long as nobody has decided. */
  readonly reason?: string;
  readonly decided: {
    readonly by: string;
    readonly reason: string;
    readonly upheld: boolean;
    readonly at: Instant;
  } | null;
}

export interface TaskShown {
  readonly partner: string;
  readonly track: string;
  readonly task: string;
  readonly kind: string;
  readonly subject: string;
  readonly name: string;
  readonly tier: string;
  readonly owner: string;
  readonly state: 'done' | 'dropped' | 'open';
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  readonly note: string | null;
}

export interface IssuedScorecard {
  readonly position: string;
  readonly asOf: Instant;
  readonly reason: string;
  readonly entitled: string | null;
  readonly applied: string | null;
  readonly hash: string;
  readonly rules: object;
  readonly tiers: object;
  readonly risks: object;
  readonly overview: object;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly position: bigint;
}

const POSITION = positionOf(evaluations);

const listed = (rows: string, order: string): string =>
  `select ${POSITION} as position, coalesce(json_agg(r order by ${order}), '[]') as items from (${rows}) r`;

const NOTICES = listed(
  `select partner, track, tier, ${utc('noticed_at')} as "noticedAt", ${utc('ends_at')} as "endsAt", missing, appeal
   from demotion_notice where tenant = $1 and ($2::text is null or partner = $2) order by ends_at, partner, track limit $3`,
  'r."endsAt", r.partner, r.track',
);
const STATE = `case when closed_at is not null then 'done' when dropped_at is not null then 'dropped' else 'open' end`;
const TASKS = listed(
  `select partner, track, task, kind, subject, name, tier, owner, ${STATE} as state, ${utc('opened_at')} as "openedAt",
     ${utc('coalesce(closed_at, dropped_at)')} as "closedAt", note
   from tier_task where tenant = $1 and ($2::text is null or partner = $2) and ($3::text is null or ${STATE} = $3)
     and ($4::text is null or owner = $4) order by opened_at, partner, track, task limit $5`,
  'r."openedAt", r.partner, r.track, r.task',
);
const SCORECARDS = listed(
  `select position::text, ${utc('as_of')} as "asOf", reason, entitled, applied, hash, rules, tiers, risks, overview
   from scorecard s where tenant = $1 and partner = $2 and track = $3 and position < $4 and position <= $5
   order by s.position desc limit $6`,
  'r.position::bigint desc',
);
const NEWEST = '9223372036854775807';

/** What evaluation has found, and what people have to do about it. */
@Injectable()
export class Evaluations {
  constructor(private readonly runtime: ServiceRuntime) {}

  notices(tenant: string, partner: string | null, limit: number): Promise<Listed<NoticeShown>> {
    return this.read(NOTICES, [tenant, partner, limit]);
  }

  tasks(
    tenant: string,
    filters: {
      readonly partner?: string | undefined;
      readonly state?: string | undefined;
      readonly owner?: string | undefined;
    },
    limit: number,
  ): Promise<Listed<TaskShown>> {
    const { partner = null, state = null, owner = null } = filters;
    return this.read(TASKS, [tenant, partner, state, owner, limit]);
  }

  /** The latest first; those up to a point of the log, where one is asked for. */
  scorecards(
    tenant: string,
    { partner, track }: { readonly partner: string; readonly track: string },
    { before = NEWEST, limit }: { readonly before?: string | undefined; readonly limit: number },
    point: LogPoint | undefined,
  ): Promise<Listed<IssuedScorecard>> {
    const through = point === undefined ? NEWEST : String(point.position);
    return this.read(SCORECARDS, [tenant, partner, track, before, through, limit]);
  }

  private async read<T>(statement: string, values: readonly unknown[]): Promise<Listed<T>> {
    const { rows } = await this.runtime.database.pool.query<{ position: string; items: T[] }>(
      statement,
      [...values],
    );
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    return { items: row.items, position: BigInt(row.position) };
  }
}
