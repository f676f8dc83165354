import { hasCode } from '../coded-error';
import type { Cause } from '../envelope';
import { invariant } from '../invariant';
import { type StreamLog, commandMismatch, unavailable } from '../stream-log';
import type { StreamName } from '../stream-name';
import { uuidV5 } from '../uuid';
import { BegunCommand, type Ending } from './begun-command';
import type { CommandRunnerOptions, Outcome } from './outcome';
import { Round, STEP, type Waiting } from './round';
import { type AnyDecider, HeldStream } from './held-stream';

const MOST_COMMANDS_PER_ROUND = 500;
const MOST_ROUNDS_WITHOUT_PROGRESS = 50;

/** The queue of one stream: one round at a time, each deciding all that waits and appending it at once. */
export class StreamQueue {
  private held: HeldStream | undefined;
  /** As told to the runner, which bounds what all streams hold together. */
  heldCommands = 0;
  /** Whether what is known has been read, or proven by an append, since the commands at hand came in. */
  private isCurrent = false;
  private queue: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private failure: Error | undefined;
  private mustLook = false;
  private stepFailedAt: bigint | undefined;

  constructor(
    private readonly stream: StreamName,
    readonly decider: AnyDecider,
    private readonly log: StreamLog,
    private readonly options: CommandRunnerOptions,
    private readonly grew: (commands: number) => void,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  private get isIdle(): boolean {
    return this.draining === undefined;
  }

  /** Whoever read it anew while its snapshot is being written would begin with the one before. */
  get mayBeForgotten(): boolean {
    return this.isIdle && this.held?.isSaving !== true;
  }

  get isHeld(): boolean {
    return this.held?.isLoaded === true;
  }

  run(command: unknown, cause: Cause): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.queue.push({ command, cause, resolve, reject });
      this.drain();
    });
  }

  /** Reads what is not held yet. A failure is told behind the scenes, and again to whoever comes with a command. */
  async load(): Promise<void> {
    if (this.isHeld || this.draining !== undefined) return;
    await this.drained();
  }

  /** Decides one command alone, to be stored with those of other streams; whoever comes meanwhile waits. Undefined: it has to be run. */
  begin(command: unknown, cause: Cause): BegunCommand | undefined {
    const { held } = this;
    if (held?.isLoaded !== true || !this.isIdle || this.mustLook) return undefined;
    let release: () => void = () => undefined;
    const begun = BegunCommand.of(held, { command, cause }, this.options.now(), (ending) => {
      this.end(held, ending);
      release();
    });
    if (begun) this.draining = new Promise((resolve) => (release = resolve));
    return begun;
  }

  async resume(): Promise<void> {
    this.failure = undefined;
    this.stepFailedAt = undefined;
    // Another process may have begun the steps after this one looked last.
    this.mustLook = true;
    const failure = await this.drained();
    if (failure) throw failure;
  }

  private async drained(): Promise<Error | undefined> {
    this.drain();
    while (this.draining !== undefined) await this.draining;
    return this.failure;
  }

  private drain(): void {
    this.draining ??= this.drainAll().finally(() => {
      this.draining = undefined;
      this.tellSize();
      if (this.queue.length > 0) this.drain();
    });
  }

  /** Its snapshot is left to the next round. */
  private end(held: HeldStream, ending: Ending): void {
    if (ending === 'elsewhere') this.mustLook = true;
    if (ending === 'failed') this.held = undefined;
    this.draining = undefined;
    this.tellSize();
    if (this.queue.length > 0 || this.mustLook || held.isBehind) this.drain();
  }

  private tellSize(): void {
    const now = this.held?.rememberedCommands ?? 0;
    this.grew(now - this.heldCommands);
    this.heldCommands = now;
  }

  private async drainAll(): Promise<void> {
    // Lets all callers of this turn queue first, so that they share one append.
    await Promise.resolve();
    for (;;) {
      const taken = this.queue;
      this.queue = [];
      this.isCurrent = false;
      try {
        this.askForStep(await this.loaded(), taken);
        if (taken.length === 0) return;
        await this.settleAll(taken);
      } catch (error) {
        // The state may no longer be what is stored, so it is read anew by whoever comes next.
        this.held = undefined;
        this.failure = error as Error;
        if (taken.length === 0) this.options.onBackgroundError?.(this.stream, error);
        for (const { reject } of taken) reject(error);
        if (this.queue.length === 0) return;
      }
    }
  }

  private async loaded(): Promise<HeldStream> {
    const { stream, decider, log, options } = this;
    this.held ??= new HeldStream(stream, decider, log, options.snapshots);
    if (!this.held.isLoaded && !this.mustLook && decider.mostlyNew) this.held.assumeNew();
    if (!this.held.isLoaded || this.mustLook) await this.catchUp(this.held);
    return this.held;
  }

  private async catchUp(held: HeldStream): Promise<void> {
    this.mustLook = false;
    await held.catchUp();
    this.isCurrent = true;
  }

  private async settleAll(commands: Waiting[]): Promise<void> {
    let left = commands;
    let idleRounds = 0;
    while (left.length > 0) {
      const before = left.length;
      left = await this.round(left);
      idleRounds = left.length < before ? 0 : idleRounds + 1;
      if (idleRounds > MOST_ROUNDS_WITHOUT_PROGRESS)
        throw unavailable('A quiet moment on this stream');
    }
  }

  /** Decides and appends what fits; gives back what is left, which after a conflict is everything undecided. */
  private async round(commands: Waiting[]): Promise<Waiting[]> {
    const held = await this.loaded();
    const left = await this.answerRepeats(held, commands);
    const round = new Round(held, this.options.now());
    let taken = 0;
    while (taken < left.length && taken < MOST_COMMANDS_PER_ROUND) {
      if (!round.decide(left[taken] as Waiting)) break;
      taken++;
    }
    const position = await this.store(held, round);
    if (position === undefined) return left;

    round.tell(position);
    this.snapshot(held);
    return left.slice(taken);
  }

  private async answerRepeats(held: HeldStream, commands: Waiting[]): Promise<Waiting[]> {
    const fresh: Waiting[] = [];
    for (const waiting of commands) {
      const there = held.remembered(waiting.cause.commandId);
      if (!there) {
        fresh.push(waiting);
        continue;
      }
      const events = await held.eventsOf(there);
      const last = events.at(-1);
      invariant(last, 'a remembered command has events');
      const { fingerprint } = waiting.cause;
      if (last.fingerprint === fingerprint) {
        const { revision, position } = last;
        waiting.resolve({ kind: 'replayed', events, revision, position });
      } else {
        waiting.reject(commandMismatch(last, fingerprint));
      }
    }
    return fresh;
  }

  /** The position that the round stands at, or undefined when somebody else was faster and the tail has been reloaded. */
  private async store(held: HeldStream, round: Round): Promise<bigint | undefined> {
    const { revision } = held.known;
    if (round.drafts.length === 0) {
      // Refusals rest on state as facts do, but no append proves it: another process may have gone on, or have accepted this very command.
      if (round.decided > 0 && !this.isCurrent) await this.catchUp(held);
      return held.known.revision === revision ? held.known.position : undefined;
    }
    try {
      const appended = await this.log.append(
        held.stream,
        revision < 0n ? 'none' : revision,
        round.drafts,
      );
      if (appended.replayed) {
        // Stored earlier by an attempt whose answer was lost: the stream knows the events, ours were only equal to them.
        await this.catchUp(held);
        return undefined;
      }
      held.advance(round.state, round.drafts, appended.revision, appended.position);
      this.isCurrent = true;
      return appended.position;
    } catch (error) {
      // A mismatch too: the tail then shows the command that stands there, and only its twin is refused.
      if (!hasCode(error, 'revision_conflict', 'command_mismatch')) throw error;
      await this.catchUp(held);
      // What stands there cannot be read yet, or no more; whoever comes next begins anew.
      if (held.known.revision === revision) throw unavailable(`The end of ${this.stream}`, error);
      return undefined;
    }
  }

  private snapshot(held: HeldStream): void {
    held
      .saveSnapshot(BigInt(this.options.snapshotEvery ?? 200))
      .catch((error: unknown) => this.options.onBackgroundError?.(held.stream, error));
  }

  /** While the stream is behind, its next step waits behind the commands that came before it. */
  private askForStep(held: HeldStream, commands: Waiting[]): void {
    const { revision, lastCause } = held.known;
    if (this.stepFailedAt === revision || !held.isBehind) return;
    const cause: Cause = {
      commandId: uuidV5('step', held.stream, String(revision)),
      fingerprint: 'step',
      actor: 'tributary',
      causationId: lastCause?.commandId ?? null,
      correlationId: lastCause?.correlationId ?? held.stream,
      traceParent: lastCause?.traceParent ?? null,
    };
    const failed = (error: unknown) => {
      // A defect is tried again when the stream has moved on or is taken up anew; a log that was away, with the next command.
      if (!hasCode(error, 'unavailable')) this.stepFailedAt = revision;
      this.failure = error as Error;
      this.options.onBackgroundError?.(held.stream, error);
    };
    commands.push({ command: STEP, cause, resolve: () => undefined, reject: failed });
  }
}
