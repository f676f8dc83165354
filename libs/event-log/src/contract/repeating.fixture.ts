import type { Appended, StreamName } from '@tributary/kernel';
import {
  everythingOf,
  facts,
  idsOfEvents,
  refusalOf,
  said,
  someId,
  someStream,
  withNewIds,
} from './facts.fixture';
import type { Suite } from './harness.fixture';

export function repeating(suite: () => Suite): void {
  describe('repeating an append', () => {
    it('answers as then, and writes nothing', async () => {
      const { log } = suite();
      const stream = someStream();
      const sent = facts(3);
      const first = await log.append(stream, 'none', sent);

      expect(await log.append(stream, 'none', sent)).toEqual(again(first));
      expect(idsOfEvents(await everythingOf(log.read(stream)))).toEqual(idsOfEvents(sent));
    });

    it('answers as then in the middle of a stream, long after, through any log', async () => {
      const { log, other } = suite();
      const stream = someStream();
      await log.append(stream, 'none', facts(2));
      const sent = facts(2);
      const first = await log.append(stream, 1n, sent);
      await appendMany(suite(), stream, 3n, 40);

      expect(await log.append(stream, 1n, sent)).toEqual(again(first));
      expect(await other.append(stream, 1n, sent)).toEqual(again(first));
      expect(await everythingOf(log.read(stream))).toHaveLength(44);
    });

    it('knows a command by its id, index and fingerprint, not by the ids of its events', async () => {
      const { log, other } = suite();
      const stream = someStream();
      const sent = facts(2);
      const first = await log.append(stream, 'none', sent);
      expect(await other.append(stream, 'none', withNewIds(sent))).toEqual(again(first));
      expect(idsOfEvents(await everythingOf(log.read(stream)))).toEqual(idsOfEvents(sent));
    });

    it('answers as then when what was decided, or who asked, differs', async () => {
      const { log } = suite();
      const stream = someStream();
      const cause = { commandId: someId() };
      const first = await log.append(stream, 'none', said([{ n: 1 }], { cause }));
      const otherwise = said([{ n: 2 }], {
        cause: { ...cause, actor: 'key:other' },
        type: 'ThingDenied',
      });
      expect(await log.append(stream, 'none', otherwise)).toEqual(again(first));
    });

    it('writes once what is sent twice at the same time', async () => {
      const { log, other } = suite();
      const stream = someStream();
      const sent = facts(2);
      const answers = await Promise.all(
        [log, other, log, other].map((view) => view.append(stream, 'none', sent)),
      );
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(answers.map(({ revision, position }) => `${revision} ${position}`)).size).toBe(
        1,
      );
      expect(await everythingOf(log.read(stream))).toHaveLength(2);
    });
  });

  describe('repeating a command id with other content', () => {
    it.each(['new event ids', 'the same event ids'])(
      'is an error that shows both, under %s',
      async (ids) => {
        const { log, other } = suite();
        const stream = someStream();
        const sent = facts(2, { cause: { fingerprint: 'accepted' } });
        await log.append(stream, 'none', sent);
        await appendMany(suite(), stream, 1n, 3);

        const changed = sent.map((event) => ({ ...event, fingerprint: 'changed' }));
        for (const view of [log, other]) {
          const repeat = ids === 'new event ids' ? withNewIds(changed) : changed;
          expect(await refusalOf(view.append(stream, 'none', repeat))).toMatchObject({
            code: 'command_mismatch',
            facts: {
              commandId: sent[0]?.commandId,
              stream,
              revision: 0n,
              accepted: 'accepted',
              sent: 'changed',
            },
          });
        }
        expect(await everythingOf(log.read(stream))).toHaveLength(5);
      },
    );
  });

  describe('repeating only a part', () => {
    it('is a conflict when the append goes on where the stream ends', async () => {
      const { log } = suite();
      const stream = someStream();
      const [command, next] = [facts(1), facts(1)];
      await log.append(stream, 'none', command);
      await expectConflict(suite(), stream, [...command, ...next], 0n);
    });

    it('is a conflict when something else stands behind the matched part', async () => {
      const { log } = suite();
      const stream = someStream();
      const [command, stranger, next] = [facts(2), facts(2), facts(1)];
      await log.append(stream, 'none', command);
      await log.append(stream, 1n, stranger);
      await expectConflict(suite(), stream, [...command, ...next], 3n);
    });

    it('is a conflict when something else stands before the matched part', async () => {
      const { log } = suite();
      const stream = someStream();
      const [command, stranger] = [facts(1), facts(1)];
      await log.append(stream, 'none', [...stranger, ...command]);
      await expectConflict(suite(), stream, command, 1n);
    });

    it('is a conflict when the events of a command stand in another order', async () => {
      const { log } = suite();
      const stream = someStream();
      const [first, second] = facts(2);
      if (!first || !second) throw new Error('Two facts were asked for.');
      await log.append(stream, 'none', [first, second]);
      await expectConflict(suite(), stream, [second, first], 1n);
    });

    it('is a conflict even where the store itself would have answered "stored"', async () => {
      const { log } = suite();
      const stream = someStream();
      const sent = facts(2);
      await log.append(stream, 'none', sent);
      const other = facts(2).map((event, i) => ({ ...event, id: sent[i]?.id ?? event.id }));
      await expectConflict(suite(), stream, other, 1n);
    });

    it('lets the rest be decided anew behind the matched commands', async () => {
      const { log } = suite();
      const stream = someStream();
      const [first, second, third] = [facts(2), facts(1), facts(1)];
      const answered = await log.append(stream, 'none', first);
      await log.append(stream, 1n, second);
      await refusalOf(log.append(stream, 'none', [...first, ...third]));

      expect(await log.append(stream, 'none', first)).toEqual(again(answered));
      expect(await log.append(stream, 2n, withNewIds(third))).toMatchObject({
        revision: 3n,
        replayed: false,
      });
    });
  });
}

const again = (first: Appended): Appended => ({ ...first, replayed: true });

async function appendMany(
  { log, other }: Suite,
  stream: StreamName,
  after: bigint,
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    await (i % 2 === 0 ? log : other).append(stream, after + BigInt(i), facts(1));
  }
}

async function expectConflict(
  { log, other }: Suite,
  stream: StreamName,
  events: ReturnType<typeof facts>,
  actual: bigint,
): Promise<void> {
  const before = await everythingOf(log.read(stream));
  for (const view of [log, other]) {
    expect(await refusalOf(view.append(stream, 'none', events))).toMatchObject({
      code: 'revision_conflict',
      facts: { stream, expected: 'none', actual },
    });
  }
  expect(idsOfEvents(await everythingOf(log.read(stream)))).toEqual(idsOfEvents(before));
}
