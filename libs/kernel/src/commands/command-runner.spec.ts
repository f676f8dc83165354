import fc from 'fast-check';
import { streamOf } from '../stream-name';
import { CommandRunner } from './command-runner';
import {
  COUNTER,
  type Command,
  ScriptedLog,
  add,
  cause,
  counter,
  counting,
  settled,
} from './counter.fixture';
import type { Outcome } from './outcome';

describe('running commands on a stream', () => {
  it('answers with the stored events and the place they stand at', async () => {
    const { run } = counter();
    expect(await run(add(3))).toMatchObject({ kind: 'accepted', revision: 0n, position: 1n });
    expect(await run(add(4))).toMatchObject({
      kind: 'accepted',
      revision: 1n,
      events: [{ type: 'Added', data: { amount: 4 } }],
    });
  });

  it('tells a refusal and stores nothing', async () => {
    const { run, log } = counter();
    expect(await run(add(11))).toEqual({
      kind: 'rejected',
      rejected: { code: 'over_limit', total: 0 },
    });
    expect(log.events).toHaveLength(0);
  });

  it('tells that a command decided nothing, with the place of what is known', async () => {
    const { run } = counter();
    await run(add(3));
    expect(await run(add(0))).toMatchObject({
      kind: 'nothing',
      events: [],
      revision: 0n,
      position: 1n,
    });
  });

  it('decides all that wait in order and appends them at once', async () => {
    const { run, log } = counter();
    const outcomes = await Promise.all([run(add(4)), run(add(5)), run(add(2)), run(add(1))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
      'rejected',
      'accepted',
    ]);
    expect(log.appends).toBe(1);
    expect(log.amounts()).toEqual([4, 5, 1]);
  });

  it('answers a repeated command from the stream, also in another process and years later', async () => {
    const { run, log } = counter();
    const first = await run(add(3), 'c1');
    await run(add(1));
    const repeated = await run(add(3), 'c1');
    expect(repeated).toMatchObject({ kind: 'replayed', revision: 0n });
    expect(eventIds(repeated)).toEqual(eventIds(first));
    const elsewhere = await counter(log).run(add(3), 'c1');
    expect(elsewhere).toMatchObject({ kind: 'replayed', revision: 0n });
    expect(log.amounts()).toEqual([3, 1]);
  });

  it('answers a twin in the same round as a repeat', async () => {
    const { run, log } = counter();
    const [first, twin] = await Promise.all([run(add(3), 'c1'), run(add(3), 'c1')]);
    expect([first.kind, twin.kind]).toEqual(['accepted', 'replayed']);
    expect(log.amounts()).toEqual([3]);
  });

  it('refuses the same command id with other content, and only that command', async () => {
    const { run, log } = counter();
    await run(add(3), 'c1');
    const outcomes = await Promise.allSettled([run(add(4), 'c1'), run(add(2))]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'command_mismatch' } },
      { status: 'fulfilled', value: { kind: 'accepted' } },
    ]);
    expect(log.amounts()).toEqual([3, 2]);
  });

  it('decides a refused command anew when it is sent again', async () => {
    const { run } = counter();
    await run(add(9));
    expect(await run(add(5), 'c1')).toMatchObject({ kind: 'rejected' });
    await run(add(-5));
    expect(await run(add(5), 'c1')).toMatchObject({ kind: 'accepted' });
  });

  it('reloads the tail when somebody else was faster, and decides on what it finds', async () => {
    const { run, log } = counter();
    await run(add(3));
    await counter(log).run(add(6));
    expect(await run(add(2))).toEqual({
      kind: 'rejected',
      rejected: { code: 'over_limit', total: 9 },
    });
    expect(await run(add(1))).toMatchObject({ kind: 'accepted', revision: 2n });
  });

  it('refuses nothing because of what it knew before somebody else went on', async () => {
    const { run, log } = counter();
    await run(add(9));
    await counter(log).run(add(-9));
    expect(await run(add(5))).toMatchObject({ kind: 'accepted', revision: 2n });
  });

  it('answers what another process has accepted, although it would refuse it now', async () => {
    const { run, log } = counter();
    await run(add(9));
    const elsewhere = counter(log);
    await elsewhere.run(add(-8));
    await elsewhere.run(add(9), 'c1');
    expect(await run(add(9), 'c1')).toMatchObject({ kind: 'replayed', revision: 2n });
  });

  it('tells the place of what others have stored when there is nothing to do', async () => {
    const { run, log } = counter();
    await run(add(3));
    await counter(log).run(add(1));
    expect(await run(add(0))).toMatchObject({ kind: 'nothing', revision: 1n, position: 2n });
  });

  it('refuses a stream that two deciders claim', async () => {
    const runner = new CommandRunner(new ScriptedLog(), { now: () => 0 });
    await runner.run(counting, COUNTER, add(1), cause());
    const other = { ...counting };
    expect(() => runner.run(other, COUNTER, add(1), cause())).toThrow('one decider');
  });

  it('never tells a refusal that rested on commands which were not stored', async () => {
    const { run, log } = counter();
    await run(add(1));
    await counter(log).run(add(-100));
    const outcomes = await Promise.all([run(add(9)), run(add(5))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  });

  it('rejects with unavailable, forgets its state, and finds a stored command on the retry', async () => {
    const { run, log } = counter();
    log.loseNextAnswer = true;
    await expect(run(add(3), 'c1')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await run(add(3), 'c1')).toMatchObject({ kind: 'replayed', revision: 0n });
    expect(log.amounts()).toEqual([3]);
  });

  it('harms no neighbour with an event that cannot be stored', async () => {
    const { run, log } = counter();
    const huge = { type: 'Note' as const, text: 'x'.repeat(61 * 1024) };
    const outcomes = await Promise.allSettled([run(add(1)), run(huge), run(add(2))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'event_too_large' } });
    expect(log.amounts()).toEqual([1, 2]);
  });

  it('spreads over several appends what one append cannot hold', async () => {
    const { run, log } = counter();
    const note = { type: 'Note' as const, text: 'x'.repeat(50 * 1024) };
    await Promise.all(Array.from({ length: 25 }, () => run(note)));
    expect(log.events).toHaveLength(25);
    expect(log.appends).toBe(3);
  });

  it('refuses more waiting commands than its limit', async () => {
    const { run } = counter(new ScriptedLog(), { queueLimit: 2 });
    const outcomes = await Promise.allSettled([run(add(1)), run(add(1)), run(add(1))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('forgets idle streams beyond its limit and finds them again', async () => {
    const log = new ScriptedLog();
    const runner = new CommandRunner(log, { now: () => 0, heldStreams: 2 });
    for (let round = 0; round < 2; round++) {
      for (const id of ['a', 'b', 'c', 'd']) {
        await runner.run(counting, streamOf('counter', 'acme', id), add(1), cause());
      }
    }
    expect(log.amounts()).toHaveLength(8);
  });

  it('forgets idle streams that remember more commands than its limit', async () => {
    const log = new ScriptedLog();
    const runner = new CommandRunner(log, { now: () => 0, heldCommands: 3 });
    const run = (id: string) =>
      runner.run(counting, streamOf('counter', 'acme', id), add(1), cause());
    for (const id of ['a', 'a', 'b', 'c', 'a']) {
      await run(id);
      await settled(log, 0);
    }
    // Three loads of new streams, and `a` again, which had to make room for `c`.
    expect(log.readsFrom).toEqual([0n, 0n, 0n, 0n]);
  });

  it('loses and doubles nothing when several processes share a stream that loses answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 30 }),
        async (script) => {
          const log = new ScriptedLog();
          const processes = [counter(log), counter(log), counter(log)];
          await Promise.all(
            script.map(async ([at, lose], i) => {
              log.loseNextAnswer ||= lose;
              const command = add(i % 2 === 0 ? 1 : -1);
              for (let attempt = 0; attempt < 100; attempt++) {
                try {
                  return await processes[(at + attempt) % 3]!.run(command, `c${i}`);
                } catch (error) {
                  expect(error).toMatchObject({ code: 'unavailable' });
                }
              }
              throw new Error('never answered');
            }),
          );
          const commands = log.events.map(({ commandId }) => commandId);
          expect(new Set(commands).size).toBe(script.length);
          expect(commands).toHaveLength(script.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('deciding in steps', () => {
  it('goes on until the stream has caught up, and lets commands in between', async () => {
    const { run, log } = counter();
    await run({ type: 'Spread', steps: 3 });
    await run(add(1));
    await settled(log, 5);
    expect(log.events.map(({ type }) => type).sort()).toEqual([
      'Added',
      'Spread',
      'Stepped',
      'Stepped',
      'Stepped',
    ]);
  });

  it('is taken up by the next process where a stopped one left it', async () => {
    const { run, log } = counter();
    const other = new CommandRunner(log, { now: () => 0 });
    await other.run(counting, COUNTER, add(0), cause());
    log.refuseAfter = 2;
    await run({ type: 'Spread', steps: 3 });
    await settled(log, 2);
    log.refuseAfter = Infinity;
    await other.resume(counting, COUNTER);
    expect(log.events.map(({ type }) => type)).toEqual(['Spread', 'Stepped', 'Stepped', 'Stepped']);
  });

  it('goes on after the log was away for a while, and tells who asks meanwhile', async () => {
    const log = new ScriptedLog();
    const runner = new CommandRunner(log, { now: () => 0 });
    log.refuseAfter = 2;
    await runner.run(counting, COUNTER, { type: 'Spread', steps: 2 }, cause());
    await settled(log, 2);
    await expect(runner.resume(counting, COUNTER)).rejects.toMatchObject({ code: 'unavailable' });
    log.refuseAfter = Infinity;
    await runner.run(counting, COUNTER, add(0), cause());
    await settled(log, 3);
    expect(log.events.map(({ type }) => type)).toEqual(['Spread', 'Stepped', 'Stepped']);
  });
});

describe('loading streams before their commands come', () => {
  it('reads each once, so that commands run together are stored in one turn', async () => {
    const log = new ScriptedLog();
    const streams = ['a', 'b', 'c'].map((id) => streamOf('counter', 'acme', id));
    const before = new CommandRunner(log, { now: () => 0 });
    await Promise.all(
      streams.map((stream) => before.run(counting, stream, add(8), cause(undefined, add(8)))),
    );
    log.readsFrom = [];

    const runner = new CommandRunner(log, { now: () => 0 });
    await runner.load(counting, streams);
    expect(log.readsFrom).toEqual([0n, 0n, 0n]);
    await runner.load(counting, streams);
    const outcomes = await Promise.all(
      streams.map((stream) => runner.run(counting, stream, add(2), cause(undefined, add(2)))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(log.readsFrom).toHaveLength(3);
  });

  it('trusts nothing that was loaded: who went on meanwhile is found before anything is told', async () => {
    const log = new ScriptedLog();
    const { run } = counter(log);
    const runner = new CommandRunner(log, { now: () => 0 });
    await runner.load(counting, [COUNTER]);
    await run(add(9));
    const refused = await runner.run(counting, COUNTER, add(5), cause(undefined, add(5)));
    expect(refused).toEqual({ kind: 'rejected', rejected: { code: 'over_limit', total: 9 } });
  });

  it('lets a command that comes while it reads wait for it', async () => {
    const log = new ScriptedLog();
    const runner = new CommandRunner(log, { now: () => 0 });
    const loading = runner.load(counting, [COUNTER]);
    const outcome = runner.run(counting, COUNTER, add(1), cause(undefined, add(1)));
    await loading;
    expect(await outcome).toMatchObject({ kind: 'accepted', revision: 0n });
    expect(log.readsFrom).toEqual([0n]);
  });
});

describe('running commands of streams that are most likely new', () => {
  it('does not read such a stream first', async () => {
    const log = new ScriptedLog();
    expect(await creator(log)(add(3))).toMatchObject({ kind: 'accepted', revision: 0n });
    expect(log.readsFrom).toEqual([]);
  });

  it('finds out when somebody stands there, whatever it wanted to say', async () => {
    const log = new ScriptedLog();
    await creator(log)(add(3), 'c1');
    expect(await creator(log)(add(3), 'c1')).toMatchObject({ kind: 'replayed', revision: 0n });
    expect(await creator(log)(add(8))).toMatchObject({ kind: 'rejected', rejected: { total: 3 } });
    expect(await creator(log)(add(11))).toMatchObject({ kind: 'rejected', rejected: { total: 3 } });
    expect(await creator(log)(add(0))).toMatchObject({ kind: 'nothing', revision: 0n });
    expect(await creator(log)(add(2))).toMatchObject({ kind: 'accepted', revision: 1n });
    await expect(creator(log)(add(9), 'c1')).rejects.toMatchObject({ code: 'command_mismatch' });
    expect(log.amounts()).toEqual([3, 2]);
  });

  it('appends the new ones at once and sends the others the ordinary way', async () => {
    const { log } = counter();
    const runner = new CommandRunner(log, { now: () => 0 });
    const fresh = (id: string, command: Command, commandId: string) => ({
      stream: streamOf('counter', 'acme', id),
      command,
      cause: cause(commandId, command),
    });
    await runner.run(counting, streamOf('counter', 'acme', 'b'), add(4), cause('c2', add(4)));
    const outcomes = await runner.runFresh(counting, [
      fresh('a', add(3), 'c1'),
      fresh('b', add(4), 'c2'),
      fresh('b', add(5), 'c3'),
      fresh('c', add(11), 'c4'),
      fresh('d', { type: 'Note', text: 'x'.repeat(61 * 1024) }, 'c5'),
      fresh('b', add(6), 'c2'),
    ]);
    expect(outcomes).toMatchObject([
      { value: { kind: 'accepted' } },
      { value: { kind: 'replayed' } },
      { value: { kind: 'accepted' } },
      { value: { kind: 'rejected' } },
      { reason: { code: 'event_too_large' } },
      { reason: { code: 'command_mismatch' } },
    ]);
    expect(log.amounts()).toEqual([4, 3, 5]);
  });
});

/** The same stream under a decider that expects to create it; another process each time. */
function creator(log: ScriptedLog) {
  const runner = new CommandRunner(log, { now: () => 0 });
  const creating = { ...counting, mostlyNew: true };
  return (command: Command, id?: string) =>
    runner.run(creating, COUNTER, command, cause(id, command));
}

const eventIds = (outcome: Outcome<unknown>) =>
  'events' in outcome ? outcome.events.map(({ id }) => id) : [];
