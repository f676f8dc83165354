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
import { type Item, PreparedItem, WholeItem } from './items';
import type { KeyedTable } from './keyed-table';
import { type LooseRows, type Projection, subscriptionOf, versioned } from './projection';
import { turn } from './turns';
import { writeRows } from './write-rows';

export interface LiveProjectionContext {
  readonly database: Database;
  readonly observer: FeedObserver;
  readonly ttlMs: number;
  /** After every commit. */
  readonly committed?: () => void;
}

/** By table. */
type Folds = Map<string, Fold>;

const BATCH_LIMIT = 5000;
/** Folding them takes longer than anybody else should wait without being asked. */
const MANY_EVENTS = 64;
/** How long a checkpoint that covers no event of ours may lag behind what was looked at. */
const IDLE_CHECKPOINT_MS = 250;
/** Further behind than this, only the declared fields are read, which is several times faster than whole events. */
const FAR_BEHIND = 20_000n;

/** The live path of a projection: a batch becomes one statement that writes its rows and its checkpoint. */
export class LiveProjection implements Subscriber {
  readonly name: string;
  readonly types: readonly string[];
  readonly batchLimit = BATCH_LIMIT;
  readonly checkpointMs = IDLE_CHECKPOINT_MS;
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

  async begin(held: Held, stop: AbortSignal): Promise<void> {
    await this.parked.of(held);
    const head = await this.feed.head();
    if (head - held.position > FAR_BEHIND) await this.catchUp(held, head, stop);
  }

  async apply({ events, through }: FeedBatch, held: Held): Promise<void> {
    await this.attempt(
      events.map((event) => new WholeItem(event, this.projection)),
      through,
      held,
    );
  }

  private async catchUp(held: Held, head: bigint, stop: AbortSignal): Promise<void> {
    let items: Item[] = [];
    for await (const found of readAhead(this.projection.replay(this.feed, held.position, head))) {
      if (stop.aborted) return;
      for (const prepared of found) items.push(new PreparedItem(prepared, this.feed));
      const last = items.at(-1);
      if (items.length < BATCH_LIMIT || !last) continue;
      await this.attempt(items, last.position, held);
      items = [];
    }
    await this.attempt(items, head, held);
  }

  /** Applies a parked event and those behind it; with `discarded`, only those behind it. */
  resume(stream: string, closing: Closing): Promise<ResumeReport> {
    return resumeInTransaction(this.context.database, this, stream, closing, async (tx, events) => {
      const items = events.map((event) => new WholeItem(event, this.projection));
      const folds = this.foldsOf(items);
      if (!folds) throw items.find(({ failure }) => failure)?.failure?.error;
      const statement = new Statement();
      this.addWrites(statement, folds, 'true');
      if (!statement.isEmpty) await statement.run(tx, 'select');
    });
  }

  private addWrites(statement: Statement, folds: Folds, guard: string): void {
    try {
      for (const [name, fold] of folds) {
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

  /** Undefined when the rows of some could not be had, which those have noted. */
  private foldsOf(items: readonly Item[]): Folds | undefined {
    const folds = new Map<string, Fold>();
    let failed = false;
    for (const item of items) {
      const rows = rowsOrFailure(item);
      if (rows === undefined) failed = true;
      else if (!failed) this.foldInto(folds, rows);
    }
    return failed ? undefined : folds;
  }

  private foldInto(folds: Folds, rows: LooseRows): void {
    try {
      for (const [name, stated] of Object.entries(rows)) {
        if (stated.length === 0) continue;
        const fold = folds.get(name) ?? new Fold(this.tableOf(name));
        folds.set(name, fold);
        for (const row of stated) fold.add(row);
      }
    } catch (error) {
      throw unwritable(error);
    }
  }

  private async attempt(items: readonly Item[], through: bigint, held: Held): Promise<void> {
    for (;;) {
      const { fit, poison, behind } = await this.sorted(items, held);
      if (fit.length >= MANY_EVENTS) await turn();
      try {
        const folds = this.foldsOf(fit);
        if (!folds) continue;
        const outcome = await commitBatch(this.context.database, held, {
          through,
          ttlMs: this.context.ttlMs,
          poison,
          queued: countBehind(behind),
          writes: (statement, guard) => {
            this.addWrites(statement, folds, guard);
            // A commit outlasts several collections of what is young, each of which would copy all that is still held.
            folds.clear();
          },
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
    await this.attempt(items.slice(0, middle), last.position, held);
    await this.attempt(items.slice(middle), through, held);
  }

  private async sorted(
    items: readonly Item[],
    held: Held,
  ): Promise<{ fit: Item[]; poison: Poison[]; behind: Item[] }> {
    const waiting = new Set(await this.parked.of(held));
    const fit: Item[] = [];
    const poison: Poison[] = [];
    const behind: Item[] = [];
    for (const item of items) {
      const { stream, failure } = item;
      if (waiting.has(stream)) behind.push(item);
      else if (failure === undefined) fit.push(item);
      else {
        const event = await item.event();
        if (this.projection.onPoison === 'halt') throw halted(this.name, event, failure.error);
        poison.push({ event, why: reasonOf(failure.error, 'projection_failed') });
        waiting.add(stream);
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

function rowsOrFailure(item: Item): LooseRows | undefined {
  try {
    return item.rows();
  } catch (error) {
    item.failure = { error };
    return undefined;
  }
}

/** Asks for the next page while this one is being applied. */
async function* readAhead<T>(pages: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = pages[Symbol.asyncIterator]();
  const ask = () => Promise.allSettled([iterator.next()]);
  try {
    for (let asked = ask(); ;) {
      const [answer] = await asked;
      if (answer.status === 'rejected') throw answer.reason;
      if (answer.value.done === true) return;
      asked = ask();
      yield answer.value.value;
    }
  } finally {
    await iterator.return?.();
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
