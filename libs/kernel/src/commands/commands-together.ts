import type { Rejected } from '../decider';
import type { StreamLog } from '../stream-log';
import type { BegunCommand } from './begun-command';
import type { FreshCommand } from './fresh-commands';
import type { Outcome } from './outcome';

type Settled<R> = PromiseSettledResult<Outcome<R>>;

/** Decides all whose streams are held and idle, stores them as one bulk, and runs the others one by one. */
export async function runCommandsTogether<C, R extends Rejected>(
  log: StreamLog,
  commands: readonly FreshCommand<C>[],
  begin: (command: FreshCommand<C>) => BegunCommand | undefined,
  run: (command: FreshCommand<C>) => Promise<Outcome<R>>,
): Promise<Settled<R>[]> {
  const outcomes = new Array<Settled<R>>(commands.length);
  const begun: BegunCommand[] = [];
  const places: number[] = [];
  const others: number[] = [];
  for (const [i, command] of commands.entries()) {
    const one = begin(command);
    if (one === undefined) others.push(i);
    else {
      begun.push(one);
      places.push(i);
    }
  }
  const verdicts = await verdictsOn(log, begun);
  for (const [k, one] of begun.entries()) {
    const i = places[k] as number;
    const outcome = one.settle(verdicts[k] as (typeof verdicts)[number]);
    if (outcome) outcomes[i] = outcome as Settled<R>;
    else others.push(i);
  }
  const answered = await Promise.allSettled(others.map((i) => run(commands[i] as FreshCommand<C>)));
  for (const [k, outcome] of answered.entries()) outcomes[others[k] as number] = outcome;
  return outcomes;
}

/** Each has one, also when the log takes nothing at all: their streams wait for it. */
async function verdictsOn(log: StreamLog, begun: readonly BegunCommand[]) {
  if (begun.length === 0) return [];
  try {
    return await log.appendMany(begun.map(({ append }) => append));
  } catch (reason) {
    return begun.map(() => ({ status: 'rejected' as const, reason }));
  }
}
