import { CodedError } from '../coded-error';
import type { Decider, Rejected } from '../decider';
import type { Cause, DomainEvent } from '../envelope';
import { invariant } from '../invariant';
import type { StreamLog } from '../stream-log';
import type { StreamName } from '../stream-name';
import { runCommandsTogether } from './commands-together';
import {
  type FreshCommand,
  type FreshOutcomes,
  allOutcomes,
  startFreshCommands,
} from './fresh-commands';
import { FreshQueue } from './fresh-queue';
import type { AnyDecider } from './held-stream';
import type { CommandRunnerOptions, Outcome } from './outcome';
import { StreamQueue } from './stream-queue';

/** The share of what may be held that is left when room had to be made. */
const LEFT = 0.9;
const QUEUE_LIMIT = 10_000;

/**
 * The one place that appends. Commands of one stream queue here: its state stays in memory, all that wait are decided in order
 * and appended together, each under its own command id.
 */
export class CommandRunner {
  private readonly queues = new Map<StreamName, StreamQueue>();
  /** By decider. */
  private readonly freshQueues = new Map<unknown, unknown>();
  private heldCommands = 0;
  /** One for all queues, of which there are many. */
  private readonly grew = (commands: number): void => {
    this.heldCommands += commands;
  };

  constructor(
    private readonly log: StreamLog,
    private readonly options: CommandRunnerOptions,
  ) {}

  run<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
    command: C,
    cause: Cause,
  ): Promise<Outcome<R>> {
    const limit = this.options.queueLimit ?? QUEUE_LIMIT;
    const queue = this.queueOf(decider, stream);
    if (queue.waiting >= limit) {
      const facts = { stream, limit };
      return Promise.reject(
        new CodedError('unavailable', `${limit} commands wait for ${stream} already.`, facts),
      );
    }
    return queue.run(command, cause) as Promise<Outcome<R>>;
  }

  /** For backfill: commands of streams that are new, as most are, without reading the streams first. */
  async runFresh<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    commands: readonly FreshCommand<C>[],
  ): Promise<PromiseSettledResult<Outcome<R>>[]> {
    return await allOutcomes(await this.startFresh(decider, commands));
  }

  /** The same for one that comes alone: with all others that come until the log is free, as one bulk. */
  runNew<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    command: FreshCommand<C>,
  ): Promise<Outcome<R>> {
    let queue = this.freshQueues.get(decider) as FreshQueue<C, R> | undefined;
    if (!queue) {
      const start = (commands: readonly FreshCommand<C>[]) => this.startFresh(decider, commands);
      queue = new FreshQueue(start, this.options.queueLimit ?? QUEUE_LIMIT);
      this.freshQueues.set(decider, queue);
    }
    return queue.run(command);
  }

  /**
   * For what concerns many streams at once, one command each: those that are held in memory, see `load`, are decided in this turn
   * and stored as one bulk. Every other command, and whoever finds that its stream has gone on, is run like any.
   */
  runTogether<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    commands: readonly FreshCommand<C>[],
  ): Promise<PromiseSettledResult<Outcome<R>>[]> {
    return runCommandsTogether(
      this.log,
      commands,
      ({ stream, command, cause }) => this.queueOf(decider, stream).begin(command, cause),
      ({ stream, command, cause }) => this.run(decider, stream, command, cause),
    );
  }

  /**
   * Brings streams into memory before commands for them are run, so that those which are then run in one turn are decided in it and
   * share a commit. It promises nothing: what was read may be out of date by then, as what is held always may.
   */
  async load<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    streams: readonly StreamName[],
  ): Promise<void> {
    const queues = streams.map((stream) => this.queueOf(decider, stream));
    await Promise.all(queues.flatMap((queue) => (queue.isHeld ? [] : [queue.load()])));
  }

  /**
   * Takes up the unfinished steps of a stream that a stopped process left behind, and rejects when they cannot be finished. A
   * service whose decider has steps calls it from a reaction to the events that begin them, so that no restart forgets them.
   */
  resume<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
  ): Promise<void> {
    return this.queueOf(decider, stream).resume();
  }

  private startFresh<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    commands: readonly FreshCommand<C>[],
  ): Promise<FreshOutcomes<R>> {
    return startFreshCommands(
      this.log,
      decider,
      commands,
      this.options.now(),
      ({ stream, command, cause }) => this.run(decider, stream, command, cause),
    );
  }

  private queueOf<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
  ): StreamQueue {
    const anyDecider = decider as unknown as AnyDecider;
    const held = this.queues.get(stream);
    if (held) {
      invariant(held.decider === anyDecider, `${stream} has one decider`);
      // Re-inserting keeps the map in order of use.
      this.queues.delete(stream);
      this.queues.set(stream, held);
      return held;
    }
    this.makeRoom();
    const queue = new StreamQueue(stream, anyDecider, this.log, this.options, this.grew);
    this.queues.set(stream, queue);
    return queue;
  }

  /** Makes room for many at once: a map passes over all that has left it, so that looking for one each time would cost as much. */
  private makeRoom(): void {
    const { heldStreams = 10_000, heldCommands = 1_000_000 } = this.options;
    if (this.queues.size < heldStreams && this.heldCommands < heldCommands) return;
    const [fewerStreams, fewerCommands] = [heldStreams * LEFT, heldCommands * LEFT];
    for (const [stream, queue] of this.queues) {
      if (this.queues.size < fewerStreams && this.heldCommands < fewerCommands) return;
      if (!queue.mayBeForgotten) continue;
      this.queues.delete(stream);
      this.heldCommands -= queue.heldCommands;
    }
  }
}
