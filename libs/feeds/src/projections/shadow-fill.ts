import { CodedError, hasCode } from '@tributary/kernel';
import type { Queryable } from '@tributary/postgres';
import { isDataError } from '../failure';
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

/** Rows of several events that the database refuses without saying which: they are filled again in smaller pieces. */
export class RowsRefused extends Error {
  constructor(
    readonly events: number,
    readonly stretch: Stretch,
    cause: unknown,
  ) {
    super(`Rows of ${events} events cannot be written`, { cause });
  }
}

/** Behind the first position, through the other. */
export interface Stretch {
  readonly after: bigint;
  readonly through: bigint;
}

/** How a fill goes on once the database has refused something: some events at a time, and in this stretch one by one. */
export interface Caution {
  readonly oneByOne: Stretch | undefined;
}

/** By stream, the first event that was left out. */
export type Excluded = Map<string, PoisonFound>;

export interface FillOptions {
  readonly signal: AbortSignal;
  readonly isSameVersion: boolean;
  readonly excluded: Excluded;
  /** Single events that a person has discarded for this very version. */
  readonly discarded: ReadonlySet<bigint>;
  readonly caution: Caution | undefined;
}

/** Rows held in memory before they are written; a table with fewer keys is written once. */
const MAX_FOLDED_ROWS = 200_000;
const UPSERT_ROWS = 5_000;
/** Written at a time by who is cautious: few enough to be gone through one by one. */
export const FEW_EVENTS = 100;

/** The tables of a rebuild while they are filled: fold in memory, COPY once, and upserts for what comes after. */
export class ShadowFill {
  through = 0n;
  events = 0;
  readonly subscription: string;
  private readonly folds = new Map<string, Fold>();
  /** Tables that have rows and a key already. */
  private readonly keyed = new Set<string>();
  /** Since what was written last: how many, and the last of them. */
  private unwritten = 0;
  private last: Prepared | undefined;
  private written = 0n;

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
        const { caution } = this.options;
        if (caution) await this.foldCautiously(found, caution, tx);
        else found.forEach((prepared) => this.fold(prepared));
        this.events += found.length;
        const last = found[found.length - 1];
        if (last) this.report(last.position, target);
        if (this.foldedRows() > MAX_FOLDED_ROWS) await this.flush(tx);
      }
      this.through = target;
    }
    this.assertWanted();
    await this.flush(tx);
    this.report(target, target);
  }

  private async foldCautiously(
    found: readonly Prepared[],
    { oneByOne }: Caution,
    tx: Queryable | undefined,
  ): Promise<void> {
    for (const prepared of found) {
      const { position } = prepared;
      const isAlone =
        oneByOne !== undefined && position > oneByOne.after && position <= oneByOne.through;
      if (isAlone) await this.flush(tx);
      this.fold(prepared);
      if (isAlone || this.unwritten >= FEW_EVENTS) await this.flush(tx);
    }
  }

  private async flush(tx: Queryable | undefined): Promise<void> {
    const { last, unwritten, written: after } = this;
    try {
      await this.write(tx);
    } catch (error) {
      if (!last || !(isDataError(error) || hasCode(error, 'row_unwritable'))) throw error;
      const { stream, position, type } = last;
      if (unwritten === 1) throw new PoisonFound(stream, position, type, error);
      throw new RowsRefused(unwritten, { after, through: position }, error);
    }
    this.written = last?.position ?? after;
    this.unwritten = 0;
    this.last = undefined;
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
    this.last = prepared;
    this.unwritten++;
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
