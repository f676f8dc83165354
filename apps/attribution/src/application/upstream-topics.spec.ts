import type { IncomingMessage, MessageBroker, RefusedMessage } from '@tributary/feeds';
import { unavailable } from '@tributary/kernel';
import type { UpstreamTopic } from '@tributary/platform';
import { type TakeItems, startUpstreamTopics } from './upstream-topics';

const TOPIC = 'upstream.acme';
const SHOP = 'https://shop.example/production';
const ACME: UpstreamTopic = { tenant: 'acme', topic: TOPIC, sources: ['https://shop.example/*'] };

describe('taking facts of upstream from Kafka', () => {
  it('appends before it commits the offset, as the tenant of the topic', async () => {
    const { deliver, happened, senders, outcomes } = await scene();
    await deliver(fact('a'), fact('b'));
    expect(happened).toEqual(['appended a b', 'settled 2']);
    expect(senders).toEqual([{ tenant: 'acme', actor: `topic:${TOPIC}` }]);
    expect(outcomes).toEqual({ accepted: 2 });
  });

  it('takes the good around the bad, and puts the bad where a person sees them', async () => {
    const { deliver, happened, letters, outcomes, refusals } = await scene();
    await deliver(
      fact('a'),
      '{"specversion":',
      fact('invalid'),
      fact('b', 'https://elsewhere.example'),
      fact('conflict'),
      fact('c'),
    );
    expect(happened).toEqual(['appended a invalid conflict c', 'settled 6']);
    expect(letters).toEqual([
      { tenant: 'acme', offset: 1n, code: 'malformed_json', facts: {} },
      {
        tenant: 'acme',
        offset: 2n,
        code: 'validation_failed',
        facts: { source: SHOP, id: 'invalid', errors: [{ pointer: '/time', code: 'required' }] },
      },
      {
        tenant: 'acme',
        offset: 3n,
        code: 'source_not_yours',
        facts: {
          source: 'https://elsewhere.example',
          id: 'b',
          errors: [{ pointer: '/source', code: 'source_not_yours' }],
        },
      },
      {
        tenant: 'acme',
        offset: 4n,
        code: 'event_conflict',
        facts: {
          source: SHOP,
          id: 'conflict',
          errors: [{ pointer: '/data/net', code: 'differs' }],
        },
      },
    ]);
    expect(outcomes).toEqual({ accepted: 2, refused: 3, conflict: 1 });
    expect(refusals).toEqual(letters.map(({ code }) => `${TOPIC}/0 ${code}`));
  });

  it('waits while the log is away, then goes on with the same messages', async () => {
    const { deliver, happened, letters, failures, fail } = await scene();
    fail.push(unavailable('the log'), unavailable('the log'));
    await deliver(fact('a'), 'not JSON');
    expect(happened).toEqual(['appended a', 'settled 2']);
    expect(letters).toHaveLength(1);
    expect(failures).toHaveLength(2);
  });

  it('waits as well when it goes away in the middle of looking for what is wrong', async () => {
    const { deliver, happened, fail, letters } = await scene();
    fail.push(new Error('a defect'), unavailable('the log'));
    await deliver(fact('a'), fact('b'));
    expect(happened).toEqual(['appended a b', 'settled 2']);
    expect(letters).toEqual([]);
  });

  it('sets aside, after several attempts, the one message that a defect of ours stumbles over', async () => {
    const { deliver, happened, letters, failures } = await scene();
    await deliver(fact('a'), fact('defect'), fact('b'));
    expect(happened).toEqual(['appended a', 'appended b', 'settled 3']);
    expect(letters).toMatchObject([
      { offset: 1n, code: 'internal_error', facts: { id: 'defect' } },
    ]);
    expect(failures).toHaveLength(6);
  });
});

const fact = (id: string, source = SHOP): string => JSON.stringify({ source, id });

/** What POST /v1/events would say of an item with this id. */
function answerTo(id: string): Awaited<ReturnType<TakeItems>>[number] {
  if (id === 'invalid') {
    const errors = [{ pointer: '/time', code: 'required', detail: '' }];
    const problem = { type: '', title: '', status: 422, instance: '', code: 'validation_failed' };
    return { outcome: 'refused', problem: { ...problem, errors } };
  }
  const ingested = { source: SHOP, id, position: 1n, correlationId: id };
  return id === 'conflict'
    ? { ...ingested, outcome: 'conflict', differs: ['data.net'] }
    : { ...ingested, outcome: 'accepted', differs: [] };
}

async function scene() {
  const happened: string[] = [];
  const senders: object[] = [];
  const letters: RefusedMessage[] = [];
  const refusals: string[] = [];
  const failures: unknown[] = [];
  const outcomes: Record<string, number> = {};
  const fail: Error[] = [];
  const take: TakeItems = async (values, sender) => {
    const error = fail.shift();
    if (error) throw error;
    const ids = values.map((value) => (value as { id: string }).id);
    if (ids.includes('defect')) throw new TypeError('a defect');
    happened.push(`appended ${ids.join(' ')}`);
    senders.push(sender);
    return ids.map(answerTo);
  };
  type Consumption = Parameters<MessageBroker['consume']>[0];
  const consumption = await new Promise<Consumption>((resolve) => {
    startUpstreamTopics({
      topics: [ACME],
      broker: {
        ensureTopic: () => Promise.resolve(),
        bounds: () => Promise.resolve([{ first: 0n, end: 0n }]),
        producer: () => Promise.reject(new Error('Nothing is sent here.')),
        consume: (asked) => {
          resolve(asked);
          return { stop: () => Promise.resolve() };
        },
      },
      store: {
        nextOf: () => Promise.resolve(undefined),
        settle: async (_channel, next, refused) => {
          happened.push(`settled ${next}`);
          letters.push(...refused);
        },
      },
      take,
      observer: {
        refused: (channel, { code }) => refusals.push(`${channel} ${code}`),
        counted: (counts) => {
          for (const [outcome, count] of counts)
            outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
        },
        lag: () => undefined,
        failed: (error) => failures.push(error),
      },
    });
  });
  const deliver = async (...values: readonly string[]) => {
    const messages = values.map((value, i): IncomingMessage => ({
      offset: BigInt(i),
      key: null,
      value: Buffer.from(value),
    }));
    const { signal } = new AbortController();
    const next = BigInt(values.length);
    await consumption.onBatch({ topic: TOPIC, partition: 0, messages, next, signal });
  };
  return { deliver, happened, senders, letters, refusals, failures, outcomes, fail };
}
