import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEventStoreTestServer } from '@tributary/testing';
import type { EventStoreTestServer } from '@tributary/testing';
import type { Recorded, StreamName } from '@tributary/kernel';

import {
  eventsAfter,
  everythingOf,
  facts,
  idsOfEvents,
  ofCategory,
  refusalOf,
  someCategory,
  someStream,
} from '../contract/facts.fixture';
import type { Batch } from '../port';
import { EventStoreDbLog } from './eventstoredb-event-log';
import type { EventStoreDbOptions } from './eventstoredb-event-log';

describe('the EventStoreDB log on bad days, against the test server', () => {
  let server: EventStoreTestServer;
  let retries: string[];
  const opened: EventStoreDbLog[] = [];

  const open = (options: Partial<EventStoreDbOptions> = {}): EventStoreDbLog => {
    const log = new EventStoreDbLog({
      url: server.url,
      now: () => Date.now(),
      attempts: 12,
      retryDelayMs: { min: 10, max: 200 },
      resubscribeDelayMs: { min: 10, max: 100 },
      lookAheadMs: 50,
      onRetry: (what) => retries.push(what),
      ...options,
    });
    opened.push(log);
    return log;
  };

  beforeEach(async () => {
    retries = [];
    server = await startEventStoreTestServer();
  });
  afterEach(async () => {
    for (const log of opened.splice(0)) await log.close();
    await server.stop();
  });

  describe('appending', () => {
    it('stores once what was committed and never answered', async () => {
      const log = open({ appendTimeoutMs: 400 });
      const stream = someStream();
      const sent = facts(3);
      server.misbehave.commitWithoutAnswer(2);
      const answer = await log.append(stream, 'none', sent);

      const found = await everythingOf(log.read(stream));
      expect(idsOfEvents(found)).toEqual(idsOfEvents(sent));
      expect(answer).toEqual({ revision: 2n, position: found.at(-1)?.position, replayed: false });
      expect(retries.length).toBeGreaterThanOrEqual(2);
    });

    it('stores once what was committed and answered with a timeout', async () => {
      const log = open();
      const stream = someStream();
      server.misbehave.answerTimeoutAfterCommit();
      await log.append(stream, 'none', facts(2));
      expect(await everythingOf(log.read(stream))).toHaveLength(2);
    });

    it('stores once what was committed before the server was killed', async () => {
      const log = open();
      const stream = someStream();
      server.misbehave.commitWithoutAnswer();
      const appending = log.append(stream, 'none', facts(2));
      await until(async () => (await everythingOf(log.read(stream))).length === 2);
      await server.stop();
      await server.restart();
      expect(await appending).toMatchObject({ revision: 1n });
      expect(await everythingOf(log.read(stream))).toHaveLength(2);
    });

    it('says that it is unavailable in the end, and recognises the repeat of the caller', async () => {
      const impatient = open({ attempts: 1, appendTimeoutMs: 400 });
      const stream = someStream();
      const sent = facts(2);
      server.misbehave.commitWithoutAnswer();
      expect(await refusalOf(impatient.append(stream, 'none', sent))).toMatchObject({
        code: 'unavailable',
      });
      expect(await open().append(stream, 'none', sent)).toMatchObject({
        revision: 1n,
        replayed: true,
      });
      expect(await everythingOf(open().read(stream))).toHaveLength(2);
    });

    it('waits while the server is not ready', async () => {
      const log = open();
      server.misbehave.answerNotReady(3);
      expect(await log.append(someStream(), 'none', facts(1))).toMatchObject({ revision: 0n });
      expect(retries).toHaveLength(3);
    });

    it('turns to the leader, with appends, reads and subscriptions', async () => {
      const follower = await startEventStoreTestServer({ follows: server });
      const log = open({ url: follower.url });
      const stream = someStream();
      const received = consume(log, stream);
      await log.append(stream, 'none', facts(1));
      await log.append(stream, 0n, facts(1));
      expect(await everythingOf(log.read(stream))).toHaveLength(2);
      await until(() => received.events.length === 2);
      expect(server.misbehave.subscriptions).toBe(1);
      expect(follower.misbehave.subscriptions).toBe(0);
      await log.close();
      await follower.stop();
    });

    it('passes on that a size is refused, at once and to nobody else', async () => {
      const log = open();
      server.misbehave.refuseSize(2048);
      expect(await refusalOf(log.append(someStream(), 'none', facts(1)))).toMatchObject({
        code: 'append_too_large',
        facts: { limit: 2048 },
      });
      expect(await log.append(someStream(), 'none', facts(1))).toMatchObject({ revision: 0n });
      expect(retries).toEqual([]);
    });

    it('stores each once when everything under way breaks, in all clients of the process', async () => {
      const logs = [open(), open()];
      const streams = Array.from({ length: 10 }, () => someStream());
      server.misbehave.commitWithoutAnswer(streams.length);
      const appending = streams.map((stream, i) =>
        (logs[i % 2] as EventStoreDbLog).append(stream, 'none', facts(2)),
      );
      // Ten calls for ten appends: none of them rides on a stream that it shares with others.
      for (const stream of streams)
        await until(async () => (await everythingOf(open().read(stream))).length === 2);
      expect(server.misbehave.appendsUnderWay).toBe(streams.length);
      server.misbehave.breakAppendStreams();
      for (const { revision } of await Promise.all(appending)) expect(revision).toBe(1n);
      for (const stream of streams) expect(await everythingOf(open().read(stream))).toHaveLength(2);
    });

    it('takes no verdict from a node that does not show yet what it refuses for', async () => {
      const log = open();
      const stream = someStream();
      const sent = facts(2);
      await log.append(stream, 'none', sent);
      server.misbehave.lagBehind(2);
      expect(await log.append(stream, 'none', sent)).toMatchObject({
        revision: 1n,
        replayed: true,
      });
      expect(retries).toHaveLength(2);
    });

    it('fails while the server is down, and recovers by itself', async () => {
      const log = open({ attempts: 3 });
      const stream = someStream();
      await log.append(stream, 'none', facts(1));
      await server.stop();
      expect(await refusalOf(log.append(stream, 0n, facts(1)))).toMatchObject({
        code: 'unavailable',
      });
      expect(await refusalOf(log.head())).toMatchObject({ code: 'unavailable' });
      expect(await refusalOf(eventsAfter(log, 0n))).toMatchObject({ code: 'unavailable' });
      await server.restart();
      const patient = open();
      expect(await patient.append(stream, 0n, facts(1))).toMatchObject({ revision: 1n });
      await until(async () => (await outcomeOf(log.head())) === 'fulfilled');
    });
  });

  describe('keeping within the limits', () => {
    it('takes the largest append of many small events, where the server is set up as ours are', async () => {
      const roomy = await startEventStoreTestServer({ maxAppendBytes: 8 * 1024 * 1024 });
      const long = 'x'.repeat(512);
      const cause = { fingerprint: long, correlationId: long, traceParent: long };
      const sent = facts(2_000, { cause });
      const log = open({ url: roomy.url });
      expect(await log.append(someStream(), 'none', sent)).toMatchObject({ revision: 1_999n });
      // The default of older servers counts what stands beside the data as well, and is too small for this.
      expect(await refusalOf(open().append(someStream(), 'none', sent))).toMatchObject({
        code: 'append_too_large',
      });
      await log.close();
      await roomy.stop();
    });
  });

  describe('subscribing', () => {
    const mishaps: [string, () => void | Promise<void>][] = [
      ['was dropped', () => server.misbehave.dropSubscriptions()],
      ['was ended as if all were well', () => server.misbehave.endSubscriptions()],
      [
        'lost its server, which came back',
        async () => {
          await server.stop();
          await server.restart();
        },
      ],
    ];
    it.each(mishaps)(
      'goes on after the subscription %s, and delivers each event once',
      async (_, mishap) => {
        const log = open();
        const stream = someStream();
        const received = consume(log, stream);
        for (let n = 0; n < 6; n++) {
          await log.append(stream, n === 0 ? 'none' : BigInt(n * 20 - 1), facts(20));
          if (n % 2 === 1) await mishap();
        }
        await until(() => received.events.length >= 120);
        expect(received.events.map(({ revision }) => revision)).toEqual(
          Array.from({ length: 120 }, (_, i) => BigInt(i)),
        );
        expect(retries.length).toBeGreaterThan(0);
      },
    );

    it('outlives a server that is away for long', async () => {
      const log = open({ attempts: 2 });
      const stream = someStream();
      const received = consume(log, stream);
      await log.append(stream, 'none', facts(1));
      await until(() => received.events.length === 1);
      await server.stop();
      await until(() => retries.length > 5);
      await server.restart();
      await open().append(stream, 0n, facts(1));
      await until(() => received.events.length === 2);
    });

    it.each([
      ['streams', { categories: [someCategory()] }],
      ['types', { types: ['NeverSaid'] }],
    ])('moves on behind events that its filter of %s passes over', async (_, filter) => {
      const log = open();
      const batches: Batch[] = [];
      void keep(log.subscribe(0n, filter), batches);
      await until(() => batches.at(-1)?.caughtUp === true);
      const { position } = await log.append(someStream(), 'none', facts(2));
      await until(() => (batches.at(-1)?.through ?? 0n) >= position);
      expect(batches.flatMap(({ events }) => events)).toEqual([]);
      expect(server.misbehave.subscriptions).toBeLessThanOrEqual(2);
    });

    it('leaves nothing behind on the server when it is closed', async () => {
      const log = open();
      const stream = someStream();
      const received = consume(log, stream);
      await log.append(stream, 'none', facts(1));
      await until(() => received.events.length === 1);
      await received.subscription.close();
      await until(() => server.misbehave.subscriptions === 0);
    });
  });

  describe('sharing a log with others', () => {
    it('passes over what is not ours, and stops at what pretends to be', async () => {
      const client = EventStoreDBClient.connectionString(server.url);
      const log = open();
      const stream = someStream();
      const foreign = () => jsonEvent({ type: 'SomebodyElse', data: { any: 'thing' } });
      await client.appendToStream('somebody_else-1', foreign());
      await log.append(stream, 'none', facts(1));
      await client.appendToStream('other', foreign());
      expect(await eventsAfter(log, 0n)).toHaveLength(1);
      expect(await log.head()).toBe((await everythingOf(log.read(stream)))[0]?.position);

      await client.appendToStream(stream, foreign());
      expect(await refusalOf(eventsAfter(log, 0n))).toMatchObject({
        code: 'corrupt_event',
        facts: { stream, revision: 1n },
      });
      await client.dispose();
    });

    it('keeps cause and correlation where the server looks for them', async () => {
      const log = open();
      const stream = someStream();
      const causationId = '0195f3a0-0000-7000-8000-000000000001';
      await log.append(
        stream,
        'none',
        facts(1, { cause: { causationId, correlationId: 'order-7' } }),
      );
      const client = EventStoreDBClient.connectionString(server.url);
      for await (const { event } of client.readStream(stream)) {
        expect(event).toMatchObject({
          isJson: true,
          type: 'ThingSaid',
          data: { n: 0 },
          metadata: { $causationId: causationId, $correlationId: 'order-7' },
        });
      }
      await client.dispose();
    });
  });

  describe('connecting', () => {
    it('finds a node through gossip', async () => {
      const log = open({ url: `esdb+discover://${server.host}:${server.port}?tls=false` });
      expect(await log.append(someStream(), 'none', facts(1))).toMatchObject({ revision: 0n });
    });

    it.each(['throwOnAppendFailure=false', 'nodePreference=follower'])(
      'refuses a connection string with %s',
      (setting) => {
        expect(() => open({ url: `${server.url}&${setting}` })).toThrow(
          expect.objectContaining({ code: 'invalid_configuration' }),
        );
      },
    );

    it('is over when it is closed', async () => {
      const log = open();
      const stream = someStream();
      await log.append(stream, 'none', facts(1));
      await log.close();
      const uses = [
        () => log.append(stream, 0n, facts(1)),
        () => log.head(),
        () => everythingOf(log.read(stream)),
        () => eventsAfter(log, 0n),
      ];
      for (const use of uses) expect(await refusalOf(use())).toMatchObject({ code: 'unavailable' });
    });
  });
});

const PATIENCE_MS = 30_000;

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error('Waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const outcomeOf = async (promise: Promise<unknown>): Promise<string> => {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome.status;
};

async function keep(subscription: AsyncIterable<Batch>, batches: Batch[]): Promise<void> {
  for await (const batch of subscription) batches.push(batch);
}

function consume(log: EventStoreDbLog, stream: StreamName) {
  const events: Recorded[] = [];
  const subscription = log.subscribe(0n, ofCategory(stream));
  void (async () => {
    for await (const batch of subscription) events.push(...batch.events);
  })();
  return { events, subscription };
}
