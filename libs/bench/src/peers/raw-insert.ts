import pg from 'pg';
import { postingData, newStream } from '../fixtures';
import { randomUUID } from 'node:crypto';

/** The limit: one prepared insert per event through a pool, nothing checked, nothing ordered. */
export class RawInsert {
  private readonly pool: pg.Pool;

  constructor(url: string, size = 32) {
    this.pool = new pg.Pool({ connectionString: url, max: size });
  }

  async prepare(): Promise<void> {
    await this.pool.query(`
      create table raw_event (
        id uuid not null, stream text not null, revision bigint not null, type text not null,
        occurred_at timestamptz not null, recorded_at timestamptz not null default now(), data json not null)`);
  }

  async insert(i: number): Promise<void> {
    await this.pool.query({
      name: 'raw-insert',
      text: `insert into raw_event (id, stream, revision, type, occurred_at, data) values ($1, $2, 0, $3, now(), $4)`,
      values: [randomUUID(), newStream(i), 'CommissionPosted', JSON.stringify(postingData(i))],
    });
  }

  async empty(): Promise<void> {
    await this.pool.query('truncate raw_event');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
