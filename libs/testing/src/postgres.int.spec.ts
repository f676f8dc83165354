import { Client } from 'pg';

import { startTestPostgres, type TestPostgres } from './postgres';

describe('borrowing a throwaway PostgreSQL', () => {
  const given = process.env['TEST_DATABASE_URL'];
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true });
  });
  afterEach(() => {
    if (given === undefined) delete process.env['TEST_DATABASE_URL'];
    else process.env['TEST_DATABASE_URL'] = given;
  });
  afterAll(async () => await postgres.stop());

  it('gives databases that know nothing of each other, on a server that does not wait for the disk', async () => {
    const urls = await Promise.all([postgres.freshDatabase(), postgres.freshDatabase()]);
    for (const url of urls) {
      await ask(url, 'create table only_here (id int)');
      expect(await ask(url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);
    }
  });

  it('uses the server that TEST_DATABASE_URL names, and leaves nothing on it', async () => {
    const named = postgres.server?.url() ?? '';
    const before = await databases(named);
    process.env['TEST_DATABASE_URL'] = named;
    const borrowed = await startTestPostgres();
    expect(borrowed.server).toBeUndefined();
    const url = await borrowed.freshDatabase();
    expect(new URL(url).port).toBe(new URL(named).port);
    expect(await databases(url)).toHaveLength(before.length + 1);
    await borrowed.stop();
    expect(await databases(named)).toEqual(before);
  });
});

const databases = async (url: string): Promise<unknown[]> =>
  await ask(url, 'select datname from pg_database order by datname');

async function ask(connectionString: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
