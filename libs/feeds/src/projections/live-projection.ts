import { CodedError, hasCode } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { isDataError, reasonOf } from '../failure';
import type { Feed, FeedBatch, FeedEvent } from '../feed';
import type { FeedObserver } from '../observer';
import { Statement } from '../statement';
import { commitBatch, type Poison } from '../subscriptions/checkpoint';
import type { Held } from '../subscriptions/leases';
import type { Closing } from '../subscriptions/parking';
import { countBehind, ParkedStreams } from '../subscriptions/parked-streams';
import { resumeInTransaction, type ResumeReport } from '../subscriptions/resume-in-transaction';
import type { Subscriber } from '../subscriptions/runner';
import { Fold } from './fold';
import type { KeyedTable } from './keyed-table';
import { type LooseRows, type Projection, subscriptionOf, versioned } from './projection';
import { writeRows } from './write-rows';

export interface LiveProjectionContext {
  readonly database: Database;
  readonly observer: FeedObserver;
  readonly ttlMs: number;
  /** After every commit. */
  readonly committed?: () => void;
}

interface Item {
  readonly event: FeedEvent;
  readonly rows: LooseRows | undefined;
  /** Why its rows cannot be had or written. */
  failure: { readonly error: unknown } | undefined;
}

const BATCH_LIMIT = 5000;

/** The live path of a projection: a batch becomes one statement that writes its rows and its checkpoint. */
export class LiveProjection implements Subscriber {
  readonly name: string;
  readonly types: readonly string[];
  readonly batchLimit = BATCH_LIMIT;
  private readonly parked: ParkedStreams;

  constructor(
    readonly projection: Projection,
    readonly feed: Feed,
    private readonly context: LiveProjectionContext,
  ) {
    this.name = subscriptionOf(projection);
    this.types = projection.types;
    this.parked = new ParkedStreams(context.database);
  }

  async begin(held: Held): Promise<void> {
    await this.parked.of(held);
  }

  async apply({ events, through }: FeedBatch, held: Held): Promise<void> {
    await this.attempt(
      events.map((event) => this.prepared(event)),
      through,
      held,
    );
  }

  /** Applies a parked event and those behind it; with `discarded`, only those behind it. */
  resume(stream: string, closing: Closing): Promise<ResumeReport> {
    return resumeInTransaction(this.context.database, this, stream, closing, async (tx, events) => {
      const items = events.map((event) => this.prepared(event));
      for (const { failure } of items) if (failure) throw failure.error;
      const statement = new Statement();
      this.addWrites(statement, items, 'true');
      if (!statement.isEmpty) await statement.run(tx, 'select');
    });
  }

  private prepared(event: FeedEvent): Item {
    try {
      return { event, rows: this.projection.rowsOf(event), failure: undefined };
    } catch (error) {
      return { event, rows: undefined, failure: { error } };
    }
  }

  private addWrites(statement: Statement, items: readonly Item[], guard: string): void {
    try {
      for (const [name, fold] of this.foldsOf(items)) {
        writeRows(
          statement,
          versioned(name, this.projection.version),
          this.tableOf(name),
          fold.rows(),
          guard,
        );
      }
    } catch (error) {
      throw unwritable(error);
    }
  }

  private foldsOf(items: readonly Item[]): Map<string, Fold> {
    const folds = new Map<string, Fold>();
    for (const { rows } of items) {
      for (const [name, stated] of Object.entries(rows ?? {})) {
        if (stated.length === 0) continue;
        const fold = folds.get(name) ?? new Fold(this.tableOf(name));
        folds.set(name, fold);
        for (const row of stated) fold.add(row);
      }
    }
    return folds;
  }

  private async attempt(items: readonly Item[], through: bigint, held: Held): Promise<void> {
    for (;;) {
      const { fit, poison, behind } = await this.sorted(items, held);
      try {
        const outcome = await commitBatch(this.context.database, held, {
          through,
          ttlMs: this.context.ttlMs,
          poison,
          queued: countBehind(behind),
          writes: (statement, guard) => this.addWrites(statement, fit, guard),
        });
        if (outcome === 'stale') continue;
      } catch (error) {
        if (!isDataError(error) && !hasCode(error, 'row_unwritable')) throw error;
        await this.bisect(items, fit, through, held, error);
        return;
      }
      this.noteParked(poison);
      this.context.committed?.();
      return;
    }
  }

  /** The database names no row, so the batch is halved until the event is found that it refuses. */
  private async bisect(
    items: readonly Item[],
    fit: readonly Item[],
    through: bigint,
    held: Held,
    error: unknown,
  ): Promise<void> {
    const [only] = fit;
    if (fit.length === 1 && only) {
      only.failure = { error };
      await this.attempt(items, through, held);
      return;
    }
    const middle = items.indexOf(fit[Math.floor(fit.length / 2)] as Item);
    const last = items[middle - 1] as Item;
    await this.attempt(items.slice(0, middle), last.event.position, held);
    await this.attempt(items.slice(middle), through, held);
  }

  private async sorted(
    items: readonly Item[],
    held: Held,
  ): Promise<{ fit: Item[]; poison: Poison[]; behind: FeedEvent[] }> {
    const waiting = new Set(await this.parked.of(held));
    const fit: Item[] = [];
    const poison: Poison[] = [];
    const behind: FeedEvent[] = [];
    for (const item of items) {
      const { event, failure } = item;
      if (waiting.has(event.stream)) behind.push(event);
      else if (failure === undefined) fit.push(item);
      else {
        if (this.projection.onPoison === 'halt') throw halted(this.name, event, failure.error);
        poison.push({ event, why: reasonOf(failure.error, 'projection_failed') });
        waiting.add(event.stream);
      }
    }
    return { fit, poison, behind };
  }

  private noteParked(poison: readonly Poison[]): void {
    this.parked.add(poison);
    for (const { event, why } of poison)
      this.context.observer.parked?.(this.name, event.stream, why.code);
  }

  private tableOf(name: string): KeyedTable {
    const table = this.projection.tables[name];
    if (!table)
      throw new CodedError('unknown_table', `${this.name} has no table ${name}.`, { table: name });
    return table;
  }
}

/** Rows that contradict their table, or each other although each event's alone would do. */
const unwritable = (cause: unknown): CodedError => {
  const { reason, facts } = reasonOf(cause, 'row_unwritable');
  return new CodedError('row_unwritable', reason, facts, { cause });
};

const halted = (subscription: string, event: FeedEvent, cause: unknown): CodedError =>
  new CodedError(
    'halted_at_poison',
    `${subscription} stands still at ${event.stream} revision ${event.revision}: ${reasonOf(cause, 'failed').reason}`,
    { subscription, stream: event.stream, position: event.position },
    { cause },
  );
