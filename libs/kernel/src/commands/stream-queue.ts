import { CodedError, hasCode } from '../coded-error';
import { type Cause, MAX_APPEND_BYTES, type PreparedEvent, prepare } from '../envelope';
import { invariant } from '../invariant';
import { type StreamLog, commandMismatch, unavailable } from '../stream-log';
import type { StreamName } from '../stream-name';
import { uuidV5, uuidV7 } from '../uuid';
import type { CommandRunnerOptions, Outcome } from './outcome';
import type { AnyEvent, HeldStream } from './held-stream';

interface Waiting {
  readonly command: unknown;
  readonly cause: Cause;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What a round has decided for one command, told only once the round is stored: it rests on the commands before it. */
type Verdict = (position: bigint) => void;

interface Round {
  state: unknown;
  bytes: number;
  readonly drafts: PreparedEvent[];
  readonly verdicts: Verdict[];
  readonly accepted: Map<string, Twin>;
}

/** A command accepted earlier in the same round. */
interface Twin {
  readonly fingerprint: string;
  readonly events: readonly PreparedEvent[];
  readonly revision: bigint;
}

/** A step that the decider asks for itself; nobody waits for its answer. */
const STEP = Symbol('step');
const MOST_COMMANDS_PER_ROUND = 500;
const MOST_ROUNDS_WITHOUT_PROGRESS = 50;

/** The queue of one stream: one round at a time, each deciding all that waits and appending it at once. */
export class StreamQueue {
  private held: HeldStream | undefined;
  private queue: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private stepFailedAt: bigint | undefined;

  constructor(
    private readonly stream: StreamName,
    private readonly open: () => HeldStream,
    private readonly log: StreamLog,
    private readonly options: CommandRunnerOptions,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  get isIdle(): boolean {
    return this.draining === undefined;
  }

  run(command: unknown, cause: Cause): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.queue.push({ command, cause, resolve, reject });
      this.drain();
    });
  }

  async resume(): Promise<void> {
    this.drain();
    await this.draining;
  }

  private drain(): void {
    this.draining ??= this.drainAll().finally(() => {
      this.draining = undefined;
      if (this.queue.length > 0) this.drain();
    });
  }

  private async drainAll(): Promise<void> {
    // Lets all callers of this turn queue first, so that they share one append.
    await Promise.resolve();
    for (;;) {
      const taken = this.queue;
      this.queue = [];
      try {
        this.askForStep(await this.loaded(), taken);
        if (taken.length === 0) return;
        await this.settleAll(taken);
      } catch (error) {
        // The state may no longer be what is stored, so it is read anew by whoever comes next.
        this.held = undefined;
        if (taken.length === 0) this.options.onBackgroundError?.(this.stream, error);
        for (const { reject } of taken) reject(error);
        if (this.queue.length === 0) return;
      }
    }
  }

  private async loaded(): Promise<HeldStream> {
    this.held ??= this.open();
    if (!this.held.isLoaded) await this.held.catchUp();
    return this.held;
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
    const round: Round = {
      state: held.known.state,
      bytes: 0,
      drafts: [],
      verdicts: [],
      accepted: new Map(),
    };
    let taken = 0;
    while (taken < left.length && taken < MOST_COMMANDS_PER_ROUND) {
      if (!this.decideOne(held, left[taken] as Waiting, round)) break;
      taken++;
    }
    const position = await this.store(held, round);
    if (position === undefined) return left;

    for (const tell of round.verdicts) tell(position);
    await this.snapshot(held);
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
      const { commandId, fingerprint } = waiting.cause;
      if (there.fingerprint !== fingerprint) {
        const accepted = {
          commandId,
          fingerprint: there.fingerprint,
          stream: held.stream,
          revision: there.first,
        };
        waiting.reject(commandMismatch(accepted, fingerprint));
        continue;
      }
      const events = await held.eventsOf(there);
      const last = events.at(-1);
      invariant(last, 'a remembered command has events');
      waiting.resolve({
        kind: 'replayed',
        events,
        revision: last.revision,
        position: last.position,
      });
    }
    return fresh;
  }

  /** False when the append is full and this command has to wait for the next one. */
  private decideOne(held: HeldStream, waiting: Waiting, round: Round): boolean {
    const { cause } = waiting;
    const twin = round.accepted.get(cause.commandId);
    if (twin) {
      if (twin.fingerprint === cause.fingerprint)
        answerLater(round, waiting, { ...twin, kind: 'replayed' });
      else {
        const accepted = { ...twin, commandId: cause.commandId, stream: held.stream };
        const mismatch = commandMismatch(accepted, cause.fingerprint);
        round.verdicts.push(() => waiting.reject(mismatch));
      }
      return true;
    }
    try {
      const decided = this.decided(held, waiting, round.state);
      if ('rejected' in decided) {
        const { rejected } = decided;
        round.verdicts.push(() => waiting.resolve({ kind: 'rejected', rejected }));
        return true;
      }
      return this.take(held, waiting, decided.events, round);
    } catch (error) {
      // A defect or an event that cannot be stored concerns this command alone.
      round.verdicts.push(() => waiting.reject(error));
      return true;
    }
  }

  private decided(held: HeldStream, { command }: Waiting, state: unknown) {
    if (command === STEP) return { events: held.decider.step?.(state) ?? [] };
    return held.decider.decide(command, state);
  }

  private take(
    held: HeldStream,
    waiting: Waiting,
    events: readonly AnyEvent[],
    round: Round,
  ): boolean {
    const { cause } = waiting;
    const now = this.options.now();
    const drafts = events.map((event, index) => prepare(event, cause, index, uuidV7(now)));
    const bytes = drafts.reduce((sum, draft) => sum + draft.bytes, 0);
    if (bytes > MAX_APPEND_BYTES) throw tooLarge(bytes);
    if (round.bytes + bytes > MAX_APPEND_BYTES) return false;

    let { state } = round;
    for (const event of events) state = held.evolve(state, event);
    round.state = state;
    round.bytes += bytes;
    round.drafts.push(...drafts);
    const answer = { events: drafts, revision: held.known.revision + BigInt(round.drafts.length) };
    if (drafts.length > 0)
      round.accepted.set(cause.commandId, { ...answer, fingerprint: cause.fingerprint });
    answerLater(round, waiting, { ...answer, kind: drafts.length > 0 ? 'accepted' : 'nothing' });
    return true;
  }

  /** The position that the round stands at, or undefined when somebody else was faster and the tail has been reloaded. */
  private async store(held: HeldStream, round: Round): Promise<bigint | undefined> {
    if (round.drafts.length === 0) return held.known.position;
    const { revision } = held.known;
    try {
      const appended = await this.log.append(
        held.stream,
        revision < 0n ? 'none' : revision,
        round.drafts,
      );
      if (appended.replayed) {
        // Stored earlier by an attempt whose answer was lost: the stream knows the events, ours were only equal to them.
        await held.catchUp();
        return undefined;
      }
      held.advance(round.state, round.drafts, appended.revision, appended.position);
      return appended.position;
    } catch (error) {
      // A mismatch too: the tail then shows the command that stands there, and only its twin is refused.
      if (!hasCode(error, 'revision_conflict', 'command_mismatch')) throw error;
      await held.catchUp();
      if (held.known.revision === revision) throw error;
      return undefined;
    }
  }

  private async snapshot(held: HeldStream): Promise<void> {
    try {
      await held.saveSnapshot(BigInt(this.options.snapshotEvery ?? 200));
    } catch (error) {
      this.options.onBackgroundError?.(held.stream, error);
    }
  }

  /** While the stream is behind, its next step waits behind the commands that came before it. */
  private askForStep(held: HeldStream, commands: Waiting[]): void {
    const { revision, state, lastCause } = held.known;
    if (!held.decider.step || this.stepFailedAt === revision) return;
    if (held.decider.step(state).length === 0) return;
    const cause: Cause = {
      commandId: uuidV5('step', held.stream, String(revision)),
      fingerprint: 'step',
      actor: 'tributary',
      causationId: lastCause?.commandId ?? null,
      correlationId: lastCause?.correlationId ?? held.stream,
      traceParent: lastCause?.traceParent ?? null,
    };
    const failed = (error: unknown) => {
      // Tried again when the stream has moved on, or is taken up anew; never in a tight loop.
      this.stepFailedAt = revision;
      this.options.onBackgroundError?.(held.stream, error);
    };
    commands.push({ command: STEP, cause, resolve: () => undefined, reject: failed });
  }
}

function answerLater(
  round: Round,
  { resolve }: Waiting,
  {
    kind,
    events,
    revision,
  }: {
    kind: 'accepted' | 'replayed' | 'nothing';
    events: readonly PreparedEvent[];
    revision: bigint;
  },
): void {
  // The position of the whole append: reading up to it shows this command and at most its neighbours.
  round.verdicts.push((position) => resolve({ kind, events, revision, position }));
}

function tooLarge(bytes: number): CodedError {
  const facts = { bytes, limit: MAX_APPEND_BYTES };
  return new CodedError(
    'append_too_large',
    `The decision has ${bytes} bytes; at most ${MAX_APPEND_BYTES} fit.`,
    facts,
  );
}
