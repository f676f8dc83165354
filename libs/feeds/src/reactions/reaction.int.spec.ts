import {
  CodedError,
  CommandRunner,
  type Decider,
  type DomainEvent,
  instantOfMs,
  type StreamName,
  unavailable,
} from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { account, contextOf, TestLog, testDatabases, until } from '../feeds.fixture';
import { logFeed } from '../log-feed';
import { findParked, Parking } from '../subscriptions/parking';
import { LiveReaction } from './live-reaction';
import { type Dispatch, reaction, type ReactionContext } from './reaction';

const databases = testDatabases();

interface Credit {
  readonly of: string;
  readonly amount: string;
}
type Credited = DomainEvent<'Credited', { readonly amount: string }>;
type Refused = { readonly code: 'too_much'; readonly limit: string };

const at = instantOfMs(0);

/** Refuses what is beyond the limit of the moment. */
const earnings = (limit: () => bigint): Decider<Credit, Credited, readonly string[], Refused> => ({
  initial: [],
  decide: ({ amount }) =>
    BigInt(amount) > limit()
      ? { rejected: { code: 'too_much', limit: String(limit()) } }
      : { events: [{ type: 'Credited', data: { amount }, occurredAt: at }] },
  evolve: (state, { data }) => [...state, data.amount],
});

const target = ({ of }: Credit): StreamName =>
  account(of).replace('account', 'earnings') as StreamName;

function started(database: Database, log: TestLog, dispatch: Dispatch<Credit>, owner = 'one') {
  const context = contextOf(database, owner);
  const crediting = reaction<Credit, { Deposited: { amount: string } }>({
    name: 'crediting',
    on: {
      Deposited: ({ stream, data }) => [
        { of: stream.slice(stream.indexOf('.') + 1), amount: data.amount },
      ],
    },
    target,
    dispatch,
  });
  const live = new LiveReaction(crediting, logFeed(log, ['account']), context);
  const runner = context.run(live);
  const reached = (position: bigint) =>
    until(`${position} is reached`, () => (context.progress.of('crediting') ?? 0n) >= position);
  return { live, reached, context, stop: () => runner.stop() };
}

function dispatchTo(log: TestLog, limit: () => bigint): Dispatch<Credit> {
  const commands = new CommandRunner(log, { now: () => 0 });
  const decider = earnings(limit);
  return (command, { stream, commandId, causationId, correlationId, traceParent, actor }) =>
    commands.run(decider, stream, command, {
      commandId,
      fingerprint: command.amount,
      actor,
      causationId,
      correlationId,
      traceParent,
    });
}

const creditsOf = async (log: TestLog, of: string) =>
  (await log.eventsOf(target({ of, amount: '' }))).map(({ data }) => data['amount']);

describe('reacting to events', () => {
  it('decides nothing new when everything is delivered again', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const dispatch = dispatchTo(log, () => 1000n);
    const contexts: ReactionContext[] = [];
    const recording: Dispatch<Credit> = (command, context) => {
      contexts.push(context);
      return dispatch(command, context);
    };
    for (let i = 0; i < 20; i++) await log.deposit(i % 3, BigInt(i));
    for (let round = 0; round < 3; round++) {
      // A crash between the acknowledgement and the checkpoint, as far as anyone can tell.
      await database.pool.query(`update subscription set position = 0`);
      const { reached, context, stop } = started(database, log, recording, `round ${round}`);
      await reached(20n);
      expect(context.seen.failures).toEqual([]);
      await stop();
    }
    expect(contexts).toHaveLength(60);
    expect(await creditsOf(log, '0')).toEqual(['0', '3', '6', '9', '12', '15', '18']);
    expect(await log.head()).toBe(40n);
    const [first] = await log.eventsOf(account(0));
    expect((await log.eventsOf(target({ of: '0', amount: '' })))[0]).toMatchObject({
      causationId: first?.id,
      correlationId: first?.correlationId,
      actor: 'reaction:crediting',
    });
  });

  it('saves its checkpoint once in a while and when it stops, not with each batch', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const statements = jest.spyOn(database.pool, 'query');
    const { reached, stop } = started(
      database,
      log,
      dispatchTo(log, () => 1000n),
    );
    const startMs = performance.now();
    for (let i = 0; i < 20; i++) {
      await log.deposit('a', 1n);
      await reached(await lastOf(log));
    }
    const saves = statements.mock.calls.filter(([text]) => String(text).startsWith('with moved'));
    expect(saves.length).toBeLessThanOrEqual((performance.now() - startMs) / 1_000);
    await stop();
    const { rows } = await database.pool.query<{ position: string }>(
      'select position from subscription',
    );
    expect(BigInt(rows[0]?.position ?? 0)).toBeGreaterThanOrEqual(await lastOf(log));
  });

  it('parks the subject of a rejection, lets others go on, and delivers in order when resumed', async () => {
    const database = await databases.open();
    const log = new TestLog();
    let limit = 10n;
    const { live, reached, context, stop } = started(
      database,
      log,
      dispatchTo(log, () => limit),
    );
    for (const amount of [1n, 50n, 3n]) await log.deposit('a', amount);
    await log.deposit('b', 4n);
    await until('all are delivered or wait', async () => (await creditsOf(log, 'b')).length === 1);
    await log.deposit('a', 5n);
    await until(
      'the last one waits too',
      async () => (await new Parking(database).list())[0]?.queued === 2,
    );
    expect(await creditsOf(log, 'a')).toEqual(['1']);
    expect(await findParked(database.pool, 'crediting', account('a'))).toMatchObject({
      code: 'too_much',
      facts: { limit: '10' },
      revision: 1n,
    });
    expect(context.seen.parkedStreams).toEqual([account('a')]);

    expect(await live.resume(account('a'), { status: 'resumed', by: 'ana', reason: null })).toEqual(
      { applied: 0, parkedAgain: 'too_much' },
    );
    limit = 100n;
    expect(await live.resume(account('a'), { status: 'resumed', by: 'ana', reason: null })).toEqual(
      { applied: 3, parkedAgain: undefined },
    );
    await log.deposit('a', 6n);
    await until('it flows again', async () => (await creditsOf(log, 'a')).length === 5);
    expect(await creditsOf(log, 'a')).toEqual(['1', '50', '3', '5', '6']);
    await reached(await lastOf(log));
    await stop();
  });

  it('discards one event on record and goes on with those behind it', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { live, stop } = started(
      database,
      log,
      dispatchTo(log, () => 10n),
    );
    for (const amount of [50n, 3n]) await log.deposit('a', amount);
    await until('it is parked', async () => (await new Parking(database).list()).length === 1);
    await live.resume(account('a'), { status: 'discarded', by: 'ana', reason: 'paid by hand' });
    expect(await creditsOf(log, 'a')).toEqual(['3']);
    expect(await new Parking(database).list({ status: 'discarded' })).toMatchObject([
      { closedBy: 'ana', closedReason: 'paid by hand' },
    ]);
    await stop();
  });

  it('waits out what is not available, without parking and without losing the order', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const dispatch = dispatchTo(log, () => 1000n);
    let outages = 6;
    const { context, stop } = started(database, log, async (command, meta) => {
      if (outages-- > 0) throw unavailable('The event log');
      return dispatch(command, meta);
    });
    for (let i = 0; i < 12; i++) await log.deposit(i % 2, BigInt(i));
    await until('all is delivered', async () => (await log.head()) === 24n);
    expect(await creditsOf(log, '0')).toEqual(['0', '2', '4', '6', '8', '10']);
    expect(context.seen.failures).toHaveLength(6);
    expect(await new Parking(database).list()).toEqual([]);
    await stop();
  });

  it('parks on a defect too, and loses nothing when it is resumed while events keep coming', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const dispatch = dispatchTo(log, () => 1000n);
    let broken = true;
    const { live, stop } = started(database, log, (command, meta) => {
      if (broken && command.amount === '3') throw new CodedError('defect', 'This cannot be.');
      return dispatch(command, meta);
    });
    const writer = (async () => {
      for (let i = 0; i < 150; i++) {
        await log.deposit('a', BigInt(i));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await until('it is parked', async () => (await new Parking(database).list()).length === 1);
    broken = false;
    await live.resume(account('a'), { status: 'resumed', by: 'ana', reason: null });
    await writer;
    await until('all is delivered', async () => (await creditsOf(log, 'a')).length === 150);
    expect(await creditsOf(log, 'a')).toEqual(Array.from({ length: 150 }, (_, i) => String(i)));
    await stop();
  });
});

const lastOf = async (log: TestLog): Promise<bigint> =>
  (await log.eventsOf(account('a'))).at(-1)?.position ?? 0n;

describe('a reaction that looks ahead', () => {
  it('parks whatever texts its refusal names', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const text = 'C:\\u0000x \0\ud800';
    const { reached, context, stop } = started(database, log, () => {
      throw new CodedError('refused', text, { text });
    });
    await log.deposit('a', 1n);
    await reached(1n);
    await stop();
    expect(context.seen.failures).toEqual([]);
    expect(await findParked(database.pool, 'crediting', account('a'))).toMatchObject({
      code: 'refused',
      facts: { text: 'C:\\u0000x \ufffd' },
    });
  });

  it('looks at a whole batch before it sends, sends in order, and parks as everybody does', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const happened: string[] = [];
    const said = (what: string, amount: string) => happened.push(`${what} ${amount}`);
    for (const amount of [1n, 2n, 3n]) await log.deposit('a', amount);
    const ahead = reaction<Credit, { Deposited: { amount: string } }>({
      name: 'crediting',
      looksAhead: true,
      on: {
        Deposited: async ({ data }) => {
          await Promise.resolve();
          said('saw', data.amount);
          return [{ of: 'a', amount: data.amount }];
        },
      },
      target,
      dispatch: ({ amount }) => {
        said('sent', amount);
        const rejected = { code: 'too_much' };
        return Promise.resolve(
          amount === '2' ? { kind: 'rejected', rejected } : { kind: 'accepted' },
        );
      },
    });
    const context = contextOf(database);
    const runner = context.run(new LiveReaction(ahead, logFeed(log, ['account']), context));
    await until('all three are done', () => (context.progress.of('crediting') ?? 0n) >= 3n);
    expect(happened).toEqual(['saw 1', 'saw 2', 'saw 3', 'sent 1', 'sent 2']);
    const [parked] = await new Parking(database).list();
    expect(parked).toMatchObject({ revision: 1n, queued: 1, code: 'too_much' });
    await runner.stop();
  });

  it('looks again where it could not see', async () => {
    const database = await databases.open();
    const log = new TestLog();
    let looks = 0;
    const sent: string[] = [];
    await log.deposit('a', 1n);
    const ahead = reaction<Credit, { Deposited: { amount: string } }>({
      name: 'crediting',
      looksAhead: true,
      on: {
        Deposited: ({ data }) => {
          if (looks++ === 0) throw unavailable('The directory');
          return [{ of: 'a', amount: data.amount }];
        },
      },
      target,
      dispatch: ({ amount }) => {
        sent.push(amount);
        return Promise.resolve({ kind: 'accepted' });
      },
    });
    const context = contextOf(database);
    const runner = context.run(new LiveReaction(ahead, logFeed(log, ['account']), context));
    await until('it is sent', () => sent.length === 1);
    expect(looks).toBe(2);
    await runner.stop();
  });
});
