import { CodedError } from '@tributary/kernel';
import type { Queryable } from '@tributary/postgres';
import type { Feed } from '../feed';
import { Statement } from '../statement';
import { copyRows } from './copy-rows';
import { Fold } from './fold';
import { createIndexesSql, createTableSql, type KeyedTable } from './keyed-table';
import { type Prepared, type Projection, subscriptionOf, versioned } from './projection';
import type { RebuildContext } from './rebuild-report';
import { writeRows } from './write-rows';

/** An event whose rows fail; its stream is left out from there on, as the live path would park it. */
export class PoisonFound extends Error {
  constructor(
    readonly stream: string,
    readonly position: bigint,
    readonly type: string,
    cause: unknown,
  ) {
    super(`${type} at ${position} cannot be applied`, { cause });
  }
}

/** By stream, the first event that was left out. */
export type Excluded = Map<string, PoisonFound>;

export interface FillOptions {
  readonly signal: AbortSignal;
  readonly isSameVersion: boolean;
  readonly excluded: Excluded;
  /** Single events that a person has discarded for this very version. */
  readonly discarded: ReadonlySet<bigint>;
}

/** Rows held in memory before they are written; a table with fewer keys is written once. */
const MAX_FOLDED_ROWS = 200_000;
const UPSERT_ROWS = 5_000;

/** The tables of a rebuild while they are filled: fold in memory, COPY once, and upserts for what comes after. */
export class ShadowFill {
  through = 0n;
  events = 0;
  readonly subscription: string;
  private readonly folds = new Map<string, Fold>();
  /** Tables that have rows and a key already. */
  private readonly keyed = new Set<string>();

  constructor(
    readonly context: RebuildContext,
    readonly projection: Projection,
    readonly feed: Feed,
    readonly options: FillOptions,
  ) {
    this.subscription = subscriptionOf(projection);
    for (const [name, table] of Object.entries(projection.tables))
      this.folds.set(name, new Fold(table));
  }

  /** Where a table is filled: under its final name when that is still free. */
  target(table: string): string {
    const name = versioned(table, this.projection.version);
    return this.options.isSameVersion ? `${name}_shadow` : name;
  }

  async create(): Promise<void> {
    await this.drop();
    for (const [name, table] of Object.entries(this.projection.tables)) {
      await this.context.database.pool.query(createTableSql(this.target(name), table));
    }
  }

  async drop(): Promise<void> {
    for (const name of Object.keys(this.projection.tables)) {
      await this.context.database.pool.query(`drop table if exists ${this.target(name)}`);
    }
  }

  /** Reads on to a position and writes everything, within a transaction when one is given. */
  async fillTo(target: bigint, tx?: Queryable): Promise<void> {
    if (target > this.through) {
      for await (const found of this.projection.replay(this.feed, this.through, target)) {
        this.assertWanted();
        for (const prepared of found) this.fold(prepared);
        this.events += found.length;
        const last = found[found.length - 1];
        if (last) this.report(last.position, target);
        if (this.foldedRows() > MAX_FOLDED_ROWS) await this.write(tx);
      }
      this.through = target;
    }
    this.assertWanted();
    await this.write(tx);
    this.report(target, target);
  }

  private assertWanted(): void {
    if (!this.options.signal.aborted) return;
    if (this.options.signal.reason instanceof CodedError) throw this.options.signal.reason;
    throw new CodedError(
      'rebuild_cancelled',
      `The rebuild of ${this.projection.name} was cancelled.`,
      {
        projection: this.projection.name,
      },
    );
  }

  private fold(prepared: Prepared): void {
    const { position, stream, type } = prepared;
    const poison = this.options.excluded.get(stream);
    if ((poison && position >= poison.position) || this.options.discarded.has(position)) return;
    try {
      const rows = prepared.rows();
      for (const name in rows) {
        const fold = this.folds.get(name);
        if (!fold)
          throw new CodedError('unknown_table', `${this.subscription} has no table ${name}.`, {
            table: name,
          });
        for (const row of rows[name] ?? []) fold.add(row);
      }
    } catch (error) {
      // Some of its rows may stand in the fold already, so the fill starts again without this stream.
      throw new PoisonFound(stream, position, type, error);
    }
  }

  private foldedRows(): number {
    let rows = 0;
    for (const fold of this.folds.values()) rows += fold.size;
    return rows;
  }

  private async write(tx?: Queryable): Promise<void> {
    for (const [name, fold] of this.folds) {
      const table = this.projection.tables[name] as KeyedTable;
      if (!this.keyed.has(name)) await this.copyFirst(name, table, fold, tx);
      else if (fold.size > 0) await this.upsert(name, table, fold, tx);
      fold.clear();
    }
  }

  /** Indexes come after the rows, which is much faster than keeping them up while rows arrive. */
  private async copyFirst(
    name: string,
    table: KeyedTable,
    fold: Fold,
    tx?: Queryable,
  ): Promise<void> {
    const fill = async (on: Queryable) => {
      if (fold.size > 0) await copyRows(on, this.target(name), table, fold);
      for (const index of createIndexesSql(this.target(name), table)) await on.query(index);
    };
    await (tx ? fill(tx) : this.context.database.transaction(fill));
    this.keyed.add(name);
  }

  private async upsert(name: string, table: KeyedTable, fold: Fold, tx?: Queryable): Promise<void> {
    const { database } = this.context;
    const on = tx ?? database.pool;
    if (table.writtenOnce) {
      const copy = (into: Queryable) => copyRows(into, this.target(name), table, fold);
      await (tx ? copy(tx) : database.transaction(copy));
      return;
    }
    for (const slice of fold.slices(UPSERT_ROWS)) {
      const statement = new Statement();
      writeRows(statement, this.target(name), table, slice, 'true');
      await statement.run(on, 'select');
    }
  }

  private report(through: bigint, target: bigint): void {
    const { name, version } = this.projection;
    this.context.observer.rebuilding?.({
      projection: name,
      version,
      events: this.events,
      through,
      target,
    });
  }
}
