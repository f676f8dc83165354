import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { type DomainEvent, instant, prepare, streamOf, uuidV7 } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';

import { tributary } from './tributary';

describe('verifying a log in a database', () => {
  let postgres: TestPostgres;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
    database = await Database.open({ url, schema: 'log', migrations: [...postgresLogMigrations] });
    const log = await PostgresEventLog.open(database);
    await append(log, 'a', 3);
    await append(log, 'b', 2);
    await log.close();
  });
  afterAll(async () => await postgres.stop());

  it('refuses a database that holds no log', async () => {
    const { code, report } = await verified(await postgres.freshDatabase());
    expect(code).toBe(3);
    expect(report).toMatchObject({ error: 'no_event_log' });
  });

  it('says unavailable when nobody answers', async () => {
    const { code, report } = await verified('postgres://nobody@127.0.0.1:1/none');
    expect(code).toBe(3);
    expect(report).toMatchObject({ error: 'unavailable' });
  });

  it('M193: proves that every event is what was written, until the owner of the database changes one', async () => {
    const before = await verified(url);
    expect(before).toMatchObject({
      code: 4,
      report: { events: 5, streams: 2, head: '5', categories: { sale: 5 } },
    });

    const owner = await Database.open({ url, schema: 'log' });
    await owner.query('alter table event disable trigger all');
    await owner.query(`grant update on event to current_user`);
    await owner.query(`update event set data = '{"n":41}' where position = 4`);
    await owner.close();
    const after = await verified(url);
    expect(after).toMatchObject({
      code: 1,
      report: { events: 5, findings: [{ position: '4', what: 'content_hash' }] },
    });
  });

  async function verified(from: string): Promise<{ code: number; report: unknown }> {
    const lines: string[] = [];
    const code = await tributary(['verify', '--json'], {
      variables: { DATABASE_URL: from },
      out: (line) => lines.push(line),
    });
    return { code, report: JSON.parse(lines.join('\n')) };
  }
});

async function append(log: PostgresEventLog, id: string, count: number): Promise<void> {
  const cause = {
    commandId: uuidV7(0),
    fingerprint: 'f',
    actor: 'key:test',
    causationId: null,
    correlationId: 'c',
    traceParent: null,
  };
  const events = Array.from({ length: count }, (_, n) => {
    const event: DomainEvent = {
      type: 'ThingSaid',
      data: { n },
      occurredAt: instant('2026-03-31T00:00:00Z'),
    };
    return prepare(event, cause, n, uuidV7(0));
  });
  await log.append(streamOf('sale', 't', id), 'none', events);
}
