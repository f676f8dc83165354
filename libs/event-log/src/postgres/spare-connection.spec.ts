import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { spareConnection } from './spare-connection';

const WHILE_MS = 30;

const poolWith = (inUse: number, waitingCount = 0): Pool =>
  ({ totalCount: inUse + 1, idleCount: 1, waitingCount, options: { max: 8 } }) as unknown as Pool;

/** As whoever did nothing but wait since it asked before. */
async function isSpare(pool: Pool): Promise<boolean> {
  const spare = spareConnection(pool);
  await sleep(WHILE_MS);
  return spare();
}

describe('a spare connection', () => {
  it('is there as long as less than half of them are in use', async () => {
    expect(await isSpare(poolWith(3))).toBe(true);
    expect(await isSpare(poolWith(4))).toBe(false);
  });

  it('is there for nobody while somebody waits for one', async () => {
    expect(await isSpare(poolWith(1, 1))).toBe(false);
  });

  it('is of no use to a process that is busy itself, until it is no longer', async () => {
    const spare = spareConnection(poolWith(1));
    await sleep(0);
    const endMs = performance.now() + WHILE_MS;
    while (performance.now() < endMs);
    expect(spare()).toBe(false);
    await sleep(WHILE_MS);
    expect(spare()).toBe(true);
  });
});
