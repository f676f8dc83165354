import { CodedError } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { factsText } from '../failure';
import type { Poison } from './checkpoint';

/** A stream that waits for a person, seen by one subscription. */
export interface Parked {
  readonly id: bigint;
  readonly subscription: string;
  readonly stream: string;
  readonly position: bigint;
  readonly revision: bigint;
  readonly eventId: string;
  readonly eventType: string;
  readonly tenant: string;
  readonly correlationId: string;
  readonly code: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Later events of the stream that wait behind this one. */
  readonly queued: number;
  readonly parkedAt: Date;
  readonly status: 'discarded' | 'parked' | 'rebuilt' | 'resumed';
  readonly closedBy: string | null;
  readonly closedReason: string | null;
}

export interface ParkedFilter {
  readonly subscription?: string;
  readonly stream?: string;
  readonly tenant?: string;
  readonly correlationId?: string;
  readonly status?: Parked['status'];
  readonly limit?: number;
}

export interface Closing {
  readonly status: 'discarded' | 'resumed';
  readonly by: string;
  readonly reason: string | null;
}

const COLUMNS = `id, subscription, stream, position, revision, event_id as "eventId", event_type as "eventType", tenant,
  correlation_id as "correlationId", code, reason, facts, queued, parked_at as "parkedAt", status, closed_by as "closedBy",
  closed_reason as "closedReason"`;

type Row = Omit<Parked, 'id' | 'position' | 'queued' | 'revision'> &
  Record<'id' | 'position' | 'queued' | 'revision', string>;

const parkedOf = (row: Row): Parked => ({
  ...row,
  id: BigInt(row.id),
  position: BigInt(row.position),
  revision: BigInt(row.revision),
  queued: Number(row.queued),
});

/**
 * Of a projection whose next version is live. That one has read the event by itself, or has parked it in its turn; nobody could resume
 * this any more but a process of the old version, which has no readers.
 */
export const OF_OLD_VERSION = `exists (select from projection l
  where parked.subscription = l.name || '_v' || substring(parked.subscription from '_v([0-9]+)$')
    and parked.subscription <> l.name || '_v' || l.live_version)`;

/** What operators see. Nothing is ever deleted here. */
export class Parking {
  constructor(private readonly database: Database) {}

  async list(filter: ParkedFilter = {}): Promise<readonly Parked[]> {
    const { subscription, stream, tenant, correlationId, status = 'parked', limit = 100 } = filter;
    const { rows } = await this.database.pool.query<Row>(
      `select ${COLUMNS} from parked
       where status = $1 and not (status = 'parked' and ${OF_OLD_VERSION})
         and ($2::text is null or subscription = $2) and ($3::text is null or stream = $3)
         and ($4::text is null or tenant = $4) and ($5::text is null or correlation_id = $5)
       order by id limit $6`,
      [status, subscription, stream, tenant, correlationId, limit],
    );
    return rows.map(parkedOf);
  }

  async streamsOf(subscription: string): Promise<Set<string>> {
    const { rows } = await this.database.pool.query<{ stream: string }>(
      `select stream from parked where subscription = $1 and status = 'parked'`,
      [subscription],
    );
    return new Set(rows.map(({ stream }) => stream));
  }
}

/**
 * Takes the subscription's row, so that its owner cannot commit meanwhile, and makes the owner look again afterwards.
 * Gives the checkpoint.
 */
export async function lockSubscription(tx: Queryable, subscription: string): Promise<bigint> {
  const { rows } = await tx.query<{ position: string }>(
    'update subscription set parkings = parkings + 1 where name = $1 returning position',
    [subscription],
  );
  if (!rows[0])
    throw new CodedError('unknown_subscription', `There is no subscription ${subscription}.`, {
      subscription,
    });
  return BigInt(rows[0].position);
}

export async function findParked(
  on: Queryable,
  subscription: string,
  stream: string,
): Promise<Parked> {
  const { rows } = await on.query<Row>(
    `select ${COLUMNS} from parked where subscription = $1 and stream = $2 and status = 'parked'`,
    [subscription, stream],
  );
  if (!rows[0])
    throw new CodedError('not_parked', `${stream} is not parked for ${subscription}.`, {
      subscription,
      stream,
    });
  return parkedOf(rows[0]);
}

/** False when more events have queued up behind it than were seen. */
export async function closeParked(
  tx: Queryable,
  parked: Parked,
  { status, by, reason }: Closing,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update parked set status = $3, closed_by = $4, closed_reason = $5, closed_at = clock_timestamp()
     where id = $1 and queued = $2 and status = 'parked'`,
    [String(parked.id), parked.queued, status, by, reason],
  );
  return rowCount === 1;
}

export async function insertParked(
  tx: Queryable,
  subscription: string,
  { event, why }: Poison,
  queued: number,
): Promise<void> {
  await tx.query(
    `insert into parked (subscription, stream, position, revision, event_id, event_type, tenant, correlation_id, code, reason, facts, queued)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      subscription,
      event.stream,
      String(event.position),
      String(event.revision),
      event.id,
      event.type,
      event.tenant,
      event.correlationId,
      why.code,
      why.reason.replaceAll('\0', ''),
      factsText(why.facts),
      queued,
    ],
  );
}
