import { hasCode } from '../coded-error';
import type { Cause } from '../envelope';
import type { Appended, StreamAppend } from '../stream-log';
import type { HeldStream } from './held-stream';
import type { Outcome } from './outcome';
import { Round } from './round';

/** `elsewhere`: the stream has gone on, or has this command already. `failed`: nobody knows whether it was stored. */
export type Ending = 'elsewhere' | 'failed' | 'stored';

/** A command that was decided alone and waits to be stored together with those of other streams. */
export class BegunCommand {
  private outcome: Outcome | undefined;
  private readonly round: Round;

  private constructor(
    private readonly held: HeldStream,
    nowMs: number,
    private readonly ended: (ending: Ending) => void,
  ) {
    this.round = new Round(held, nowMs);
  }

  /**
   * Undefined where nothing would be stored, whatever the reason: a refusal or a repeat is told by the stream's own queue, which
   * looks whether it holds.
   */
  static of(
    held: HeldStream,
    { command, cause }: { readonly command: unknown; readonly cause: Cause },
    nowMs: number,
    ended: (ending: Ending) => void,
  ): BegunCommand | undefined {
    if (held.remembered(cause.commandId) || held.isBehind) return undefined;
    const begun = new BegunCommand(held, nowMs, ended);
    const resolve = (outcome: Outcome) => (begun.outcome = outcome);
    begun.round.decide({ command, cause, resolve, reject: () => undefined });
    return begun.round.drafts.length > 0 ? begun : undefined;
  }

  get append(): StreamAppend {
    const { stream, known } = this.held;
    const expected = known.revision < 0n ? 'none' : known.revision;
    return { stream, expected, events: this.round.drafts };
  }

  /** Undefined when the command has to be run by itself. */
  settle(verdict: PromiseSettledResult<Appended>): PromiseSettledResult<Outcome> | undefined {
    if (verdict.status === 'fulfilled' && !verdict.value.replayed) {
      const { revision, position } = verdict.value;
      this.held.advance(this.round.state, this.round.drafts, revision, position);
      this.round.tell(position);
      this.ended('stored');
      return { status: 'fulfilled', value: this.outcome as Outcome };
    }
    if (verdict.status === 'rejected' && !isElsewhere(verdict.reason)) {
      this.ended('failed');
      return verdict;
    }
    this.ended('elsewhere');
    return undefined;
  }
}

const isElsewhere = (reason: unknown): boolean =>
  hasCode(reason, 'revision_conflict', 'command_mismatch');
