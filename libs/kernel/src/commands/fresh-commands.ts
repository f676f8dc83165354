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

/**
 * Decides each command on the state of a stream that does not exist, and appends all of them as one bulk. Whoever finds that its
 * stream does exist goes through `run` like everybody else.
 */
export async function runFreshCommands<
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
): Promise<Settled<R>[]> {
  const outcomes = new Array<Settled<R>>(commands.length);
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
      outcomes[i] = { status: 'rejected', reason };
    }
  }
  const verdicts = await log.appendMany(appends);
  for (const [k, verdict] of verdicts.entries()) {
    const i = places[k] as number;
    const outcome = storedAnew<R>(appends[k] as StreamAppend, verdict);
    if (outcome) outcomes[i] = outcome;
    else others.push(i);
  }
  const answered = await Promise.allSettled(others.map((i) => run(commands[i] as FreshCommand<C>)));
  for (const [k, outcome] of answered.entries()) outcomes[others[k] as number] = outcome;
  return outcomes;
}

function storedAnew<R>(
  { events }: StreamAppend,
  verdict: PromiseSettledResult<Appended>,
): Settled<R> | undefined {
  if (verdict.status === 'rejected' || verdict.value.replayed) return undefined;
  const { revision, position } = verdict.value;
  return { status: 'fulfilled', value: { kind: 'accepted', events, revision, position } };
}
