import { CodedError } from '@tributary/kernel';

import type { MessageBroker, OutgoingMessage } from './broker';
import { MemoryCheckpoint, MemoryOwner, randomFrom, until } from './kafka.fixture';
import { type RelayOptions, requestsOf, startRelay } from './relay';

describe('relaying what was published', () => {
  it('moves the checkpoint after the acknowledgement, never before', async () => {
    const { options, broker, checkpoint } = scene();
    broker.onSend = () => void broker.checkpoints.push(checkpoint.position);
    const relay = startRelay(options);
    await until('the head', () => checkpoint.position === 100n);
    await relay.stop();
    expect(broker.checkpoints).toEqual([0n, 40n, 80n]);
    expect(broker.positions()).toEqual(range(1, 100));
  });

  it('takes a new producer after a failure and begins again at the checkpoint', async () => {
    const { options, broker, checkpoint, failures } = scene();
    broker.onSend = (count) => {
      if (count === 2) throw new CodedError('unavailable', 'Connection lost.');
    };
    const relay = startRelay(options);
    await until('the head', () => checkpoint.position === 100n);
    await relay.stop();
    expect(broker.producers).toEqual({ opened: 2, closed: 2 });
    expect(broker.positions()).toEqual([...range(1, 80), ...range(41, 100)]);
    expect(failures).toEqual([[1, 'unavailable']]);
  });

  it('ends, and says so, when somebody else relays by now', async () => {
    const { options, broker, checkpoint } = scene();
    checkpoint.save = () => Promise.reject(new CodedError('fenced', 'Another owner has it.'));
    const relay = startRelay(options);
    await expect(relay.done).rejects.toMatchObject({ code: 'fenced' });
    expect(broker.producers).toEqual({ opened: 1, closed: 1 });
    await relay.stop();
  });

  it('looks at once when it is nudged, and stops while it sleeps', async () => {
    const { options, checkpoint, owner } = scene();
    const relay = startRelay({ ...options, pollMs: 600_000 });
    await until('the head', () => checkpoint.position === 100n);
    owner.publish(1, 5, randomFrom(2));
    relay.nudge();
    await until('the new event', () => checkpoint.position === 101n);
    await relay.stop();
    await relay.done;
  });
});

describe('cutting a page into requests', () => {
  it('never lets the batch of one partition grow beyond the limit, and keeps the order', () => {
    const messages = [0, 1, 0, 1, 0, 0, 2].map((partition, i) => message(partition, `v${i}`));
    const requests = [...requestsOf(messages, 10)];
    expect(requests.flat()).toEqual(messages);
    const values = requests.map((request) => request.map(({ value }) => value).join(' '));
    expect(values).toEqual(['v0 v1 v2 v3 v4', 'v5 v6']);
  });

  it('sends what is larger than the limit alone, and nothing for nothing', () => {
    const large = message(0, 'x'.repeat(50));
    expect([...requestsOf([large, large], 10)]).toEqual([[large], [large]]);
    expect([...requestsOf([], 10)]).toEqual([]);
  });
});

const message = (partition: number, value: string): OutgoingMessage => ({
  partition,
  key: 'k',
  value,
  headers: {},
});

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

class RecordingBroker implements MessageBroker {
  readonly checkpoints: bigint[] = [];
  readonly producers = { opened: 0, closed: 0 };
  onSend: (count: number) => void = () => undefined;
  private readonly sent: (readonly OutgoingMessage[])[] = [];

  positions = () => this.sent.flat().map(({ headers }) => headers['position']);
  ensureTopic = () => Promise.resolve();
  bounds = () => Promise.resolve([]);
  consume = () => ({ stop: () => Promise.resolve() });

  async producer() {
    this.producers.opened++;
    return {
      send: async (_: string, messages: readonly OutgoingMessage[]) => {
        this.sent.push(messages);
        this.onSend(this.sent.length);
      },
      close: async () => void this.producers.closed++,
    };
  }
}

function scene() {
  const owner = new MemoryOwner();
  owner.publish(100, 5, randomFrom(1));
  const checkpoint = new MemoryCheckpoint();
  const broker = new RecordingBroker();
  const failures: unknown[] = [];
  const options: RelayOptions = {
    owner: 'attribution',
    reader: owner,
    checkpoint,
    broker,
    pageSize: 40,
    pollMs: 5,
    observer: {
      sent: () => undefined,
      failed: (error, attempt) => failures.push([attempt, (error as CodedError).code]),
    },
  };
  return { owner, checkpoint, broker, failures, options };
}
