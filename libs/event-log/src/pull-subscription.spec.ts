import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Recorded } from '@tributary/kernel';
import { PullSubscription } from './pull-subscription';

const PAGES = 100n;

describe('following the log', () => {
  it('lets go of what it has delivered', async () => {
    const delivered: WeakRef<readonly Recorded[]>[] = [];
    const page = (after: bigint) => {
      const events: readonly Recorded[] = [];
      delivered.push(new WeakRef(events));
      return Promise.resolve({ events, through: after + 1n, caughtUp: false });
    };
    const subscription = new PullSubscription(0n, { page, retries: () => false, pollMs: 1 });
    const pages = subscription[Symbol.asyncIterator]();
    for (let through = 0n; through < PAGES;) {
      const { value } = await pages.next();
      through = value?.through ?? PAGES;
    }
    await collectGarbage();

    const held = delivered.filter((events) => events.deref() !== undefined);
    expect(delivered).toHaveLength(Number(PAGES));
    // The last ones may still be on their way through.
    expect(held.length).toBeLessThan(5);
    await subscription.close();
  });

  it('ends at once when it is closed, even if a page never comes', async () => {
    const never = () => new Promise<never>(() => undefined);
    const subscription = new PullSubscription(0n, { page: never, retries: () => false, pollMs: 1 });
    const next = subscription[Symbol.asyncIterator]().next();
    await subscription.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

/** What a weak reference was looked at for is kept until the turn is over. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}
