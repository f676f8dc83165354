import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { Database, withBigints } from './database';
import { isUnavailable } from './unavailable';

class CreateAccount1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table account (id int primary key, amount bigint not null)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table account');
  }
}

describe('keeping the tables of one owner', () => {
  let postgres: TestPostgres;
  let url: string;
  let lost: Error[];
  let database: Database;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(async () => await postgres.stop());

  beforeEach(async () => {
    url = await postgres.freshDatabase();
    lost = [];
    database = await open();
  });
  afterEach(async () => await database.close());

  const open = async (): Promise<Database> =>
    await Database.open({
      url,
      schema: 'ledger',
      migrations: [CreateAccount1700000000000],
      onConnectionLost: (error) => lost.push(error),
    });

  it('creates schema and tables once, however many processes start at the same time', async () => {
    url = await postgres.freshDatabase();
    const all = await Promise.all([open(), open(), open(), open()]);
    const { rows } = await all[0].query('select count(*)::int as migrations from migration');
    expect(rows).toEqual([{ migrations: 1 }]);
    await Promise.all(all.map(async (one) => await one.close()));
  });

  it('does not call a connection lost that it is closing', async () => {
    const closing = await open();
    const client = await closing.pool.connect();
    client.release();
    const before = lost.length;
    await closing.close();
    client.emit('error', new Error('terminating connection due to administrator command'));
    expect(lost).toHaveLength(before);
  });

  it('opens a schema that exists already without the right to create one', async () => {
    await database.query(`create role reader login password 'reader'`);
    await database.query('grant usage on schema ledger to reader');
    await database.query('grant all on all tables in schema ledger to reader');
    const limited = new URL(url);
    limited.username = 'reader';
    limited.password = 'reader';
    const reader = await Database.open({
      url: limited.href,
      schema: 'ledger',
      migrations: [CreateAccount1700000000000],
    });
    await reader.ping();
    await reader.close();
    await database.query('drop owned by reader');
    await database.query('drop role reader');
  });

  it('refuses a name that is no schema', async () => {
    await expect(Database.open({ url, schema: 'x; drop table y' })).rejects.toMatchObject({
      code: 'invalid_schema',
    });
  });

  it('hands big integers out as text, and as bigint where a statement asks for it', async () => {
    await database.query('insert into account values (1, $1)', [9007199254740993n]);
    const text = await database.query('select amount, id, null::bigint as nothing from account');
    const big = await database.query(
      withBigints('select amount, id, null::bigint as nothing from account where id = $1', [1]),
    );
    expect(text.rows).toEqual([{ amount: '9007199254740993', id: 1, nothing: null }]);
    expect(big.rows).toEqual([{ amount: 9007199254740993n, id: 1, nothing: null }]);
  });

  it('writes all of a transaction or nothing, and keeps the connection of one that was refused', async () => {
    const pidBefore = await backendPid();
    const refused = database.transaction(async (tx) => {
      await tx.query('insert into account values (1, 100)');
      throw new Error('not today');
    });
    await expect(refused).rejects.toThrow('not today');
    expect(await backendPid()).toBe(pidBefore);
    await database.transaction(async (tx) => await tx.query('insert into account values (2, 200)'));
    expect((await database.query('select id from account')).rows).toEqual([{ id: 2 }]);
  });

  it('survives the loss of idle connections and reports it', async () => {
    await database.ping();
    await endAllOthers();
    await until(() => lost.length > 0);
    await database.ping();
  });

  it('survives the loss of a connection between two statements of a transaction', async () => {
    const cut = database.transaction(async (tx) => {
      await tx.query('insert into account values (1, 100)');
      await endAllOthers();
      await until(() => lost.length > 0);
      await tx.query('insert into account values (2, 200)');
    });
    await expect(cut).rejects.toMatchObject({ code: 'unavailable' });
    expect((await database.query('select id from account')).rows).toEqual([]);
  });

  it('says unavailable while no server is there, and the server is not to blame for a wrong statement', async () => {
    const nobody = Database.open({ url: 'postgresql://a:b@127.0.0.1:1/x', schema: 'ledger' });
    await expect(nobody).rejects.toMatchObject({ code: 'unavailable' });
    const wrong: unknown = await database.query('select nonsense').catch((error: unknown) => error);
    expect(isUnavailable(wrong)).toBe(false);
    expect(wrong).toMatchObject({ code: '42703' });
  });

  const backendPid = async (): Promise<unknown> =>
    (await database.query('select pg_backend_pid() as pid')).rows[0]?.['pid'];

  async function endAllOthers(): Promise<void> {
    const other = await Database.open({ url, schema: 'elsewhere' });
    await other.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'tributary ledger'`,
    );
    await other.close();
  }
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('It did not happen.');
    await new Promise((next) => setTimeout(next, 10));
  }
}
