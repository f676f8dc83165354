import { CodedError } from '@tributary/kernel';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** A transaction, or a pool where none is needed. */
export type Queryable = Pick<PoolClient, 'query'>;

export interface DatabaseOptions {
  readonly url: string;
  /** One schema per owner; everything unqualified resolves here. Created when missing. */
  readonly schema: string;
  readonly migrations?: NonNullable<DataSourceOptions['migrations']>;
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
  readonly poolSize?: number;
}

const SCHEMA = /^[a-z][a-z0-9_]{0,40}$/;

/** One owner's schema: TypeORM for entities and migrations, its pool for statements that write a set. */
export class Database {
  private constructor(
    readonly schema: string,
    readonly dataSource: DataSource,
    readonly pool: Pool,
  ) {}

  /** Connects, creates the schema and runs the pending migrations. */
  static async open({ url, schema, migrations = [], entities = [], poolSize = 8 }: DatabaseOptions): Promise<Database> {
    if (!SCHEMA.test(schema)) throw new CodedError('invalid_schema', `Not a schema name: ${schema}`);
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      schema,
      entities,
      migrations,
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
      poolSize,
      extra: { options: `-c search_path=${schema}` },
    });
    await dataSource.initialize();
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    await pool.query(`create schema if not exists ${schema}`);
    await dataSource.runMigrations();
    return new Database(schema, dataSource, pool);
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // A connection whose state is unknown is closed, which rolls back.
      client.release(true);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
