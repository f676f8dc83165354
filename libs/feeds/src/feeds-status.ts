import type { Database } from '@tributary/postgres';
import { reasonOf } from './failure';
import type { Feed } from './feed';
import type { RunnerState } from './subscriptions/runner';

export interface SubscriptionStatus {
  readonly name: string;
  readonly feed: 'inbox' | 'log';
  /** Of this process. */
  readonly state: RunnerState;
  readonly lastError: string | undefined;
  readonly owner: string | null;
  readonly position: bigint;
  /** Positions between the checkpoint and the head of its feed. */
  readonly lag: bigint;
  readonly parked: number;
}

export interface FeedsStatus {
  readonly subscriptions: readonly SubscriptionStatus[];
  /** Facts that wait, by reason. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly gaps: number;
  readonly deadLetters: number;
}

export interface Watched {
  readonly name: string;
  readonly feed: Feed;
  readonly state: RunnerState;
  readonly lastError: unknown;
  /** As far as this process has looked, ahead of a checkpoint that nothing of ours moves. */
  readonly looked: bigint | undefined;
}

interface Row {
  readonly name: string;
  readonly owner: string | null;
  readonly position: string;
  readonly parked: number;
}

export async function subscriptionStatuses(
  database: Database,
  watched: readonly Watched[],
): Promise<SubscriptionStatus[]> {
  const heads = new Map<Feed, bigint>();
  for (const { feed } of watched) if (!heads.has(feed)) heads.set(feed, await feed.head());
  const { rows } = await database.pool.query<Row>(
    `select s.name, case when s.lease_until > clock_timestamp() then s.owner end as owner, s.position,
       (select count(*)::int from parked p where p.subscription = s.name and p.status = 'parked') as parked
     from subscription s where s.name = any($1)`,
    [watched.map(({ name }) => name)],
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  return watched.map(({ name, feed, state, lastError, looked }) => {
    const row = byName.get(name);
    const saved = BigInt(row?.position ?? 0);
    const position = looked !== undefined && looked > saved ? looked : saved;
    const head = heads.get(feed) ?? 0n;
    return {
      name,
      feed: feed.name,
      state,
      lastError: lastError === undefined ? undefined : reasonOf(lastError, 'failed').reason,
      owner: row?.owner ?? null,
      position,
      lag: head > position ? head - position : 0n,
      parked: row?.parked ?? 0,
    };
  });
}

export async function countOpen(
  database: Database,
): Promise<{ readonly gaps: number; readonly deadLetters: number }> {
  const { rows } = await database.pool.query<{ gaps: number; deadLetters: number }>(
    `select (select count(*)::int from inbox_gap) as gaps,
       (select count(*)::int from dead_letter where closed_at is null) as "deadLetters"`,
  );
  return rows[0] ?? { gaps: 0, deadLetters: 0 };
}
