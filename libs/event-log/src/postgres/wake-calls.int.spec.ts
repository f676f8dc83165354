import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { Pool } from 'pg';
import { WakeCalls } from './wake-calls';

const LIMIT_MS = 30_000;

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

describe('calling those who wait in other processes', () => {
  it('wakes nobody here a second time, and everybody there', async () => {
    const url = await postgres.freshDatabase();
    const pool = new Pool({ connectionString: url });
    const woken: [who: string, head: bigint | undefined][] = [];
    const failures: unknown[] = [];
    const open = (name: string) =>
      new WakeCalls({
        pool,
        url,
        schema: 'log',
        wake: (head) => woken.push([name, head]),
        onError: (error) => failures.push(error),
      });
    const [one, two] = [open('one'), open('two')];
    one.listen();
    two.listen();
    // Something may have happened while nobody listened.
    await until(() => woken.length === 2);
    one.announce(1n);
    await until(() => woken.length === 3);
    two.announce(2n);
    await until(() => woken.length === 4);
    expect(woken.slice(2)).toEqual([
      ['two', 1n],
      ['one', 2n],
    ]);
    await pool.query(`select pg_notify('tributary_log_event', 'what anybody may say')`);
    await until(() => woken.length === 6);
    expect(woken.slice(4).map(([, head]) => head)).toEqual([undefined, undefined]);
    expect(failures).toEqual([]);
    await one.close();
    await two.close();
    await pool.end();
  });
});

async function until(reached: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!reached()) {
    if (Date.now() > deadline) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
