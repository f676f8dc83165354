import type { PeriodCertificate } from '@tributary/contracts';
import { subscriptionOf } from '@tributary/feeds';
import type { Instant, PeriodKey, Uuid } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { instantText } from '../read-model/sql';
import { closing } from './closing.projection';
import type { OfMonth } from './period-checks';

/** A cut, and what stands behind the orders that follow from it. */
export interface CutMade {
  readonly position: bigint;
  readonly eventId: Uuid;
  readonly at: Instant;
  readonly by: string | null;
  readonly correlationId: string;
}

export interface PeriodState extends OfMonth {
  readonly softClosed: CutMade;
  readonly taken: { readonly position: bigint; readonly at: Instant } | null;
  readonly closed: CutMade | null;
  readonly certified: {
    readonly position: bigint;
    readonly eventId: Uuid;
    readonly at: Instant;
    readonly certificate: PeriodCertificate;
  } | null;
}

/** A release before a soft-close that no account has taken. */
export interface Untaken {
  readonly release: Uuid;
  readonly position: string;
  readonly stream: string;
  readonly partner: string | null;
}

interface Row {
  readonly tenant: string;
  readonly entity: string;
  readonly month: string;
  readonly soft_position: string;
  readonly soft_id: string;
  readonly soft_at: Instant;
  readonly soft_by: string | null;
  readonly soft_correlation: string;
  readonly taken_position: string | null;
  readonly taken_at: Instant;
  readonly close_position: string | null;
  readonly close_id: string;
  readonly close_at: Instant;
  readonly close_by: string | null;
  readonly close_correlation: string;
  readonly certified_position: string | null;
  readonly certified_id: string;
  readonly certified_at: Instant;
  readonly certificate: PeriodCertificate;
}

const ROW = `select p.tenant, p.entity, p.month, soft_position, soft_id, ${instantText('soft_at')} as soft_at, soft_by,
  soft_correlation, taken_position, ${instantText('taken_at')} as taken_at, close_position, close_id,
  ${instantText('close_at')} as close_at, close_by, close_correlation, certified_position, certified_id,
  ${instantText('certified_at')} as certified_at, certificate
  from period_state p`;

const UNTAKEN = `from release_untaken where tenant = $1 and entity = $2 and position < $3::bigint`;

export class Periods {
  constructor(private readonly database: Database) {}

  async of({ tenant, entity, month }: OfMonth): Promise<PeriodState | undefined> {
    const where =
      'where p.tenant = $1 and p.entity = $2 and p.month = $3 and soft_position is not null';
    const { rows } = await this.database.query<Row>(`${ROW} ${where}`, [tenant, entity, month]);
    return rows[0] && stateOf(rows[0]);
  }

  /** Months that are cut and not certified, of all tenants, page by page. */
  async open(after: OfMonth | undefined, limit: number): Promise<PeriodState[]> {
    const { tenant = '', entity = '', month = '' } = after ?? {};
    const { rows } = await this.database.query<Row>(
      `${ROW} where certified_position is null and soft_position is not null and (p.tenant, p.entity, p.month) > ($1, $2, $3)
       order by p.tenant, p.entity, p.month limit $4`,
      [tenant, entity, month, limit],
    );
    return rows.map(stateOf);
  }

  /** Certified months that were not recomputed for so long, the longest first. */
  async unchecked(olderThanMs: number, limit: number): Promise<PeriodState[]> {
    const { rows } = await this.database.query<Row>(
      `${ROW} left join period_check c on c.tenant = p.tenant and c.entity = p.entity and c.month = p.month
       where certified_position is not null
         and (c.checked_at is null or c.checked_at < now() - $1 * interval '1 millisecond')
       order by c.checked_at nulls first, p.tenant, p.entity, p.month limit $2`,
      [olderThanMs, limit],
    );
    return rows.map(stateOf);
  }

  /** The latest month that was closed before a position. */
  async closedBefore({ tenant, entity }: OfMonth, position: bigint): Promise<PeriodKey | null> {
    const { rows } = await this.database.query<{ month: string | null }>(
      'select max(month) as month from period_state where tenant = $1 and entity = $2 and close_position < $3::bigint',
      [tenant, entity, String(position)],
    );
    return rows[0]?.month ?? null;
  }

  async untaken(
    { tenant, entity, softClosed }: PeriodState,
    limit: number,
  ): Promise<{ readonly count: number; readonly first: readonly Untaken[] }> {
    const { rows } = await this.database.query<Untaken & { count: number }>(
      `select release, position, stream, partner, count(*) over ()::int as count ${UNTAKEN} order by position limit $4`,
      [tenant, entity, String(softClosed.position), limit],
    );
    const first = rows.map(({ count: _, ...release }) => release);
    return { count: rows[0]?.count ?? 0, first };
  }

  /** Streams of which this very table could not read an event: what it says is not to be relied on before a person has seen to them. */
  async parked(tenant: string): Promise<number> {
    const { rows } = await this.database.query<{ parked: number }>(
      `select count(distinct stream)::int as parked from parked where subscription = $1 and status = 'parked' and tenant = $2`,
      [subscriptionOf(closing), tenant],
    );
    return rows[0]?.parked ?? 0;
  }
}

function stateOf(row: Row): PeriodState {
  const { tenant, entity, month } = row;
  return {
    ...{ tenant, entity, month },
    softClosed: {
      position: BigInt(row.soft_position),
      eventId: row.soft_id,
      at: row.soft_at,
      by: row.soft_by,
      correlationId: row.soft_correlation,
    },
    taken:
      row.taken_position === null
        ? null
        : { position: BigInt(row.taken_position), at: row.taken_at },
    closed:
      row.close_position === null
        ? null
        : {
            position: BigInt(row.close_position),
            eventId: row.close_id,
            at: row.close_at,
            by: row.close_by,
            correlationId: row.close_correlation,
          },
    certified:
      row.certified_position === null
        ? null
        : {
            position: BigInt(row.certified_position),
            eventId: row.certified_id,
            at: row.certified_at,
            certificate: row.certificate,
          },
  };
}
