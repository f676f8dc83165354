import { type Recorded, instant, leafText, prepare } from '@tributary/kernel';
import type { CopiedAppend } from '../port';
import { everythingOf, facts, someCategory, someStream, someTenant } from './facts.fixture';
import type { Suite } from './harness.fixture';

export function copying(suite: () => Suite): void {
  describe('copying another log', () => {
    const category = someCategory();
    const streams = [1, 2, 3].map(() => someStream(category, someTenant()));
    const appends: CopiedAppend[] = Array.from({ length: 40 }, (_, i) => ({
      stream: streams[i % 3] as (typeof streams)[number],
      expected: i < 3 ? 'none' : BigInt(Math.floor(i / 3)) * 2n - 1n,
      events: facts(2),
      // Clocks of writers differ, so the times of a log may run backwards.
      recordedAt: instant(`2021-05-0${1 + (i % 7)}T10:00:00.123Z`),
    }));

    it('keeps the leaves and their order, and finds them there when it is repeated', async () => {
      const { log } = suite();
      const first = await log.copyIn(appends);
      expect(first.map(({ replayed }) => replayed)).toEqual(appends.map(() => false));
      const again = await log.copyIn(appends);
      expect(again).toEqual(first.map((appended) => ({ ...appended, replayed: true })));

      const copied: Recorded[] = [];
      for await (const { events } of log.readAll(0n, { categories: [category] }))
        copied.push(...events);
      const expected = appends.flatMap(({ stream, expected: at, events, recordedAt }) =>
        events.map(({ id, contentHash }, i) => {
          const revision = (at === 'none' ? 0n : at + 1n) + BigInt(i);
          return leafText({ stream, revision, id, contentHash, recordedAt });
        }),
      );
      expect(copied.map((event) => leafText(event))).toEqual(expected);
    });

    it('refuses what does not continue its stream', async () => {
      const { log } = suite();
      const stream = someStream(category);
      const gap = { stream, expected: 4n, events: facts(1), recordedAt: appends[0]?.recordedAt };
      await expect(log.copyIn([gap as CopiedAppend])).rejects.toMatchObject({
        code: 'revision_conflict',
      });
      expect(await everythingOf(log.read(stream))).toEqual([]);
    });

    it('prepares a recorded event again as it was', async () => {
      const { log } = suite();
      const stream = someStream();
      await log.append(stream, 'none', facts(1));
      const [stored] = await everythingOf(log.read(stream));
      const { id, commandIndex, contentHash } = stored as Recorded;
      const again = prepare(stored as Recorded, stored as Recorded, commandIndex, id);
      expect(again.contentHash).toBe(contentHash);
    });
  });
}
