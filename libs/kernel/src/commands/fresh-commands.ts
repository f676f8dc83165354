import { hasCode } from '../coded-error';
import type { Decider, Rejected } from '../decider';
import { type Cause, type DomainEvent, prepare } from '../envelope';
import type { Appended, StreamAppend, StreamLog } from '../stream-log';
import type { StreamName } from '../stream-name';
import { uuidV7 } from '../uuid';
import type { Outcome } from './outcome';

/** A command for a stream that most likely does not exist yet. */
export interface FreshCommand<C> {
  readonly stream: StreamName;
  readonly command: C;
  readonly cause: Cause;
}

type Settled<R> = PromiseSettledResult<Outcome<R>>;

export interface FreshOutcomes<R> {
  /** In the place of its command: whatever is known once the bulk has been answered. */
  readonly settled: readonly (Settled<R> | undefined)[];
  /** By the place of its command: who goes on by itself, because its stream has to be read. */
  readonly running: ReadonlyMap<number, Promise<Outcome<R>>>;
}

/**
 * Decides each command on the state of a stream that does not exist, and appends all of them as one bulk. Whoever finds that its
 * stream does exist goes through `run` like everybody else.
 */
export async function startFreshCommands<
  C,
  E extends DomainEvent<string, object>,
  S,
  R extends Rejected,
>(
  log: StreamLog,
  decider: Decider<C, E, S, R>,
  commands: readonly FreshCommand<C>[],
  nowMs: number,
  run: (command: FreshCommand<C>) => Promise<Outcome<R>>,
): Promise<FreshOutcomes<R>> {
  const settled = new Array<Settled<R> | undefined>(commands.length);
  const appends: StreamAppend[] = [];
  const places: number[] = [];
  const others: number[] = [];
  for (const [i, { stream, command, cause }] of commands.entries()) {
    try {
      const decision = decider.decide(command, decider.initial);
      if ('rejected' in decision || decision.events.length === 0) {
        others.push(i);
        continue;
      }
      const events = decision.events.map((event, index) =>
        prepare(event, cause, index, uuidV7(nowMs)),
      );
      appends.push({ stream, expected: 'none', events });
      places.push(i);
    } catch (reason) {
      settled[i] = { status: 'rejected', reason };
    }
  }
  const verdicts = await log.appendMany(appends);
  for (const [k, verdict] of verdicts.entries()) {
    const i = places[k] as number;
    const outcome = storedAnew<R>(appends[k] as StreamAppend, verdict);
    if (outcome) settled[i] = outcome;
    else others.push(i);
  }
  const running = new Map(others.map((i) => [i, run(commands[i] as FreshCommand<C>)]));
  return { settled, running };
}

/** With an outcome for each, once all of them have one. */
export async function allOutcomes<R extends Rejected>({
  settled,
  running,
}: FreshOutcomes<R>): Promise<Settled<R>[]> {
  const outcomes = [...settled];
  const answered = (await Promise.allSettled(running.values())).values();
  for (const i of running.keys()) outcomes[i] = answered.next().value;
  return outcomes as Settled<R>[];
}

/** Undefined when the stream was there already. A log that is away would not be there for a second attempt either. */
function storedAnew<R>(
  { events }: StreamAppend,
  verdict: PromiseSettledResult<Appended>,
): Settled<R> | undefined {
  if (verdict.status === 'rejected')
    return hasCode(verdict.reason, 'unavailable') ? verdict : undefined;
  if (verdict.value.replayed) return undefined;
  const { revision, position } = verdict.value;
  return { status: 'fulfilled', value: { kind: 'accepted', events, revision, position } };
}
