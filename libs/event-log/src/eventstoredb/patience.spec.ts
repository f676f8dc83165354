import { CodedError } from '@tributary/kernel';

import { jitteredMs, patiently } from './patience';
import type { Patience } from './patience';

const patience = (overrides: Partial<Patience> = {}): Patience => ({
  attempts: 3,
  timeoutMs: 30_000,
  delayMs: { min: 0, max: 0 },
  random: () => 0.5,
  onRetry: () => undefined,
  isOver: () => false,
  ...overrides,
});

describe('trying again', () => {
  it('goes on until it works', async () => {
    const told: string[] = [];
    let calls = 0;
    const answer = await patiently(
      'Reading',
      patience({ onRetry: (what) => told.push(what) }),
      () =>
        ++calls < 3
          ? Promise.reject(new Error('Channel has been shut down'))
          : Promise.resolve('read'),
    );
    expect([answer, calls, told]).toEqual(['read', 3, ['Reading', 'Reading']]);
  });

  it('says unavailable in the end, and why', async () => {
    const cause = new Error('connection refused');
    await expect(
      patiently('Reading', patience(), () => Promise.reject(cause)),
    ).rejects.toMatchObject({
      code: 'unavailable',
      facts: { what: 'Reading' },
      cause,
    });
  });

  it('does not repeat what is decided', async () => {
    let calls = 0;
    const conflict = new CodedError('revision_conflict', 'It is at 3.');
    const refused = patiently('Appending', patience(), () => {
      calls++;
      return Promise.reject(conflict);
    });
    await expect(refused).rejects.toBe(conflict);
    expect(calls).toBe(1);
  });

  it('does not wait for ever for an answer', async () => {
    const never = patiently(
      'Reading',
      patience({ timeoutMs: 1 }),
      () => new Promise(() => undefined),
    );
    await expect(never).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('stops when nobody waits any more', async () => {
    let calls = 0;
    const over = patiently('Reading', patience({ isOver: () => calls === 2, attempts: 9 }), () => {
      calls++;
      return Promise.reject(new Error('away'));
    });
    await expect(over).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls).toBe(2);
  });

  it('waits longer each time, up to a limit, and never as long as everybody else', () => {
    const delays = [1, 2, 3, 10].map((failures) =>
      jitteredMs({ min: 100, max: 10_000 }, failures, () => 1),
    );
    expect(delays).toEqual([200, 400, 800, 10_000]);
    expect(jitteredMs({ min: 100, max: 10_000 }, 3, () => 0)).toBe(100);
  });
});
