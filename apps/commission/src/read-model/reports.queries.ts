import { Injectable } from '@nestjs/common';
import {
  DEFAULT_PROGRAMME,
  type EntityData,
  MAIN_PROGRAMME,
  type ProgrammeData,
} from '@tributary/contracts';
import { type Projection, subscriptionOf } from '@tributary/feeds';
import { type Day, type Instant, type PeriodKey, endOfDay, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, standingAt } from '@tributary/platform';
import { topicOfEntity, topicOfProgramme } from '../domain/earnings/topics';
import { trail } from './explain.projection';
import type { Turnover } from './reports';

export interface StandpointAsked {
  readonly tenant: string;
  /** What happened by the end of this day, as each entity counts its days. */
  readonly effective: Day | null;
  /** Where the log is cut for the answer; undefined: as of now. */
  readonly point: LogPoint | undefined;
}

/** From where the books were looked at: the same day and position give the same answer again. */
export interface Standpoint extends LogPoint {
  readonly effective: Day | null;
}

export interface MovesFilter {
  readonly entity?: string | undefined;
  readonly asset?: string | undefined;
  readonly programme?: string | undefined;
  readonly partner?: string | undefined;
  readonly plan?: string | undefined;
}

export interface Revenue {
  readonly asset: string;
  readonly sourced: bigint;
  readonly influenced: bigint;
}

interface Books {
  readonly programme: string;
  readonly entity: string;
  readonly zone: string;
  /** The first moment after the effective day. */
  readonly until: Instant | null;
}

const positionOf = (projection: Projection): string =>
  `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(projection)}')`;

const BOOKS = `select programme, entity from commission_books where tenant = $1`;

const MOVES = `
with shown as (select least(${positionOf(trail)}, $2::bigint) as position),
  books as (select * from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) b (programme, entity, zone, until)),
  moves as materialized (select m.*, coalesce(m.month, to_char(m.occurred_at at time zone b.zone, 'YYYY-MM')) as in_month
    from commission_move m join books b using (programme, entity)
    where m.tenant = $1 and m.position <= (select position from shown) and (b.until is null or m.occurred_at < b.until)
      and ($7::text is null or m.entity = $7) and ($8::text is null or m.asset = $8)
      and ($9::text is null or m.programme = $9) and ($10::text is null or m.partner = $10)
      and ($11::text is null or m.plan = $11))
select (select position from shown) as position,
  (select coalesce(json_agg(t order by t.entity, t.asset, t.month), '[]') from (
    select entity, asset, in_month as month, sum(posted)::text as posted, sum(released)::text as released
    from moves group by 1, 2, 3) t) as turnovers`;

const REVENUE = `
with books as (select distinct on (programme) programme, zone, until
    from unnest($2::text[], $3::text[], $4::timestamptz[]) b (programme, zone, until) order by programme),
  told as (select distinct on (sale, payment, line) coalesce(programme, $5) as programme, changes
    from credited_revenue where tenant = $1 and ($6::bigint is null or log_position <= $6)
    order by sale, payment, line, position desc)
select (select coalesce(max(log_position), 0) from credited_revenue
    where tenant = $1 and ($6::bigint is null or log_position <= $6)) as position,
  (select coalesce(json_agg(t order by t.asset), '[]') from (
    select c.asset, sum(c.sourced)::text as sourced, sum(c.influenced)::text as influenced
    from told t left join books b using (programme)
    cross join jsonb_to_recordset(t.changes) c (at timestamptz, asset text, sourced numeric, influenced numeric)
    where ($7::text is null or t.programme = $7) and ($8::text is null or c.asset = $8)
      and (coalesce(b.until, $9::timestamptz) is null or c.at < coalesce(b.until, $9::timestamptz))
      and to_char(c.at at time zone coalesce(b.zone, $10), 'YYYY-MM') between $11 and $12
    group by c.asset) t) as revenue`;

type Text<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] };

/** What commission has moved, and what it was earned on, on both clocks. */
@Injectable()
export class Reports {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** By month of the books. Postings name theirs; a release falls where its entity's calendar says. */
  async turnovers(
    asked: StandpointAsked,
    { entity, asset, programme, partner, plan }: MovesFilter,
  ): Promise<{ readonly standpoint: Standpoint; readonly turnovers: readonly Turnover[] }> {
    const { tenant, effective, point } = asked;
    const books = await this.booksOf(asked);
    const filters = [entity, asset, programme, partner, plan].map((each) => each ?? null);
    const row = await this.one<{
      position: string;
      turnovers: readonly Text<Turnover>[];
    }>(MOVES, [
      tenant,
      point === undefined ? null : String(point.position),
      ...columnsOf(books, ['programme', 'entity', 'zone', 'until']),
      ...filters,
    ]);
    return {
      standpoint: { effective, ...standingAt(point, BigInt(row.position)) },
      turnovers: row.turnovers.map((turnover) => ({
        ...turnover,
        posted: BigInt(turnover.posted),
        released: BigInt(turnover.released),
      })),
    };
  }

  /**
   * Of lines as attribution has told them; a refund lessens the revenue of its own month, as it does the commission. `position`: of the
   * last telling that is counted, in the log.
   */
  async revenue(
    asked: StandpointAsked,
    { programme, asset }: Pick<MovesFilter, 'asset' | 'programme'>,
    months: { readonly from: PeriodKey; readonly to: PeriodKey },
  ): Promise<{ readonly position: bigint; readonly revenue: readonly Revenue[] }> {
    const { tenant, effective, point } = asked;
    const books = await this.booksOf(asked);
    const { zone } = DEFAULT_PROGRAMME;
    const row = await this.one<{ position: string; revenue: readonly Text<Revenue>[] }>(REVENUE, [
      tenant,
      ...columnsOf(books, ['programme', 'zone', 'until']),
      MAIN_PROGRAMME,
      point === undefined ? null : String(point.position),
      programme ?? null,
      asset ?? null,
      effective === null ? null : endOfDay(effective, zone),
      zone,
      months.from,
      months.to,
    ]);
    return {
      position: BigInt(row.position),
      revenue: row.revenue.map(({ asset: of, sourced, influenced }) => ({
        asset: of,
        sourced: BigInt(sourced),
        influenced: BigInt(influenced),
      })),
    };
  }

  /** As windows read them: the zone of the entity or, for one that nobody has created, that of the programme. */
  private async booksOf({ tenant, effective }: StandpointAsked): Promise<readonly Books[]> {
    const { rows } = await this.runtime.database.query<Pick<Books, 'entity' | 'programme'>>(BOOKS, [
      tenant,
    ]);
    const told = await this.runtime.topics.told(tenant, [
      ...new Set(
        rows.flatMap(({ programme, entity }) => [
          topicOfProgramme(programme),
          topicOfEntity(entity),
        ]),
      ),
    ]);
    const about = (topic: string): unknown => told.find((each) => each.topic === topic)?.data;
    return rows.map(({ programme, entity }) => {
      const ofEntity = about(topicOfEntity(entity)) as EntityData | undefined;
      const ofProgramme = about(topicOfProgramme(programme)) as ProgrammeData | undefined;
      const { zone } =
        ofEntity?.steps.at(-1)?.value ?? ofProgramme?.steps.at(-1)?.value ?? DEFAULT_PROGRAMME;
      const until = effective === null ? null : endOfDay(effective, zone);
      return { programme, entity, zone, until };
    });
  }

  private async one<T extends object>(statement: string, values: readonly unknown[]): Promise<T> {
    const { rows } = await this.runtime.database.query<T>(statement, [...values]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return row;
  }
}

const columnsOf = (books: readonly Books[], names: readonly (keyof Books)[]) =>
  names.map((name) => books.map((each) => each[name]));
