import { setImmediate } from 'node:timers/promises';

import type { Batch, EventLog } from '@tributary/event-log';

import { inStretches } from './in-stretches';

const AN_HOUR_MS = 3_600_000;

describe('following a log that is being filled', () => {
  it('lets it grow whenever all of it was read, until it is whole', async () => {
    let written = (): void => undefined;
    const whole = new Promise<void>((resolve) => (written = resolve));
    const asked: bigint[] = [];
    async function* batches(): AsyncGenerator<Batch, void, undefined> {
      for (const through of [1n, 2n, 3n, 4n]) {
        asked.push(through);
        yield { events: [], through, caughtUp: through > 1n };
      }
    }
    const subscription = { close: () => Promise.resolve(), [Symbol.asyncIterator]: batches };
    const log = { subscribe: () => subscription } as unknown as EventLog;

    const following = inStretches(log, whole, AN_HOUR_MS).subscribe(0n)[Symbol.asyncIterator]();
    await following.next();
    await following.next();
    const third = following.next();
    await setImmediate();
    expect(asked).toEqual([1n, 2n]);
    written();
    expect(await third).toMatchObject({ value: { through: 3n } });
    expect(await following.next()).toMatchObject({ value: { through: 4n } });
  });
});
