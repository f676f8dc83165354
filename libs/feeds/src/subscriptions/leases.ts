import type { Database } from '@tributary/postgres';
import type { FeedObserver } from '../observer';

/** Proof that a subscription is ours, as long as nobody has raised the epoch. */
export interface Held {
  readonly name: string;
  readonly epoch: bigint;
  /** The checkpoint as we know it. */
  position: bigint;
  /** What is done already; ahead of the checkpoint where doing it again is harmless. */
  delivered: bigint;
  parkings: bigint;
  /** Aborted as soon as a renewal finds another owner. Checkpoints find out by themselves. */
  readonly lost: AbortSignal;
}

export interface LeaseOptions {
  /** Who we are, for people who look at the table. */
  readonly owner: string;
  readonly ttlMs: number;
  readonly observer: FeedObserver;
}

interface Row {
  readonly position: string;
  readonly epoch: string;
  readonly parkings: string;
}

// The database's clock decides, so that no two machines have to agree about the time.
const ACQUIRE = `
insert into subscription as s (name, owner, epoch, lease_until)
values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
on conflict (name) do update
  set owner = excluded.owner, epoch = s.epoch + 1, lease_until = excluded.lease_until
  where s.lease_until is null or s.lease_until < clock_timestamp()
returning position, epoch, parkings`;

const RENEW = `
with mine as (
  select s.name from subscription s
    join unnest($1::text[], $2::bigint[]) as u (name, epoch) on s.name = u.name and s.epoch = u.epoch
   order by s.name for update of s)
update subscription s set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
  from mine where s.name = mine.name
returning s.name`;

const RELEASE = 'update subscription set lease_until = null where name = $1 and epoch = $2';

/** Ownership of subscriptions in one database; renews all that are held in one statement. */
export class Leases {
  private readonly held = new Map<
    string,
    { readonly lease: Held; readonly lose: AbortController }
  >();
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    readonly options: LeaseOptions,
  ) {}

  /** Undefined while somebody else owns it. */
  async acquire(name: string): Promise<Held | undefined> {
    const { owner, ttlMs } = this.options;
    const { rows } = await this.database.pool.query<Row>(ACQUIRE, [name, owner, ttlMs]);
    const [row] = rows;
    if (!row) return undefined;
    const lose = new AbortController();
    const lease: Held = {
      name,
      epoch: BigInt(row.epoch),
      position: BigInt(row.position),
      delivered: BigInt(row.position),
      parkings: BigInt(row.parkings),
      lost: lose.signal,
    };
    this.held.set(name, { lease, lose });
    // Nothing lives only in order to renew.
    this.timer ??= setInterval(() => this.renewSoon(), ttlMs / 3).unref();
    return lease;
  }

  /** Gives it back, so that the next owner need not wait for the end of the lease. */
  async release(lease: Held): Promise<void> {
    if (this.held.get(lease.name)?.lease === lease) this.held.delete(lease.name);
    if (this.held.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    await this.renewing;
    await this.database.pool.query(RELEASE, [lease.name, String(lease.epoch)]);
  }

  private renewSoon(): void {
    this.renewing ??= this.renew()
      .catch((error: unknown) => this.options.observer.failed('leases', error))
      .finally(() => {
        this.renewing = undefined;
      });
  }

  private async renew(): Promise<void> {
    const mine = [...this.held.values()];
    const { rows } = await this.database.pool.query<{ name: string }>(RENEW, [
      mine.map(({ lease }) => lease.name),
      mine.map(({ lease }) => String(lease.epoch)),
      this.options.ttlMs,
    ]);
    const renewed = new Set(rows.map(({ name }) => name));
    for (const { lease, lose } of mine) if (!renewed.has(lease.name)) lose.abort();
  }
}
