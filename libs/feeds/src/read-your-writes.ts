import type { Database } from '@tributary/postgres';
import { OF_OLD_VERSION } from './subscriptions/parking';
import type { Progress } from './subscriptions/progress';
import { Wake } from './wake';

const POLL_MS = 100;

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Rings when it may be worth looking again. */
  readonly wake?: Wake;
  readonly pollMs?: number;
  readonly stop?: AbortSignal;
}

/** Looks until there is something to see, or until the time is over. Waiting for a stage of a fact is this, over a read model. */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  { timeoutMs, wake = new Wake(), pollMs = POLL_MS, stop }: WaitOptions,
): Promise<T | undefined> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = wake.count;
    const found = await look();
    if (found !== undefined) return found;
    const leftMs = endMs - performance.now();
    if (leftMs <= 0 || stop?.aborted === true) return undefined;
    await wake.after(seen, Math.min(pollMs, leftMs), stop);
  }
}

/** Whether all these subscriptions have come as far as a position: told by the owner in this process, else by the checkpoints. */
export async function waitUntil(
  database: Database,
  progress: Progress,
  subscriptions: readonly string[],
  position: bigint,
  timeoutMs: number,
): Promise<boolean> {
  const look = async (): Promise<true | undefined> => {
    const open = subscriptions.filter((name) => (progress.of(name) ?? -1n) < position);
    if (open.length === 0) return true;
    const { rows } = await database.pool.query<{ reached: number }>(
      'select count(*)::int as reached from subscription where name = any($1) and position >= $2',
      [open, String(position)],
    );
    return rows[0]?.reached === open.length ? true : undefined;
  };
  return (await waitFor(look, { timeoutMs, wake: progress.moved })) ?? false;
}

export type StageReached =
  | { readonly kind: 'reached'; readonly stage: string }
  | { readonly kind: 'parked'; readonly code: string };

/** A correlation id is whatever a sender says; only within a tenant it says something. */
export interface Correlated {
  readonly tenant: string;
  readonly correlationId: string;
}

/**
 * Follows a correlation id across services: the stages that a read model of the answering service has seen of it, or that
 * something with this correlation id is parked here.
 */
export function waitForStage(
  database: Database,
  { tenant, correlationId }: Correlated,
  stages: readonly string[],
  stagesReached: () => Promise<readonly string[]>,
  options: WaitOptions,
): Promise<StageReached | undefined> {
  return waitFor(async (): Promise<StageReached | undefined> => {
    const reached = await stagesReached();
    const stage = stages.find((wanted) => reached.includes(wanted));
    if (stage !== undefined) return { kind: 'reached', stage };
    const { rows } = await database.pool.query<{ code: string }>(
      `select code from parked
       where correlation_id = $1 and tenant = $2 and status = 'parked' and not ${OF_OLD_VERSION} order by id limit 1`,
      [correlationId, tenant],
    );
    return rows[0] && { kind: 'parked', code: rows[0].code };
  }, options);
}
