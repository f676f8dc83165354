import type { Pool } from 'pg';

/** Of the time of this process, from which on it is what takes the time, and not the server. */
const BUSY = 0.75;

/**
 * Whether a second connection would bring anything, each time since it was asked before. Where this process is busy itself, a second
 * server only takes turns with it on the same processors; and whoever waits for a connection, or soon may, comes first.
 */
export function spareConnection(pool: Pool): () => boolean {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization < BUSY && isHalfFree(pool);
  };
}

const isHalfFree = ({ totalCount, idleCount, waitingCount, options }: Pool): boolean =>
  waitingCount === 0 && 2 * (totalCount - idleCount) < options.max;
