import type { Recorded } from '@tributary/kernel';
import { account, TestLog } from './feeds.fixture';
import type { FeedBatch, FeedSubscription } from './feed';
import { FeedTail, type Subscribe } from './feed-tail';
import { logFeed, tailOfLog } from './log-feed';

/** Counts who reads the log, and how. */
class CountedLog extends TestLog {
  subscriptions = 0;

  override subscribe(...args: Parameters<TestLog['subscribe']>) {
    this.subscriptions++;
    return super.subscribe(...args);
  }
}

const filled = async (log: TestLog, count: number) => {
  for (let i = 0; i < count; i++) {
    await log.happen(account(i % 3), i % 2 === 0 ? 'Even' : 'Odd', { i });
  }
};

/** Positions until one is reached; what a batch looked at without finding anything is left out. */
async function readUntil(subscription: FeedSubscription, through: bigint): Promise<bigint[]> {
  const positions: bigint[] = [];
  for await (const batch of subscription) {
    positions.push(...batch.events.map(({ position }) => position));
    if (batch.through >= through) break;
  }
  await subscription.close();
  return positions;
}

const upTo = (last: number, step = 1): bigint[] =>
  Array.from({ length: Math.ceil(last / step) }, (_, i) => BigInt(1 + i * step));

describe('following the newest events of a log together', () => {
  it('gives each what it asked for, and asks the log once for all who have caught up', async () => {
    const log = new CountedLog();
    await filled(log, 10);
    const feed = logFeed(log, ['account']);
    const all = readUntil(feed.subscribe(0n, ['*']), 40n);
    const even = readUntil(feed.subscribe(0n, ['Even']), 40n);
    const none = readUntil(feed.subscribe(0n, ['Nothing']), 40n);
    await filled(log, 30);
    expect(await all).toEqual(upTo(40));
    expect(await even).toEqual(upTo(40, 2));
    expect(await none).toEqual([]);
    // Each for itself until it had caught up, and one for what came then.
    expect(log.subscriptions).toBe(4);
  });

  it('lets who falls behind read for itself, without a gap and without a repeat', async () => {
    const log = new CountedLog();
    const open: Subscribe<Recorded> = (after) => log.subscribe(after);
    const tail = new FeedTail(open, 5);
    const slow = tail.subscribe(0n, () => true, open);
    const fast = tail.subscribe(0n, () => true, open);
    const reader = slow[Symbol.asyncIterator]();
    const first = reader.next();
    const others = readUntil(fast, 60n);
    await filled(log, 1);
    const positions = ((await first).value as FeedBatch).events.map(({ position }) => position);
    await filled(log, 59);
    expect(await others).toEqual(upTo(60));
    for (let through = 0n; through < 60n;) {
      const { value } = (await reader.next()) as { value: FeedBatch };
      positions.push(...value.events.map(({ position }) => position));
      through = value.through;
    }
    await reader.return?.();
    await slow.close();
    expect(positions).toEqual(upTo(60));
  });

  it('gives services of one process each its own, and asks the log once for all of them', async () => {
    const log = new CountedLog();
    await filled(log, 10);
    const tail = tailOfLog(log);
    const [ours, others] = [logFeed(log, ['account'], tail), logFeed(log, ['partner'], tail)];
    const mine = readUntil(ours.subscribe(0n, ['*']), 30n);
    const theirs = readUntil(others.subscribe(0n, ['Even', 'Odd']), 30n);
    await filled(log, 20);
    expect(await mine).toEqual(upTo(30));
    expect(await theirs).toEqual([]);
    // Each for itself until it had caught up, and one for what came then.
    expect(log.subscriptions).toBe(3);
  });

  it('begins anew after everybody had left', async () => {
    const log = new CountedLog();
    const feed = logFeed(log, ['account']);
    await filled(log, 4);
    expect(await readUntil(feed.subscribe(0n, ['*']), 4n)).toEqual(upTo(4));
    await filled(log, 2);
    expect(await readUntil(feed.subscribe(2n, ['Odd']), 6n)).toEqual([4n, 6n]);
  });

  it('tells everybody that the log cannot be read on', async () => {
    const log = new TestLog();
    const broken: Subscribe<Recorded> = () => ({
      async *[Symbol.asyncIterator]() {
        yield { events: [], through: 0n, caughtUp: true };
        throw new Error('unreadable');
      },
      close: () => Promise.resolve(),
    });
    const tail = new FeedTail(broken);
    const own: Subscribe<Recorded> = (after) => log.subscribe(after);
    const reading = [1, 2].map(() =>
      readUntil(
        tail.subscribe(0n, () => true, own),
        1n,
      ),
    );
    const settled = await Promise.allSettled(reading);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
