import {
  type Outcome,
  type StreamLog,
  type StreamName,
  type Uuid,
  uuidV5,
} from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import type { RunCommand, RunRejected } from '../domain/run/commands';
import { run } from '../domain/run/decide';
import { type RunEvent, runStreamOf } from '../domain/run/events';
import { type Run, newRun } from '../domain/run/state';

export class DecideRun extends Dispatched<RunCommand, RunRejected> {}

export const runHandler = commandHandler(DecideRun, run, (command, tenant) =>
  runStreamOf(tenant, command.run),
);

type Log = Pick<StreamLog, 'read'>;

/** A run as its own stream tells it now. */
export const loadRun = (log: Log, tenant: string, id: Uuid): Promise<Run> =>
  new RunsRead(log).at(tenant, id);

interface Read {
  readonly state: Run;
  readonly stream: StreamName;
  readonly revision: bigint;
}

/**
 * Runs as their streams tell them. A large one takes long to read and is wanted twice, by who instructs its items and then by who
 * writes them into files; so the last one is kept from its draft on, goes on with what is decided here, and only what others have
 * decided since is read.
 */
export class RunsRead {
  private last: Read | undefined;

  constructor(private readonly log: Log) {}

  /** As it is now, or as it was at a revision. */
  async at(tenant: string, id: Uuid, through?: bigint): Promise<Run> {
    const stream = runStreamOf(tenant, id);
    const { last } = this;
    const isBefore = last?.stream === stream && (through === undefined || last.revision <= through);
    let { state, revision } = isBefore ? last : { state: newRun(), revision: -1n };
    for await (const event of this.log.read(stream, revision + 1n)) {
      if (through !== undefined && event.revision > through) break;
      state = run.evolve(state, event as unknown as RunEvent);
      ({ revision } = event);
    }
    this.last = { state, stream, revision };
    return state;
  }

  /** What has just been decided is not read, as long as it goes on where the last that is known ends. */
  follow(tenant: string, id: Uuid, outcome: Outcome<unknown>): void {
    const { last } = this;
    if (outcome.kind === 'rejected' || last?.stream !== runStreamOf(tenant, id)) return;
    const { events, revision } = outcome;
    if (revision - BigInt(events.length) !== last.revision) return;
    let { state } = last;
    for (const event of events) state = run.evolve(state, event as unknown as RunEvent);
    this.last = { ...last, state, revision };
  }

  /** Whoever has no more need of what was read says so: it may be large. */
  forget(): void {
    this.last = undefined;
  }
}

/** The run of a month of an entity has one name, whoever drafts it and however often. */
export const monthlyRunOf = (
  tenant: string,
  of: { readonly entity: string; readonly asset: string; readonly period: string },
): Uuid => uuidV5('run', tenant, of.entity, of.asset, of.period, 'monthly');
