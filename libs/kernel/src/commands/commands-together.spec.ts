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

describe('running one command each of many streams', () => {
  it('stores those of streams that are held as one bulk, and answers each', async () => {
    const { log, runner, together } = many();
    await runner.load(counting, ['a', 'b'].map(named));
    const outcomes = await together([
      ['a', add(3), 'c1'],
      ['b', add(4), 'c2'],
    ]);
    expect(outcomes).toMatchObject([
      { value: { kind: 'accepted', revision: 0n, position: 1n, events: [{ type: 'Added' }] } },
      { value: { kind: 'accepted', revision: 0n, position: 2n } },
    ]);
    expect(log.bulks).toEqual([2]);
    // What was stored is known without reading it.
    log.readsFrom = [];
    expect(await runner.run(counting, named('a'), add(8), cause('c3', add(8)))).toMatchObject({
      kind: 'rejected',
      rejected: { total: 3 },
    });
  });

  it('runs what is not held, repeats, refusals and what cannot be stored the ordinary way', async () => {
    const { log, runner, together } = many();
    await runner.run(counting, named('a'), add(4), cause('c1', add(4)));
    const outcomes = await together([
      ['a', add(4), 'c1'],
      ['b', add(5), 'c2'],
      ['c', add(11), 'c3'],
      ['a', add(7), 'c4'],
      ['a', add(0), 'c5'],
      ['a', { type: 'Note' as const, text: 'x'.repeat(61 * 1024) }, 'c6'],
      ['a', add(6), 'c1'],
    ]);
    expect(outcomes).toMatchObject([
      { value: { kind: 'replayed' } },
      { value: { kind: 'accepted' } },
      { value: { kind: 'rejected' } },
      { value: { kind: 'rejected' } },
      { value: { kind: 'nothing' } },
      { reason: { code: 'event_too_large' } },
      { reason: { code: 'command_mismatch' } },
    ]);
    expect(log.bulks).toEqual([]);
    expect(log.amounts()).toEqual([4, 5]);
  });

  it('finds whoever went on meanwhile, in this process or in another', async () => {
    const { log, runner, together } = many();
    await runner.load(counting, ['a', 'b', 'c', 'd'].map(named));
    const elsewhere = new CommandRunner(log, { now: () => 0 });
    await elsewhere.run(counting, named('a'), add(9), cause('e1', add(9)));
    await elsewhere.run(counting, named('b'), add(1), cause('e2', add(1)));
    await elsewhere.run(counting, named('c'), add(2), cause('c3', add(2)));
    const outcomes = together([
      ['a', add(3), 'c1'],
      ['b', add(3), 'c2'],
      ['c', add(2), 'c3'],
      ['d', add(9), 'c4'],
    ]);
    const meanwhile = runner.run(counting, named('d'), add(2), cause('c5', add(2)));
    expect(await outcomes).toMatchObject([
      { value: { kind: 'rejected', rejected: { total: 9 } } },
      { value: { kind: 'accepted', revision: 1n } },
      { value: { kind: 'replayed', revision: 0n } },
      { value: { kind: 'accepted', revision: 0n } },
    ]);
    expect(await meanwhile).toMatchObject({ kind: 'rejected', rejected: { total: 9 } });
  });

  it('tells that the log was away, and finds what was stored nevertheless', async () => {
    const { log, runner, together } = many();
    await runner.load(counting, ['a', 'b'].map(named));
    log.loseNextAnswer = true;
    const commands = [
      ['a', add(3), 'c1'],
      ['b', add(4), 'c2'],
    ] as const;
    expect(await together(commands)).toMatchObject([
      { reason: { code: 'unavailable' } },
      { value: { kind: 'accepted' } },
    ]);
    expect(await together(commands)).toMatchObject([
      { value: { kind: 'replayed' } },
      { value: { kind: 'replayed' } },
    ]);
    expect(log.amounts()).toEqual([3, 4]);
  });

  it('keeps no stream waiting when the log refuses the bulk as a whole', async () => {
    const { log, runner, together } = many();
    await runner.load(counting, [named('a')]);
    log.refuseBulk = true;
    expect(await together([['a', add(3), 'c1']])).toMatchObject([
      { reason: { code: 'unavailable' } },
    ]);
    expect(await runner.run(counting, named('a'), add(3), cause('c1', add(3)))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('takes the steps that follow', async () => {
    const { log, runner, together } = many();
    await runner.load(counting, [named('a')]);
    await together([['a', { type: 'Spread', steps: 2 }, 'c1']]);
    await settled(log, 3);
    expect(log.events.map(({ type }) => type)).toEqual(['Spread', 'Stepped', 'Stepped']);
  });
});

const AT = instant('2026-03-01T00:00:00Z');

type Command =
  | { readonly type: 'Add'; readonly amount: number }
  | { readonly type: 'Note'; readonly text: string }
  | { readonly type: 'Spread'; readonly steps: number };
type Added = DomainEvent<'Added', { amount: number }>;
type Noted = DomainEvent<'Noted', { text: string }>;
type Stepped = DomainEvent<'Spread' | 'Stepped', { left: number }>;
interface State {
  readonly total: number;
  readonly left: number;
}
type Refused = { readonly code: 'over_limit'; readonly total: number };

const counting: Decider<Command, Added | Noted | Stepped, State, Refused> = {
  initial: { total: 0, left: 0 },
  decide(command, { total }) {
    if (command.type === 'Note')
      return accept({ type: 'Noted', data: { text: command.text }, occurredAt: AT });
    if (command.type === 'Spread')
      return accept({ type: 'Spread', data: { left: command.steps }, occurredAt: AT });
    const { amount } = command;
    if (amount === 0) return nothing;
    if (total + amount > 10) return reject({ code: 'over_limit', total });
    return accept({ type: 'Added', data: { amount }, occurredAt: AT });
  },
  evolve(state, event) {
    if (event.type === 'Noted') return state;
    if (event.type === 'Added') return { ...state, total: state.total + event.data.amount };
    return { ...state, left: event.data.left };
  },
  step: ({ left }) =>
    left > 0 ? [{ type: 'Stepped', data: { left: left - 1 }, occurredAt: AT }] : [],
};

const add = (amount: number): Command => ({ type: 'Add', amount });
const named = (id: string): StreamName => streamOf('counter', 'acme', id);

function cause(id: string, command: Command): Cause {
  return {
    commandId: uuidV5(id),
    fingerprint: JSON.stringify(command),
    actor: 'test',
    causationId: null,
    correlationId: 'c',
    traceParent: null,
  };
}

function many(log = new BulkLog()) {
  const runner = new CommandRunner(log, { now: () => 0 });
  const together = (all: readonly (readonly [id: string, command: Command, commandId: string])[]) =>
    runner.runTogether(
      counting,
      all.map(([id, command, commandId]) => ({
        stream: named(id),
        command,
        cause: cause(commandId, command),
      })),
    );
  return { log, runner, together };
}

async function settled(log: BulkLog, count: number): Promise<void> {
  for (let i = 0; i < 500 && log.events.length < count; i++)
    await new Promise((resolve) => setImmediate(resolve));
}

/** The rules of the port on a list, and what was stored together. */
class BulkLog implements StreamLog {
  readonly events: Recorded[] = [];
  readonly bulks: number[] = [];
  readsFrom: bigint[] = [];
  loseNextAnswer = false;
  refuseBulk = false;

  async append(
    stream: StreamName,
    expected: Expected,
    wanted: readonly PreparedEvent[],
  ): Promise<Appended> {
    await Promise.resolve();
    const there = this.events.filter((event) => event.stream === stream);
    const next = expected === 'none' ? 0 : Number(expected) + 1;
    if (there.length !== next) {
      const found = there.slice(next, next + wanted.length);
      const last = found.at(-1);
      if (last && judgeRepeat(found, wanted) === 'replayed')
        return { revision: last.revision, position: last.position, replayed: true };
      throw revisionConflict(stream, expected, there.at(-1)?.revision ?? 'none');
    }
    for (const [i, { dataText: _text, bytes: _bytes, ...event }] of wanted.entries()) {
      const [revision, position] = [BigInt(next + i), BigInt(this.events.length + 1)];
      const place = { stream, revision, position, tenant: tenantOf(stream), recordedAt: AT };
      this.events.push({ ...event, ...place });
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
      appends.map(({ stream, expected, events }) => this.append(stream, expected, events)),
    );
  }

  async *read(stream: StreamName, from = 0n): AsyncIterable<Recorded> {
    this.readsFrom.push(from);
    await Promise.resolve();
    yield* this.events.filter((event) => event.stream === stream && event.revision >= from);
  }

  amounts(): unknown[] {
    return this.events.filter(({ type }) => type === 'Added').map(({ data }) => data['amount']);
  }
}
