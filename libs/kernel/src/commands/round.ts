import { CodedError } from '../coded-error';
import { type Cause, MAX_APPEND_BYTES, type PreparedEvent, prepare } from '../envelope';
import { commandMismatch } from '../stream-log';
import { uuidV7 } from '../uuid';
import type { AnyEvent, HeldStream } from './held-stream';
import type { Outcome } from './outcome';

export interface Waiting {
  readonly command: unknown;
  readonly cause: Cause;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A step that the decider asks for itself; nobody waits for its answer. */
export const STEP = Symbol('step');

/** What has been decided for one command, told only once the round is stored: it rests on the commands before it. */
type Verdict = (position: bigint) => void;

/** A command accepted earlier in the same round. */
interface Twin {
  readonly fingerprint: string;
  readonly events: readonly PreparedEvent[];
  readonly revision: bigint;
}

/** Commands decided one after the other, each on the state that those before it leave behind, to be stored by one append. */
export class Round {
  readonly drafts: PreparedEvent[] = [];
  state: unknown;
  private bytes = 0;
  private readonly verdicts: Verdict[] = [];
  private readonly accepted = new Map<string, Twin>();

  constructor(
    private readonly held: HeldStream,
    private readonly nowMs: number,
  ) {
    this.state = held.known.state;
  }

  get decided(): number {
    return this.verdicts.length;
  }

  tell(position: bigint): void {
    for (const verdict of this.verdicts) verdict(position);
  }

  /** False when the append is full and this command has to wait for the next one. */
  decide(waiting: Waiting): boolean {
    const twin = this.accepted.get(waiting.cause.commandId);
    if (twin) {
      this.answerTwin(waiting, twin);
      return true;
    }
    try {
      const decision = this.decisionOn(waiting.command);
      if ('events' in decision) return this.take(waiting, decision.events);
      const { rejected } = decision;
      this.verdicts.push(() => waiting.resolve({ kind: 'rejected', rejected }));
    } catch (error) {
      // A defect or an event that cannot be stored concerns this command alone.
      this.verdicts.push(() => waiting.reject(error));
    }
    return true;
  }

  private decisionOn(command: unknown) {
    const { decider } = this.held;
    if (command === STEP) return { events: decider.step?.(this.state) ?? [] };
    return decider.decide(command, this.state);
  }

  private answerTwin({ cause, resolve, reject }: Waiting, twin: Twin): void {
    const { events, revision, fingerprint } = twin;
    if (fingerprint === cause.fingerprint) {
      this.verdicts.push((position) => resolve({ kind: 'replayed', events, revision, position }));
      return;
    }
    const { stream } = this.held;
    const accepted = { commandId: cause.commandId, stream, revision, fingerprint };
    const mismatch = commandMismatch(accepted, cause.fingerprint);
    this.verdicts.push(() => reject(mismatch));
  }

  private take({ cause, resolve }: Waiting, decided: readonly AnyEvent[]): boolean {
    const events = decided.map((event, index) => prepare(event, cause, index, uuidV7(this.nowMs)));
    const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
    if (bytes > MAX_APPEND_BYTES) throw tooLarge(bytes);
    if (this.bytes + bytes > MAX_APPEND_BYTES) return false;

    this.state = decided.reduce<unknown>(
      (state, event) => this.held.evolve(state, event),
      this.state,
    );
    this.bytes += bytes;
    this.drafts.push(...events);
    const revision = this.held.known.revision + BigInt(this.drafts.length);
    const kind = events.length > 0 ? 'accepted' : 'nothing';
    const { commandId, fingerprint } = cause;
    if (kind === 'accepted') this.accepted.set(commandId, { fingerprint, events, revision });
    // The position of the whole append: reading up to it shows this command and at most its neighbours.
    this.verdicts.push((position) => resolve({ kind, events, revision, position }));
    return true;
  }
}

function tooLarge(bytes: number): CodedError {
  const facts = { bytes, limit: MAX_APPEND_BYTES };
  const message = `The decision has ${bytes} bytes; at most ${MAX_APPEND_BYTES} fit.`;
  return new CodedError('append_too_large', message, facts);
}
