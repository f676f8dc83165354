import type { Consumption, IncomingMessage, MessageBroker } from './broker';
import { toMessage } from './cloud-event';
import { startConsumer } from './consumer';
import { MemoryInbox, MemoryOwner, randomFrom, until } from './kafka.fixture';

const TOPIC = 'tributary.attribution';
const CHANNEL = `${TOPIC}/0`;

describe('taking in what Kafka delivers', () => {
  it('asks the owner for what Kafka threw away before it was read', async () => {
    const { owner, inbox, deliver, stop } = await scene(10);
    await deliver(0n, 3n);
    expect(inbox.applied).toHaveLength(3);
    await deliver(8n, 10n);
    expect(inbox.applied).toEqual(owner.rows);
    expect(inbox.offsets.get(CHANNEL)).toBe(10n);
    await stop();
  });

  it('parks what it cannot read, in the same order and once the database is back', async () => {
    const { owner, inbox, deliver, stop, troubles } = await scene(4);
    inbox.outages = 2;
    await deliver(0n, 4n, (message) =>
      message.offset === 1n ? { ...message, value: Buffer.from([0xff]) } : message,
    );
    const poisoned = owner.rows[1]?.stream;
    expect(inbox.parked.every(({ key, raw }) => key === poisoned && raw === 'base64:/w==')).toBe(
      true,
    );
    expect(inbox.applied).toEqual(owner.rows.filter(({ stream }) => stream !== poisoned));
    expect(troubles).toHaveLength(2);
    await stop();
  });

  it('never remembers an offset before what comes in front of it', async () => {
    const { inbox, deliver, stop } = await scene(6);
    const remembered: string[] = [];
    const receive = inbox.receive.bind(inbox);
    inbox.receive = async (from, events, offset) => {
      remembered.push(`${events.length} up to ${offset.next}`);
      await receive(from, events, offset);
    };
    const park = inbox.park.bind(inbox);
    inbox.park = async (...letter) => {
      remembered.push(`parked ${letter[2]}`);
      await park(...letter);
    };
    await deliver(0n, 6n, (message) =>
      [2n, 3n].includes(message.offset) ? { ...message, value: null } : message,
    );
    expect(remembered).toEqual(['2 up to 2', 'parked 2', '0 up to 3', 'parked 3', '2 up to 6']);
    await stop();
  });

  it('lets a batch go, with nothing remembered, when the partition is taken away', async () => {
    const { inbox, deliver, stop } = await scene(4);
    inbox.outages = Number.MAX_SAFE_INTEGER;
    const taken = new AbortController();
    const delivery = deliver(0n, 4n, undefined, taken.signal);
    await until('the first outage', () => inbox.outages < Number.MAX_SAFE_INTEGER);
    taken.abort();
    await expect(delivery).rejects.toMatchObject({ code: 'batch_abandoned' });
    expect(inbox.offsets.size).toBe(0);
    await stop();
  });
});

/** A consumer whose broker is us: messages of one partition, offset 0 being the owner's first row. */
async function scene(rows: number) {
  const owner = new MemoryOwner();
  owner.publish(rows, 3, randomFrom(4));
  const inbox = new MemoryInbox();
  const troubles: unknown[] = [];
  let consumption: Consumption | undefined;
  const broker: MessageBroker = {
    ensureTopic: () => Promise.resolve(),
    bounds: () => Promise.resolve([{ first: 0n, end: BigInt(rows) }]),
    producer: () => Promise.reject(new Error('Nothing is sent here.')),
    consume: (asked) => {
      consumption = asked;
      return { stop: () => Promise.resolve() };
    },
  };
  const consumer = startConsumer({
    group: 'commission',
    owners: new Map([['attribution', owner]]),
    inbox,
    deadLetters: inbox,
    broker,
    observer: { received: () => undefined, failed: (error) => troubles.push(error) },
  });
  await until('the consumption', () => consumption !== undefined);

  const deliver = async (
    from: bigint,
    next: bigint,
    change: (message: IncomingMessage) => IncomingMessage = (message) => message,
    signal = new AbortController().signal,
  ) => {
    const messages = owner.rows.slice(Number(from), Number(next)).map((row, i) => {
      const { key, value } = toMessage('attribution', row, 1);
      const offset = from + BigInt(i);
      return change({ offset, key: Buffer.from(key), value: Buffer.from(value) });
    });
    await consumption?.onBatch({ topic: TOPIC, partition: 0, messages, next, signal });
  };
  return { owner, inbox, troubles, deliver, stop: () => consumer.stop() };
}
