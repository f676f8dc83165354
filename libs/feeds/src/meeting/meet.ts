import { CodedError } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';

/** One side of a meeting: `register` says "I am here", `read` asks who else is. */
export interface Side<T> {
  /** Names what the two sides share, so that its rebuild can keep both away. */
  readonly directory: string;
  /** In a transaction of its own, committed before anything is read. */
  readonly register: (tx: Queryable) => Promise<void>;
  readonly read: (tx: Queryable) => Promise<T>;
}

/**
 * Register first, then read. Where two facts must meet, each side commits its own row before it looks for the other's: whichever
 * commits second sees the first, so that neither is missed, in any interleaving. That both may see each other is harmless, because
 * commands carry derived ids and revisions.
 */
export async function meet<T>(
  database: Database,
  { directory, register, read }: Side<T>,
): Promise<T> {
  const together = <R>(work: (tx: Queryable) => Promise<R>): Promise<R> =>
    database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [
        lockOf(database, directory),
      ]);
      return work(tx);
    });
  await together(register);
  return together(read);
}

/** Registering and reading wait while a directory is exchanged; the new one starts from the live rows, so nothing is lost. */
export function exchangeDirectory<T>(
  database: Database,
  directory: string,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      lockOf(database, directory),
    ]);
    return work(tx);
  });
}

function lockOf({ schema }: Database, directory: string): string {
  if (directory === '') throw new CodedError('invalid_directory', 'A directory has a name.');
  return `${schema}/meeting/${directory}`;
}
