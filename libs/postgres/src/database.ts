import { CodedError } from '@tributary/kernel';
import {
  Client,
  type Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
  types,
} from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

import { orUnavailable } from './unavailable';

/** A transaction, or a pool where none is needed. */
export type Queryable = Pick<PoolClient, 'query'>;

export interface DatabaseOptions {
  readonly url: string;
  /** One schema per owner; everything unqualified resolves here. Created when missing. */
  readonly schema: string;
  readonly migrations?: NonNullable<DataSourceOptions['migrations']>;
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
  readonly poolSize?: number;
  /** How long a caller waits for a connection before it is told `unavailable`. */
  readonly connectTimeoutMs?: number;
  /** A connection was lost while it was idle or between two statements; the pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

const SCHEMA = /^[a-z][a-z0-9_]{0,40}$/;

/**
 * One owner's schema: TypeORM for entities and migrations, its pool for statements that write a set. Columns of type
 * `bigint` arrive as text, as `pg` does it; a statement made by `withBigints` gets them as `bigint`.
 */
export class Database {
  private constructor(
    readonly schema: string,
    readonly dataSource: DataSource,
    readonly pool: Pool,
  ) {}

  /** Connects, creates the schema and runs the pending migrations; several processes may do so at once. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { schema } = options;
    if (!SCHEMA.test(schema))
      throw new CodedError('invalid_schema', `Not a schema name: ${schema}`, { schema });
    const dataSource = dataSourceOf(options);
    try {
      return await alone(options.url, schema, async (client) => {
        // Asked first, because `if not exists` demands the right to create schemas even where nothing is to be created.
        const { rows } = await client.query<{ missing: boolean }>(
          'select to_regnamespace($1) is null as missing',
          [schema],
        );
        if (rows[0]?.missing) await client.query(`create schema ${schema}`);
        await dataSource.initialize();
        const pool = (dataSource.driver as PostgresDriver).master as Pool;
        surviveLostConnections(pool, options.onConnectionLost);
        await dataSource.runMigrations();
        return new Database(schema, dataSource, pool);
      });
    } catch (error) {
      if (dataSource.isInitialized) await dataSource.destroy();
      throw orUnavailable(error);
    }
  }

  /** One statement on any connection. Rejects with `unavailable` when the database, not the statement, is at fault. */
  async query<R extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<R>> {
    try {
      return await this.pool.query<R>(statement, values);
    } catch (error) {
      throw orUnavailable(error);
    }
  }

  /**
   * Rejects with `unavailable` when the database is at fault. If that happens at the commit, nobody knows whether it took
   * place; repeats must be recognised by what they write.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is closed, which rolls back as well.
      const rolledBack = await client.query('rollback').then(
        () => true,
        () => false,
      );
      client.release(!rolledBack);
      throw orUnavailable(error);
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw orUnavailable(error);
    }
  }

  /** Rejects with `unavailable` unless the database answers. */
  async ping(): Promise<void> {
    await this.query('select 1');
  }

  /** Lent out, to a statement that has not been answered or a transaction that has not ended. */
  get connectionsInUse(): number {
    return this.pool.totalCount - this.pool.idleCount;
  }

  /** Waits for those that are in use. */
  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

/** A statement whose `bigint` columns arrive as `bigint`. The parsers of `pg` itself, which all share, stay as they are. */
export const withBigints = (text: string, values: unknown[] = []): QueryConfig => ({
  text,
  values,
  types: BIGINTS,
});

type ParserOf = (oid: number, format?: 'text' | 'binary') => (text: string) => unknown;
const parserOf = types.getTypeParser as ParserOf;

const BIGINTS = {
  getTypeParser: ((oid, format) =>
    oid === Number(types.builtins.INT8) && format !== 'binary'
      ? BigInt
      : parserOf(oid, format)) as ParserOf,
};

function dataSourceOf(options: DatabaseOptions): DataSource {
  const {
    url,
    schema,
    migrations = [],
    entities = [],
    poolSize = 8,
    connectTimeoutMs = 10_000,
  } = options;
  return new DataSource({
    type: 'postgres',
    url,
    schema,
    entities,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    applicationName: `tributary ${schema}`,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    extra: { options: `-c search_path=${schema}`, keepAlive: true },
  });
}

/** Holds a lock of this schema meanwhile, on a connection of its own: it is given back even if the process is killed. */
async function alone<T>(
  url: string,
  schema: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: `tributary ${schema} migrations`,
  });
  let lost: Error | undefined;
  client.on('error', (error) => (lost = error));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [
      `tributary migrations of ${schema}`,
    ]);
    const result = await work(client);
    if (lost !== undefined) throw lost;
    return result;
  } finally {
    await client.end();
  }
}

/** Without a listener, the end of a connection that nobody is using would end the process. */
function surviveLostConnections(
  pool: Pool,
  onConnectionLost: DatabaseOptions['onConnectionLost'],
): void {
  const watched = new WeakSet<PoolClient>();
  const lost = new WeakSet<PoolClient>();
  const report = (error: Error, client: PoolClient): void => {
    // A server that is stopped right after us may end a connection before it has read our goodbye.
    if (pool.ending || lost.has(client)) return;
    lost.add(client);
    onConnectionLost?.(error);
  };
  pool.removeAllListeners('error');
  pool.on('error', report);
  // The pool listens to idle connections only; one that is lent out may be lost between two statements.
  pool.on('acquire', (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    client.on('error', (error) => report(error, client));
  });
}
