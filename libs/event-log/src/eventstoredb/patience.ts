import { ErrorType, isCommandError } from '@eventstore/db-client';
import { CodedError, unavailable } from '@tributary/kernel';

/** Told of everything that failed and is tried again, so that no failure is silent. */
export type OnRetry = (what: string, error: unknown) => void;

export interface Patience {
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly delayMs: DelayMs;
  /** Jitter, 0 to 1. */
  readonly random: () => number;
  readonly onRetry: OnRetry;
  /** Nobody waits any more, so that no further attempt is made. */
  isOver(): boolean;
}

export interface DelayMs {
  readonly min: number;
  readonly max: number;
}

/** Answers that will not change, however often one asks. All else may be trouble on the way, and is worth another attempt. */
const FINAL: ReadonlySet<string> = new Set([
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.INVALID_TRANSACTION,
  ErrorType.MISSING_REQUIRED_METADATA_PROPERTY,
  ErrorType.STREAM_DELETED,
  ErrorType.UNSUPPORTED,
]);

/** Undefined for trouble that may pass. */
export function finalRefusal(error: unknown): CodedError | undefined {
  if (error instanceof CodedError && error.code !== 'unavailable') return error;
  if (!(error instanceof Error) || !isCommandError(error)) return undefined;
  if (error.type === ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED) {
    const limit = error.maxAppendSize;
    const message = `EventStoreDB takes at most ${limit} bytes in one append; raise its MaxAppendSize.`;
    return new CodedError('append_too_large', message, { limit }, { cause: error });
  }
  if (!FINAL.has(error.type)) return undefined;
  const message = `EventStoreDB refused: ${error.message}`;
  return new CodedError('store_refused', message, { type: error.type }, { cause: error });
}

/** Tries a few times, each time for so long, and says `unavailable` in the end. */
export async function patiently<T>(
  what: string,
  patience: Patience,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; ;) {
    try {
      return await withinMs(patience.timeoutMs, what, attempt());
    } catch (error) {
      const final = finalRefusal(error);
      if (final) throw final;
      failures++;
      if (failures >= patience.attempts || patience.isOver()) throw unavailable(what, error);
      patience.onRetry(what, error);
      await sleep(jitteredMs(patience.delayMs, failures, patience.random));
    }
  }
}

/** Doubles its ceiling with each failure, so that many who lost one server do not all come back at once. */
export function jitteredMs({ min, max }: DelayMs, failures: number, random: () => number): number {
  const ceiling = Math.min(max, min * 2 ** failures);
  return min + random() * (ceiling - min);
}

/** The client waits for ever: a deadline of a call is told to the server, but nobody watches it while there is no connection. */
async function withinMs<T>(ms: number, what: string, outcome: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(`${what}, within ${ms} ms,`)), ms);
  });
  return Promise.race([outcome, tooLate]).finally(() => clearTimeout(timer));
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
