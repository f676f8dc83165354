import { unavailable } from '@tributary/kernel';

import type { RefusedMessage } from '../ports';
import type { Bounds, Consumption, MessageBroker, Topic } from './broker';
import { startIntake } from './intake';
import { until } from './kafka.fixture';

const TOPIC = 'upstream.acme';
const CHANNEL = `${TOPIC}/0`;

describe('taking in messages from outside', () => {
  it('settles an offset only after everything before it was taken, page by page', async () => {
    const { deliver, happened, stop } = await scene();
    await deliver(0n, 1_200n);
    expect(happened).toEqual([
      'taken 0 to 499',
      'settled 500',
      'taken 500 to 999',
      'settled 1000',
      'taken 1000 to 1199',
      'settled 1200',
    ]);
    await stop();
  });

  it('hands the same messages in again until they are taken, and none behind them', async () => {
    const { deliver, happened, outages, troubles, stop } = await scene();
    outages.take = 2;
    outages.settle = 1;
    await deliver(0n, 3n);
    expect(happened).toEqual(['taken 0 to 2', 'settled 3']);
    expect(troubles).toHaveLength(3);
    await stop();
  });

  it('lets a batch go, with nothing settled, when the partition is taken away', async () => {
    const { deliver, happened, outages, troubles, stop } = await scene();
    outages.take = Number.MAX_SAFE_INTEGER;
    const taken = new AbortController();
    const delivery = deliver(0n, 3n, taken.signal);
    await until('the first outage', () => troubles.length > 0);
    taken.abort();
    await expect(delivery).rejects.toMatchObject({ code: 'batch_abandoned' });
    expect(happened).toEqual([]);
    await stop();
  });

  it.each([
    ['begins with what there is', undefined, 5n, [], []],
    ['goes on behind what was settled', 7n, 7n, [], []],
    [
      'says what Kafka threw away before it was taken',
      2n,
      5n,
      ['settled 5'],
      [{ offset: 2n, code: 'messages_expired', facts: { from: '2', before: '5' } }],
    ],
    ['begins anew where the topic was made anew', 11n, 5n, ['settled 5'], []],
  ])('%s', async (_, saved, expected, settled, refused) => {
    const { startAt, saves, happened, letters, stop } = await scene({ first: 5n, end: 10n });
    if (saved !== undefined) saves.set(CHANNEL, saved);
    expect(await startAt()).toBe(expected);
    expect(happened).toEqual(settled);
    expect(letters).toMatchObject(refused);
    await stop();
  });

  it('tells a loss from a hole that means nothing', async () => {
    const { startAt, deliver, bounds, letters, lags, stop } = await scene({ first: 0n, end: 30n });
    await startAt();
    await deliver(0n, 10n);
    await deliver(12n, 14n);
    expect(letters).toEqual([]);
    bounds.first = 20n;
    await deliver(20n, 25n);
    expect(letters).toMatchObject([{ offset: 14n, facts: { from: '14', before: '20' } }]);
    expect(lags.at(-1)).toBe(5n);
    await stop();
  });

  it('takes a topic as it is, whatever its partitions', async () => {
    const { topics, stop } = await scene();
    expect(topics).toMatchObject([{ name: TOPIC, order: 'any' }]);
    await stop();
  });
});

async function scene(bounds: { -readonly [K in keyof Bounds]: bigint } = { first: 0n, end: 0n }) {
  const topics: Topic[] = [];
  let consumption: Consumption | undefined;
  const broker: MessageBroker = {
    ensureTopic: async (topic) => void topics.push(topic),
    bounds: () => Promise.resolve([bounds]),
    producer: () => Promise.reject(new Error('Nothing is sent here.')),
    consume: (asked) => {
      consumption = asked;
      return { stop: () => Promise.resolve() };
    },
  };
  const happened: string[] = [];
  const letters: RefusedMessage[] = [];
  const saves = new Map<string, bigint>();
  const outages = { take: 0, settle: 0 };
  const troubles: unknown[] = [];
  const lags: bigint[] = [];
  const intake = startIntake({
    group: 'test',
    tenants: new Map([[TOPIC, 'acme']]),
    broker,
    store: {
      nextOf: async (channel) => saves.get(channel),
      settle: async (channel, next, refused) => {
        if (outages.settle-- > 0) throw unavailable('the database');
        happened.push(`settled ${next}`);
        saves.set(channel, next);
        letters.push(...refused);
      },
    },
    take: async (_topic, _channel, messages) => {
      if (outages.take-- > 0) throw unavailable('the log');
      happened.push(`taken ${messages[0]?.offset} to ${messages.at(-1)?.offset}`);
      return [];
    },
    observer: {
      settled: () => undefined,
      lag: (messages) => lags.push(messages),
      failed: (error) => troubles.push(error),
    },
  });
  await until('the consumption', () => consumption !== undefined);
  const assigned = new AbortController().signal;
  return {
    topics,
    happened,
    letters,
    saves,
    outages,
    troubles,
    lags,
    bounds,
    startAt: () => consumption?.startAt(TOPIC, 0, assigned),
    deliver: async (from: bigint, next: bigint, signal = new AbortController().signal) => {
      const messages = Array.from({ length: Number(next - from) }, (_, i) => ({
        offset: from + BigInt(i),
        key: null,
        value: null,
      }));
      const { end } = bounds;
      await consumption?.onBatch({ topic: TOPIC, partition: 0, messages, next, end, signal });
    },
    stop: () => intake.stop(),
  };
}
