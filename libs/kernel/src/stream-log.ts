import { CodedError } from './coded-error';
import type { PreparedEvent, Recorded } from './envelope';
import type { StreamName } from './stream-name';

/** `none`: the stream does not exist yet. Otherwise the revision of its last event; the first one has revision 0. */
export type Expected = 'none' | bigint;

export interface Appended {
  /** Revision and position of the last event of the append. */
  readonly revision: bigint;
  readonly position: bigint;
  /** This very append stood there already; nothing was written. */
  readonly replayed: boolean;
}

export interface StreamAppend {
  readonly stream: StreamName;
  readonly expected: Expected;
  readonly events: readonly PreparedEvent[];
}

/** What a decision needs of the log: one stream, in order. */
export interface StreamLog {
  /**
   * Atomic for one stream. Rejects with a `CodedError`: `revision_conflict` (facts: expected, actual), `command_mismatch`,
   * `empty_append`, `append_too_large`, or `unavailable`, after which the append may or may not have happened and may be repeated
   * as it is: same events, same expected revision.
   */
  append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
  ): Promise<Appended>;
  /** Many appends of many streams, for backfill: each has its own verdict, in the order given. */
  appendMany(appends: readonly StreamAppend[]): Promise<readonly PromiseSettledResult<Appended>[]>;
  /** Both revisions included; left out, from the beginning, to the end. Empty when the stream does not exist. */
  read(stream: StreamName, from?: bigint, through?: bigint): AsyncIterable<Recorded>;
}

/** What an append that lost its place finds there instead. */
export type Repeat = 'replayed' | 'conflict';

/**
 * Judges what stands where an append wanted to stand. Ids alone would not do: only command, index and fingerprint tell
 * that this very command happened before.
 */
export function judgeRepeat(found: readonly Recorded[], wanted: readonly PreparedEvent[]): Repeat {
  let equal = 0;
  for (const [i, event] of wanted.entries()) {
    const there = found[i];
    if (there === undefined || there.commandId !== event.commandId) continue;
    if (there.fingerprint !== event.fingerprint) throw commandMismatch(there, event.fingerprint);
    if (there.commandIndex === event.commandIndex) equal++;
  }
  return equal === wanted.length ? 'replayed' : 'conflict';
}

/** The same command id with other content: an error of the sender, which sees both fingerprints. */
export const commandMismatch = (
  there: Pick<Recorded, 'commandId' | 'fingerprint' | 'stream' | 'revision'>,
  sent: string,
): CodedError =>
  new CodedError(
    'command_mismatch',
    `Command ${there.commandId} was accepted before with other content.`,
    {
      commandId: there.commandId,
      stream: there.stream,
      revision: there.revision,
      accepted: there.fingerprint,
      sent,
    },
  );

export const revisionConflict = (
  stream: StreamName,
  expected: Expected,
  actual: Expected,
): CodedError =>
  new CodedError('revision_conflict', `${stream} is at ${actual}, not at ${expected}.`, {
    stream,
    expected,
    actual,
  });

export const unavailable = (what: string, cause?: unknown): CodedError =>
  new CodedError('unavailable', `${what} is not available.`, { what }, { cause });
