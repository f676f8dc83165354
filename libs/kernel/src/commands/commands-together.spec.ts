import { type StreamName, streamOf } from '../stream-name';
import { CommandRunner } from './command-runner';
import { type Command, ScriptedLog, add, cause, counting, settled } from './counter.fixture';

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

const named = (id: string): StreamName => streamOf('counter', 'acme', id);

function many(log = new ScriptedLog()) {
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
