import type { Decider, Rejected } from '../decider';
import type { Cause, DomainEvent, PreparedEvent, Recorded } from '../envelope';
import type { Json } from '../json';
import { type StreamLog, unavailable } from '../stream-log';
import type { StreamName } from '../stream-name';
import type { Uuid } from '../uuid';
import type { SnapshotStore } from './snapshot-store';

export type AnyEvent = DomainEvent<string, object>;
/** The runner holds streams of every kind, so it knows their types only as its callers do. */
export type AnyDecider = Decider<unknown, AnyEvent, unknown, Rejected>;
type Rows = NonNullable<AnyDecider['snapshot']>;

/**
 * Where a command's events stand. What it said stands there too, and is read when somebody repeats it. Many are held, and a number
 * takes no room of its own.
 */
export interface Remembered {
  readonly first: number;
  readonly count: number;
}

/** What the next snapshot of a stream has to show. */
class Changes {
  readonly commands = new Set<Uuid>();
  readonly rows = new Set<string>();

  add({ commands, rows }: Changes): void {
    for (const id of commands) this.commands.add(id);
    for (const key of rows) this.rows.add(key);
  }
}

/** What is known of a stream up to one revision. Replaced as a whole, so that what was not stored is simply forgotten. */
export interface Known {
  readonly state: unknown;
  /** -1n: the stream does not exist. */
  readonly revision: bigint;
  readonly position: bigint;
  readonly lastCause: LastCause | undefined;
}

/** What the next step of a stream names as its cause. Of its event nothing else is kept: a stream may be held for long. */
export type LastCause = Pick<Cause, 'commandId' | 'correlationId' | 'traceParent'>;

const COMMAND_ROW = 'command/';
const STATE_ROW = 'state/';
/** Where a stream ends that does not exist, and a snapshot that was never made. */
const NOWHERE = -1n;

/** One stream in memory: its folded state, the commands it remembers, and what changed since its last snapshot. */
export class HeldStream {
  known: Known;
  private readonly commands = new Map<Uuid, Remembered>();
  /**
   * Since the snapshot that they will be a difference to. Undefined: nothing is noted, because none was found and most streams never
   * come to have one; the first is made of all events, read once more.
   */
  private changes: Changes | undefined;
  /** That snapshot. */
  private snapshotRevision = NOWHERE;
  /** The newest that is known, whoever has stored it: so far after it the next one is due. */
  private newestSnapshot = NOWHERE;
  private saving = false;
  /** `assumed`: as if nothing stood there. */
  private knowledge: 'assumed' | 'none' | 'read' = 'none';

  constructor(
    readonly stream: StreamName,
    readonly decider: AnyDecider,
    private readonly log: StreamLog,
    private readonly snapshots: SnapshotStore | undefined,
  ) {
    this.known = { state: decider.initial, revision: NOWHERE, position: 0n, lastCause: undefined };
  }

  /** The first time from the snapshot, then only what came after what is known. */
  async catchUp(): Promise<void> {
    if (this.knowledge !== 'read') await this.restore();
    for await (const event of this.log.read(this.stream, this.known.revision + 1n))
      this.follow(event);
    this.knowledge = 'read';
  }

  /** Goes on as if nothing stood there; whatever rests on that is proven by an append, or looked up before it is told. */
  assumeNew(): void {
    this.knowledge = 'assumed';
  }

  get isLoaded(): boolean {
    return this.knowledge !== 'none';
  }

  get isSaving(): boolean {
    return this.saving;
  }

  get rememberedCommands(): number {
    return this.commands.size;
  }

  /** Whether steps are left that its decider wants to take by itself. */
  get isBehind(): boolean {
    return (this.decider.step?.(this.known.state).length ?? 0) > 0;
  }

  remembered(commandId: Uuid): Remembered | undefined {
    return this.commands.get(commandId);
  }

  /** The events of a command that was accepted before, as the stream holds them. */
  async eventsOf({ first, count }: Remembered): Promise<Recorded[]> {
    const events: Recorded[] = [];
    for await (const event of this.log.read(this.stream, BigInt(first))) {
      events.push(event);
      if (events.length === count) break;
    }
    return events;
  }

  /** Takes over what has just been stored. */
  advance(
    state: unknown,
    events: readonly PreparedEvent[],
    revision: bigint,
    position: bigint,
  ): void {
    let at = this.known.revision;
    for (const event of events) {
      at += 1n;
      this.note(event, at);
    }
    const last = events.at(-1);
    // What was assumed has been proven by the append.
    this.knowledge = 'read';
    this.known = {
      state,
      revision,
      position,
      lastCause: last ? causeIn(last) : this.known.lastCause,
    };
  }

  /**
   * Commands do not wait for it: the state that it shows stays as it is, and what changes meanwhile is noted for the next. Rejects
   * when it could not be stored; then the next one shows these changes, too.
   */
  async saveSnapshot(everyRevisions: bigint): Promise<void> {
    const rows = this.decider.snapshot;
    const { state, revision, position } = this.known;
    if (!rows || !this.snapshots || this.saving) return;
    if (revision - this.newestSnapshot < everyRevisions) return;

    const { decider, stateVersion } = rows;
    const at = { revision, position, from: this.snapshotRevision };
    let noted = this.changes;
    const showAgain = () => {
      if (noted && this.changes) noted.add(this.changes);
      this.changes = noted;
    };
    this.changes = new Changes();
    this.saving = true;
    try {
      noted ??= await this.changesUntil(revision, rows);
      const changed = new Map<string, Json | undefined>();
      for (const id of noted.commands) changed.set(COMMAND_ROW + id, this.commandRow(id));
      for (const key of noted.rows) changed.set(STATE_ROW + key, rows.row(state, key));
      const key = { stream: this.stream, decider, stateVersion };
      const stored = await this.snapshots.save(key, at, changed);
      if (this.isOvertaken(stored, revision)) showAgain();
    } catch (error) {
      showAgain();
      throw error;
    } finally {
      this.saving = false;
    }
  }

  private async changesUntil(revision: bigint, rows: Rows): Promise<Changes> {
    const changes = new Changes();
    let last = NOWHERE;
    for await (const event of this.log.read(this.stream, 0n, revision)) {
      this.noteIn(changes, event, rows);
      last = event.revision;
    }
    // Of a part of them it would be taken for the whole.
    if (last !== revision) throw unavailable(`The end of ${this.stream}`);
    return changes;
  }

  /**
   * Learns what is stored, and whether what was to be stored at a revision has to be shown again because it is something else. What
   * changed since an older snapshot holds all that changed since a newer one, whoever wrote that. One that is older than ours, as
   * after the service was put back to an earlier day, lacks rows that are not noted any more: it is left as it is until the stream
   * is read anew.
   */
  private isOvertaken(stored: bigint, revision: bigint): boolean {
    const isOvertaken = stored !== revision && stored > this.snapshotRevision;
    this.newestSnapshot = isOvertaken ? stored : revision;
    if (!isOvertaken) this.snapshotRevision = revision;
    // As long as every row can be shown, one that may be of another log than this is rather replaced.
    else if (this.snapshotRevision > NOWHERE) this.snapshotRevision = stored;
    return isOvertaken;
  }

  evolve(state: unknown, event: AnyEvent): unknown {
    return this.decider.evolve(state, this.typed(event));
  }

  private follow(event: Recorded): void {
    const state = this.evolve(this.known.state, event);
    this.note(event, event.revision);
    const { revision, position } = event;
    this.known = { state, revision, position, lastCause: causeIn(event) };
  }

  private note(event: PreparedEvent | Recorded, revision: bigint): void {
    const { commandId } = event;
    if (this.decider.remembersCommands !== false) {
      const before = this.commands.get(commandId);
      const first = before?.first ?? Number(revision);
      this.commands.set(commandId, { first, count: (before?.count ?? 0) + 1 });
    }
    const rows = this.decider.snapshot;
    if (rows && this.changes) this.noteIn(this.changes, event, rows);
  }

  private noteIn(changes: Changes, event: PreparedEvent | Recorded, rows: Rows): void {
    if (this.decider.remembersCommands !== false) changes.commands.add(event.commandId);
    for (const key of rows.touched(this.typed(event))) changes.rows.add(key);
  }

  private typed(event: AnyEvent): AnyEvent {
    return this.decider.upcast ? this.decider.upcast(event) : event;
  }

  private commandRow(id: Uuid): Json | undefined {
    const command = this.commands.get(id);
    return command && [String(command.first), command.count];
  }

  private async restore(): Promise<void> {
    const rows = this.decider.snapshot;
    if (!rows || !this.snapshots) return;
    const { decider, stateVersion } = rows;
    const snapshot = await this.snapshots.load({ stream: this.stream, decider, stateVersion });
    if (!snapshot) return;
    const { revision, position } = snapshot;
    const [last] = await this.eventsOf({ first: Number(revision), count: 1 });
    // A log that was put back to an earlier day does not hold what this snapshot rests on.
    if (last?.position !== position) return;

    const stateRows = new Map<string, Json>();
    for (const [key, value] of snapshot.rows) {
      if (key.startsWith(STATE_ROW)) stateRows.set(key.slice(STATE_ROW.length), value);
      else this.commands.set(key.slice(COMMAND_ROW.length), rememberedFrom(value));
    }
    this.known = { state: rows.restore(stateRows), revision, position, lastCause: causeIn(last) };
    this.changes = new Changes();
    this.snapshotRevision = revision;
    this.newestSnapshot = revision;
  }
}

const causeIn = ({ commandId, correlationId, traceParent }: LastCause): LastCause => ({
  commandId,
  correlationId,
  traceParent,
});

function rememberedFrom(row: Json): Remembered {
  const [first, count] = row as [string, number];
  return { first: Number(first), count };
}
