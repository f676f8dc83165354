import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { Client } from 'pg';
import { eventLogContract } from '../contract/event-log-contract.fixture';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

eventLogContract(
  'postgres',
  async () => {
    const postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
    const url = await postgres.freshDatabase();
    const databases: Database[] = [];
    return {
      dense: true,
      async open() {
        const database = await Database.open({
          url,
          schema: 'log',
          migrations: postgresLogMigrations,
        });
        databases.push(database);
        return PostgresEventLog.open(database);
      },
      dropConnections: () => dropConnections(postgres, url),
      async restartServer() {
        await postgres.server?.kill();
        await postgres.server?.restart();
      },
      async cleanUp() {
        for (const database of databases) await database.close();
        await postgres.stop();
      },
    };
  },
  { dropConnections: true, restartServer: true },
);

async function dropConnections(_: TestPostgres, url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}
