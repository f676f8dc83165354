import type { Database } from '@tributary/postgres';
import { contextOf, testDatabases } from '../feeds.fixture';
import type { Held } from './leases';

const databases = testDatabases();

interface Row {
  readonly position: string;
  readonly free: boolean;
}

async function rowOf(database: Database, name: string): Promise<Row | undefined> {
  const { rows } = await database.pool.query<Row>(
    'select position, lease_until is null as free from subscription where name = $1',
    [name],
  );
  return rows[0];
}

const change = (database: Database, assignment: string, name: string) =>
  database.pool.query(`update subscription set ${assignment} where name = $1`, [name]);

describe('saving checkpoints that no row hangs on', () => {
  it('saves all of a service with one statement, as soon as one of them is due', async () => {
    const database = await databases.open();
    const { leases, late } = contextOf(database);
    const helds: Held[] = [];
    for (const name of ['c', 'a', 'b']) helds.push((await leases.acquire(name)) as Held);
    for (const [i, held] of helds.entries()) late.note(held, BigInt(i + 1));
    const asked = jest.spyOn(database.pool, 'query');
    await Promise.all([late.save(helds[0] as Held), late.save(helds[1] as Held)]);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    expect(helds.map(({ position }) => position)).toEqual([1n, 2n, 3n]);
    expect(helds.map((held) => late.noteOf(held))).toEqual([undefined, undefined, undefined]);
    for (const held of helds) await leases.release(held);
  });

  it('keeps from a fenced one what it noted, tells only that one, and saves the others', async () => {
    const database = await databases.open();
    const { leases, late } = contextOf(database);
    const [lost, kept] = [
      (await leases.acquire('lost')) as Held,
      (await leases.acquire('kept')) as Held,
    ];
    await change(database, 'epoch = epoch + 1', 'lost');
    late.note(lost, 9n);
    late.note(kept, 9n);
    await late.save(kept);
    expect(await rowOf(database, 'kept')).toMatchObject({ position: '9' });
    expect(await rowOf(database, 'lost')).toMatchObject({ position: '0' });
    await expect(late.save(lost)).rejects.toMatchObject({ code: 'fenced' });
    late.forget(lost);
    await leases.release(kept);
  });

  it('looks again where a parked stream was closed meanwhile, and then saves', async () => {
    const database = await databases.open();
    const { leases, late } = contextOf(database);
    const held = (await leases.acquire('s')) as Held;
    await change(database, 'parkings = parkings + 1', 's');
    late.note(held, 4n);
    await late.save(held);
    expect(held).toMatchObject({ position: 4n, parkings: 1n });
    await leases.release(held);
  });

  it('neither moves a checkpoint back nor takes back a lease that was given up', async () => {
    const database = await databases.open();
    const { leases, late } = contextOf(database);
    const held = (await leases.acquire('s')) as Held;
    await change(database, 'position = 7', 's');
    await leases.release(held);
    late.note(held, 5n);
    await late.save(held);
    expect(await rowOf(database, 's')).toEqual({ position: '7', free: true });
  });
});
