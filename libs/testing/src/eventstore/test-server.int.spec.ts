import {
  END,
  EventStoreDBClient,
  START,
  eventTypeFilter,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client';

import { startEventStoreTestServer } from './test-server';
import type { EventStoreTestServer } from './test-server';

let server: EventStoreTestServer;
let client: EventStoreDBClient;

beforeEach(async () => {
  server = await startEventStoreTestServer();
  client = EventStoreDBClient.connectionString(server.url);
});
afterEach(async () => {
  await client.dispose();
  await server.stop();
});

const noted = (n: number, id: string = crypto.randomUUID()) =>
  jsonEvent({ id, type: 'Noted', data: { n } });
const user = { username: 'admin', password: 'changeit' };

describe.each([
  ['batched on one stream', {}],
  ['one call each', { credentials: user }],
])('appending to the test server, %s', (_how, options) => {
  it('gives revisions in the stream and sparse positions in $all', async () => {
    const first = await client.appendToStream('note-a.1', [noted(1), noted(2)], {
      ...options,
      expectedRevision: 'no_stream',
    });
    const second = await client.appendToStream('note-a.1', noted(3), {
      ...options,
      expectedRevision: 1n,
    });
    expect(first.nextExpectedRevision).toBe(1n);
    expect(second.nextExpectedRevision).toBe(2n);
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit + 1n);
  });

  it('answers "stored" to ids that stand there, whatever their content is this time', async () => {
    const id = crypto.randomUUID();
    const first = await client.appendToStream('note-a.1', noted(1, id), {
      ...options,
      expectedRevision: 'no_stream',
    });
    const again = await client.appendToStream('note-a.1', noted(2, id), {
      ...options,
      expectedRevision: 'no_stream',
    });
    expect(again).toEqual(first);
    expect(await all(client.readStream('note-a.1'))).toHaveLength(1);
  });

  it('refuses a wrong revision and tells the right one', async () => {
    await client.appendToStream('note-a.1', [noted(1), noted(2)], {
      ...options,
      expectedRevision: 'no_stream',
    });
    await expect(
      client.appendToStream('note-a.1', noted(3), { ...options, expectedRevision: 'no_stream' }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    await expect(
      client.appendToStream('note-a.1', noted(3), { ...options, expectedRevision: 7n }),
    ).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 7n,
      actualVersion: 1n,
    });
    await expect(
      client.appendToStream('note-a.2', noted(3), {
        ...options,
        expectedRevision: 'stream_exists',
      }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version' });
  });

  it('refuses what is too large, by itself and on demand', async () => {
    const large = jsonEvent({ type: 'Noted', data: { text: 'x'.repeat(1_100_000) } });
    await expect(client.appendToStream('note-a.1', large, options)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1024 * 1024,
    });
    server.misbehave.refuseSize();
    await expect(client.appendToStream('note-a.1', noted(1), options)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    await client.appendToStream('note-a.1', noted(1), options);
  });

  it('sends who insists on the leader there, or anybody on demand', async () => {
    const follower = await startEventStoreTestServer({ follows: server });
    const elsewhere = EventStoreDBClient.connectionString(follower.url);
    await expect(
      elsewhere.appendToStream('note-a.1', noted(2), { ...options, requiresLeader: true }),
    ).rejects.toMatchObject({ type: 'not-leader', leader: { port: server.port } });
    await elsewhere.appendToStream('note-a.1', noted(2), { ...options, requiresLeader: true });
    expect(await all(client.readStream('note-a.1'))).toHaveLength(1);
    expect(await all(client.readStream('note-a.1', { requiresLeader: true }))).toHaveLength(1);

    server.misbehave.answerNotLeader(follower);
    await expect(client.appendToStream('note-a.1', noted(3), options)).rejects.toMatchObject({
      type: 'not-leader',
    });
    await elsewhere.dispose();
    await follower.stop();
  });

  it('answers a timeout after it has committed', async () => {
    server.misbehave.answerTimeoutAfterCommit();
    await expect(client.appendToStream('note-a.1', noted(1), options)).rejects.toThrow();
    expect(await all(client.readStream('note-a.1'))).toHaveLength(1);
  });
});

it('tells a conflict in the trailers where it is asked to be as old as that', async () => {
  const old = await startEventStoreTestServer({ conflictsIn: 'trailers' });
  const elsewhere = EventStoreDBClient.connectionString(old.url);
  await expect(
    elsewhere.appendToStream('note-a.1', noted(1), { credentials: user, expectedRevision: 3n }),
  ).rejects.toMatchObject({
    type: 'wrong-expected-version',
    expectedVersion: 3n,
    actualVersion: -1n,
  });
  await elsewhere.dispose();
  await old.stop();
});

describe('reading the test server', () => {
  it('pages a stream both ways and knows a missing one', async () => {
    await client.appendToStream(
      'note-a.1',
      [1, 2, 3, 4].map((n) => noted(n)),
    );
    const read = async (...options: Parameters<EventStoreDBClient['readStream']>) =>
      numbers(await all(client.readStream(...options)));
    expect(await read('note-a.1', { fromRevision: 1n, maxCount: 2 })).toEqual([2, 3]);
    expect(
      await read('note-a.1', { fromRevision: END, direction: 'backwards', maxCount: 2 }),
    ).toEqual([4, 3]);
    await expect(read('note-a.2')).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('reads $all both ways, system events included, each event at its own position', async () => {
    const last = await client.appendToStream('note-a.1', [noted(1), noted(2)]);
    const forwards = await all(client.readAll({ fromPosition: START }));
    const backwards = await all(client.readAll({ fromPosition: END, direction: 'backwards' }));
    expect(forwards.map(({ event }) => event!.id)).toEqual(
      backwards.map(({ event }) => event!.id).reverse(),
    );
    expect(forwards.some(({ event }) => event!.streamId.startsWith('$'))).toBe(true);
    expect(forwards.at(-1)!.event!.position).toEqual(last.position);
    expect(new Set(forwards.map(({ event }) => event!.position.commit)).size).toBe(forwards.length);
  });

  it('refuses a position at which nothing stands', async () => {
    const { position } = await client.appendToStream('note-a.1', noted(1));
    const between = { commit: position!.commit + 1n, prepare: position!.prepare + 1n };
    await expect(all(client.readAll({ fromPosition: between }))).rejects.toThrow(
      /invalid position/,
    );
  });
});

describe('subscribing to the test server', () => {
  it('delivers a stream from a revision on, then live', async () => {
    await client.appendToStream('note-a.1', [noted(1), noted(2)]);
    const subscription = client.subscribeToStream('note-a.1', { fromRevision: 0n });
    const seen = collect(subscription, 3);
    subscription.once(
      'caughtUp',
      () => void client.appendToStream('note-a.1', [noted(3), noted(4)]),
    );
    expect(numbers(await seen)).toEqual([2, 3, 4]);
  });

  it.each([
    ['a prefix of the stream', streamNameFilter({ prefixes: ['note-'] })],
    ['an expression for the stream', streamNameFilter({ regex: '^note-' })],
    ['a prefix of the type', eventTypeFilter({ prefixes: ['Not'] })],
    ['an expression for the type', eventTypeFilter({ regex: '^Noted$' })],
  ])('delivers $all filtered by %s, then live', async (_what, filter) => {
    const other = jsonEvent({ type: 'Other', data: {} });
    await client.appendToStream('other-a.1', [other]);
    await client.appendToStream('note-a.1', [noted(1)]);
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    const seen = collect(subscription, 2);
    subscription.once('caughtUp', () => void client.appendToStream('note-a.1', [noted(2)]));
    expect(numbers(await seen)).toEqual([1, 2]);
  });

  it('tells how far it has looked when nothing matches', async () => {
    let reached: (commit: bigint) => void;
    const checkpoint = new Promise<bigint>((resolve) => (reached = resolve));
    const filter = eventTypeFilter({
      prefixes: ['Never'],
      checkpointInterval: 1,
      checkpointReached: async (_subscription, { commit }) => reached(commit),
    });
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    subscription.on('data', () => undefined);
    for (let n = 0; n < 40; n++) await client.appendToStream('note-a.1', noted(n));
    expect(await checkpoint).toBeGreaterThan(0n);
    await subscription.unsubscribe();
  });

  it('drops or ends a subscription on demand', async () => {
    const dropped = client.subscribeToAll();
    const error = new Promise((resolve) => dropped.once('error', resolve));
    await new Promise((resolve) => dropped.once('confirmation', resolve));
    server.misbehave.dropSubscriptions();
    expect(await error).toMatchObject({ type: 'unavailable' });

    const ended = client.subscribeToAll();
    ended.on('data', () => undefined);
    const end = new Promise<void>((resolve) => ended.once('end', resolve));
    await new Promise((resolve) => ended.once('confirmation', resolve));
    server.misbehave.endSubscriptions();
    await end;
  });
});

describe('losing the test server', () => {
  it('loses answers, connections and everything pending, but no data', async () => {
    server.misbehave.commitWithoutAnswer(2);
    const lost = Promise.allSettled([
      client.appendToStream('note-a.1', noted(1)),
      client.appendToStream('note-a.2', noted(2)),
    ]);
    while (await missing(client, 'note-a.2'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    server.misbehave.breakAppendStreams();
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await server.stop();
    await expect(client.appendToStream('note-a.1', noted(3))).rejects.toThrow();
    await server.restart();
    expect(await all(client.readStream('note-a.1'))).toHaveLength(1);
  });

  it('is found through gossip', async () => {
    const discovering = EventStoreDBClient.connectionString(
      `esdb+discover://${server.host}:${server.port}?tls=false`,
    );
    await discovering.appendToStream('note-a.1', noted(1));
    expect(await all(discovering.readStream('note-a.1'))).toHaveLength(1);
    await discovering.dispose();
  });
});

type Read = ReturnType<EventStoreDBClient['readAll']>;
type Resolved = Read extends AsyncIterable<infer T> ? T : never;

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function collect(
  subscription: AsyncIterable<unknown> & { unsubscribe(): Promise<void> },
  count: number,
): Promise<Resolved[]> {
  const items: Resolved[] = [];
  for await (const item of subscription) {
    items.push(item as Resolved);
    if (items.length === count) break;
  }
  await subscription.unsubscribe();
  return items;
}

const missing = (client: EventStoreDBClient, stream: string): Promise<boolean> =>
  all(client.readStream(stream)).then(
    () => false,
    () => true,
  );

const numbers = (events: readonly { event?: { data: unknown } }[]) =>
  events.map(({ event }) => (event?.data as { n: number }).n);
