import { type Decider, accept, nothing, reject } from '../decider';
import type { Cause, DomainEvent, PreparedEvent, Recorded } from '../envelope';
import { instant } from '../instant';
import {
  type Appended,
  type Expected,
  type StreamAppend,
  type StreamLog,
  judgeRepeat,
  revisionConflict,
  unavailable,
} from '../stream-log';
import { type StreamName, streamOf, tenantOf } from '../stream-name';
import { uuidV5 } from '../uuid';
import { CommandRunner } from './command-runner';
import type { CommandRunnerOptions } from './outcome';
import { PersistentMap } from './persistent-map';

const AT = instant('2026-03-01T00:00:00Z');

type Added = DomainEvent<'Added', { amount: number }>;
type Noted = DomainEvent<'Noted', { text: string }>;
type Spread = DomainEvent<'Spread', { steps: number }>;
type Stepped = DomainEvent<'Stepped', { left: number }>;
type CounterEvent = Added | Noted | Spread | Stepped;
/** Of a counter that goes up to ten. */
export type Command =
  | { type: 'Add'; amount: number }
  | { type: 'Note'; text: string }
  | { type: 'Spread'; steps: number };
type State = { rows: PersistentMap<number>; left: number };
type Refused = { code: 'over_limit'; total: number };

const totalOf = ({ rows }: State): number => rows.get('total') ?? 0;

export const counting: Decider<Command, CounterEvent, State, Refused> = {
  initial: { rows: PersistentMap.empty(), left: 0 },
  decide(command, state) {
    const total = totalOf(state);
    if (command.type === 'Note')
      return accept({ type: 'Noted', data: { text: command.text }, occurredAt: AT });
    if (command.type === 'Spread')
      return accept({ type: 'Spread', data: { steps: command.steps }, occurredAt: AT });
    if (command.amount === 0) return nothing;
    if (total + command.amount > 10) return reject({ code: 'over_limit', total });
    return accept({ type: 'Added', data: { amount: command.amount }, occurredAt: AT });
  },
  evolve(state, event) {
    if (event.type === 'Added')
      return { ...state, rows: state.rows.set('total', totalOf(state) + event.data.amount) };
    if (event.type === 'Spread') return { ...state, left: event.data.steps };
    if (event.type === 'Stepped') return { ...state, left: event.data.left };
    return state;
  },
  step: ({ left }) =>
    left > 0 ? [{ type: 'Stepped', data: { left: left - 1 }, occurredAt: AT }] : [],
  snapshot: {
    decider: 'counting',
    stateVersion: 1,
    touched: ({ type }) => (type === 'Added' ? ['total'] : []),
    row: (state) => totalOf(state),
    restore: (rows) => ({
      rows: PersistentMap.of([['total', rows.get('total') as number]]),
      left: 0,
    }),
  },
};

export const add = (amount: number): Command => ({ type: 'Add', amount });

let commands = 0;
export function cause(id = `fresh ${commands++}`, command: object = {}): Cause {
  const fingerprint = JSON.stringify(command);
  return {
    commandId: uuidV5(id),
    fingerprint,
    actor: 'test',
    causationId: null,
    correlationId: 'c',
    traceParent: null,
  };
}

export const COUNTER = streamOf('counter', 'acme', 'a');

/** One counter, as one process has it. */
export function counter(
  log = new ScriptedLog(),
  options: Partial<CommandRunnerOptions> = {},
  decider = counting,
) {
  const runner = new CommandRunner(log, { now: () => 0, ...options });
  return {
    log,
    run: (command: Command, id?: string) =>
      runner.run(decider, COUNTER, command, cause(id, command)),
  };
}

export async function settled(log: ScriptedLog, count: number): Promise<void> {
  for (let i = 0; i < 500 && log.events.length < count; i++)
    await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The rules of the port on a list, with accidents on demand. */
export class ScriptedLog implements StreamLog {
  readonly events: Recorded[] = [];
  appends = 0;
  readsFrom: bigint[] = [];
  loseNextAnswer = false;
  refuseAfter = Infinity;
  /** Nobody reads before it. */
  gate: Promise<void> = Promise.resolve();
  /** What a reader is given, as of a log that was put back. */
  endsAt = 2n ** 53n;
  /** How many appends came together. */
  readonly bulks: number[] = [];
  refuseBulk = false;

  async append(
    stream: StreamName,
    expected: Expected,
    wanted: readonly PreparedEvent[],
  ): Promise<Appended> {
    await Promise.resolve();
    if (this.events.length >= this.refuseAfter) throw unavailable('The log');
    const there = this.events.filter((event) => event.stream === stream);
    const next = expected === 'none' ? 0 : Number(expected) + 1;
    if (there.length !== next) {
      const found = there.slice(next, next + wanted.length);
      const last = found.at(-1);
      if (last && judgeRepeat(found, wanted) === 'replayed') {
        return { revision: last.revision, position: last.position, replayed: true };
      }
      throw revisionConflict(stream, expected, there.at(-1)?.revision ?? 'none');
    }
    this.appends++;
    for (const [i, { dataText, bytes, ...event }] of wanted.entries()) {
      invariantText(dataText, bytes);
      const place = {
        stream,
        revision: BigInt(next + i),
        position: BigInt(this.events.length + 1),
      };
      this.events.push({ ...event, ...place, tenant: tenantOf(stream), recordedAt: AT });
    }
    const last = this.events.at(-1) as Recorded;
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      throw unavailable('The answer');
    }
    return { revision: last.revision, position: last.position, replayed: false };
  }

  async appendMany(
    appends: readonly StreamAppend[],
  ): Promise<readonly PromiseSettledResult<Appended>[]> {
    if (this.refuseBulk) throw unavailable('The log');
    this.bulks.push(appends.length);
    return await Promise.allSettled(
      appends.map((one) => this.append(one.stream, one.expected, one.events)),
    );
  }

  async *read(
    stream: StreamName,
    from = 0n,
    through = BigInt(this.events.length),
  ): AsyncIterable<Recorded> {
    this.readsFrom.push(from);
    await this.gate;
    const last = through < this.endsAt ? through : this.endsAt;
    yield* this.events.filter(
      (event) => event.stream === stream && event.revision >= from && event.revision <= last,
    );
  }

  amounts(): unknown[] {
    return this.events.filter(({ type }) => type === 'Added').map(({ data }) => data['amount']);
  }
}

function invariantText(dataText: string, bytes: number): void {
  expect(bytes).toBeGreaterThan(dataText.length);
}
