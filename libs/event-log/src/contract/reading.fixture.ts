import { streamOf } from '@tributary/kernel';
import type { JsonObject, Recorded } from '@tributary/kernel';
import type { EventLog, FieldRow, Fields, Position } from '../port';
import {
  batchesAfter,
  eventsAfter,
  facts,
  idsOfEvents,
  ofCategory,
  refusalOf,
  said,
  someCategory,
  someStream,
  someTenant,
} from './facts.fixture';
import type { Suite } from './harness.fixture';

export function readingAll(suite: () => Suite): void {
  describe('reading the whole log', () => {
    it('goes from a position to the head, in commit order, and says so', async () => {
      const { log, other } = suite();
      const before = await log.head();
      const sent = [facts(2), facts(1), facts(3)];
      for (const events of sent) await log.append(someStream(), 'none', events);

      const batches = await batchesAfter(other, before);
      expect(idsOfEvents(batches.flatMap(({ events }) => events))).toEqual(
        idsOfEvents(sent.flat()),
      );
      expect(batches.at(-1)).toMatchObject({ through: await log.head(), caughtUp: true });
      for (const { events, through } of batches) {
        for (const { position } of events) expect(position).toBeLessThanOrEqual(through);
      }
    });

    it('goes on from any checkpoint', async () => {
      const { log } = suite();
      const before = await log.head();
      const sent = facts(5);
      await log.append(someStream(), 'none', sent);
      const positions = (await eventsAfter(log, before)).map(({ position }) => position);
      for (const [i, position] of positions.entries()) {
        expect(idsOfEvents(await eventsAfter(log, position))).toEqual(
          idsOfEvents(sent.slice(i + 1)),
        );
      }
    });

    it('ends with an empty batch where nothing is new', async () => {
      const { log } = suite();
      const head = await log.head();
      expect(await batchesAfter(log, head)).toEqual([
        { events: [], through: head, caughtUp: true },
      ]);
    });

    it('knows its head from the last append', async () => {
      const { log, other, harness } = suite();
      const before = await log.head();
      const { position } = await log.append(someStream(), 'none', facts(4));
      expect(await log.head()).toBe(position);
      expect(await other.head()).toBe(position);
      if (harness.dense) expect(position).toBe(before + 4n);
    });

    it('comes in several batches when there is much to read', async () => {
      const { log } = suite();
      const before = await log.head();
      const sent = Array.from({ length: 30 }, () => facts(100));
      for (const events of sent) await log.append(someStream(), 'none', events);
      const batches = await batchesAfter(log, before);
      expect(batches.length).toBeGreaterThan(1);
      expect(idsOfEvents(batches.flatMap(({ events }) => events))).toEqual(
        idsOfEvents(sent.flat()),
      );
      expect(batches.slice(0, -1).every(({ caughtUp }) => !caughtUp)).toBe(true);
    });

    it('may be left early', async () => {
      const { log } = suite();
      const before = await log.head();
      for (let i = 0; i < 15; i++) await log.append(someStream(), 'none', facts(100));
      for await (const { events } of log.readAll(before)) {
        expect(events.length).toBeGreaterThan(0);
        break;
      }
      expect(await log.append(someStream(), 'none', facts(1))).toMatchObject({ revision: 0n });
    });
  });

  describe('filtering', () => {
    it('passes the categories and the types that were asked for', async () => {
      const { log } = suite();
      const before = await log.head();
      const [one, two] = [someCategory(), someCategory()];
      const [a, b] = [facts(1, { type: 'A' }), facts(1, { type: 'B' })];
      const [c, d] = [facts(1, { type: 'A' }), facts(1, { type: 'C' })];
      await log.append(someStream(one), 'none', [...a, ...b]);
      await log.append(someStream(two), 'none', [...c, ...d]);

      const expectFound = async (
        filter: Parameters<EventLog['readAll']>[1],
        ...wanted: (typeof a)[]
      ) =>
        expect(idsOfEvents(await eventsAfter(log, before, filter))).toEqual(
          idsOfEvents(wanted.flat()),
        );
      await expectFound({ categories: [one] }, a, b);
      await expectFound({ categories: [one, two] }, a, b, c, d);
      await expectFound({ types: ['A'] }, a, c);
      await expectFound({ types: ['A', 'C'] }, a, c, d);
      await expectFound({ categories: [two], types: ['A', 'B'] }, c);
      await expectFound({ categories: [] });
      await expectFound({ types: [] });
    });

    it('takes a category whole, not as a beginning', async () => {
      const { log } = suite();
      const before = await log.head();
      const short = someCategory().slice(0, 20);
      const sent = facts(1);
      await log.append(streamOf(`${short}x`, someTenant(), 'a'), 'none', facts(1));
      await log.append(streamOf(short, someTenant(), 'a'), 'none', sent);
      expect(idsOfEvents(await eventsAfter(log, before, { categories: [short] }))).toEqual(
        idsOfEvents(sent),
      );
    });

    it('moves on where nothing passes', async () => {
      const { log } = suite();
      const before = await log.head();
      for (let i = 0; i < 12; i++) await log.append(someStream(), 'none', facts(100));
      const batches = await batchesAfter(log, before, { categories: [someCategory()] });
      expect(batches.flatMap(({ events }) => events)).toEqual([]);
      expect(batches.at(-1)).toMatchObject({ caughtUp: true });
      expect(batches.at(-1)?.through).toBeGreaterThan(before);
    });
  });
}

export function readingFields(suite: () => Suite): void {
  describe('reading declared fields', () => {
    const data: JsonObject = {
      text: 'tab\t "quote" \\ line\n \\N ção \u001e',
      count: 42,
      done: false,
      gone: null,
      empty: '',
      deal: { legs: [{ amount: '12' }, { amount: '7' }], a: { b: ['x'] } },
    };

    it('gives the values in the order of the declaration, for declared types only', async () => {
      const { log } = suite();
      const before = await log.head();
      const stream = someStream();
      await log.append(stream, 'none', [
        ...said([data], { type: 'Wide' }),
        ...said([{ n: 1 }], { type: 'Other' }),
        ...said([{ id: 'x', text: 'left out' }], { type: 'Slim' }),
        ...said([{ id: 'y' }], { type: 'Bare' }),
      ]);
      const rows = await rowsOf(log, before, {
        Wide: [
          'text',
          'count',
          'done',
          'gone',
          'absent',
          'empty',
          'deal.legs.1.amount',
          'deal.a.b.0',
          'count.deeper',
        ],
        Slim: ['id'],
        Bare: [],
      });

      expect(rows.map(({ type, values }) => [type, ...values])).toEqual([
        ['Wide', data['text'], '42', 'false', null, null, '', '7', 'x', null],
        ['Slim', 'x'],
        ['Bare'],
      ]);
      const positions = (await eventsAfter(log, before)).filter(({ type }) => type !== 'Other');
      expect(rows.map(({ position }) => position)).toEqual(
        positions.map(({ position }) => position),
      );
    });

    it('gives objects and arrays as JSON', async () => {
      const { log } = suite();
      const before = await log.head();
      await log.append(someStream(), 'none', said([data], { type: 'Wide' }));
      const [row] = await rowsOf(log, before, { Wide: ['deal', 'deal.legs'] });
      expect(row?.values.map((text) => JSON.parse(text as string) as unknown)).toEqual([
        data['deal'],
        (data['deal'] as JsonObject)['legs'],
      ]);
    });

    it('gives the fields of the envelope', async () => {
      const { log } = suite();
      const before = await log.head();
      await log.append(someStream(), 'none', said([{ n: 1 }, { n: 2 }], { type: 'Wide' }));
      const events = await eventsAfter(log, before);
      const paths = [
        '$id',
        '$stream',
        '$tenant',
        '$revision',
        '$logPosition',
        '$occurredAt',
        '$recordedAt',
        '$actor',
        '$commandId',
        '$causationId',
        '$correlationId',
      ];
      const rows = await rowsOf(log, before, { Wide: ['n', ...paths] });
      expect(rows.map(({ values }) => values)).toEqual(
        events.map((event, i) => [
          String(i + 1),
          event.id,
          event.stream,
          event.tenant,
          String(event.revision),
          String(event.position),
          event.occurredAt,
          event.recordedAt,
          event.actor,
          event.commandId,
          event.causationId,
          event.correlationId,
        ]),
      );
    });

    it('reads some fields of every type, and others of those that it names', async () => {
      const { log } = suite();
      const before = await log.head();
      const stream = someStream();
      await log.append(stream, 'none', [
        ...said([data], { type: 'Wide' }),
        ...said([data], { type: 'Slim' }),
        ...said([{ n: 1 }], { type: 'Other' }),
      ]);
      const rows = await rowsOf(log, before, {
        Slim: ['text', '$revision'],
        '*': ['$stream', 'count', '$occurredAt'],
      });

      const [{ occurredAt }] = (await eventsAfter(log, before)) as [Recorded];
      expect(rows.map(({ type, values }) => [type, ...values])).toEqual([
        ['Wide', stream, '42', occurredAt],
        ['Slim', data['text'], '1'],
        ['Other', stream, null, occurredAt],
      ]);
      const only = await rowsOf(log, before, { '*': ['$revision'] });
      expect(only.map(({ type, values }) => [type, ...values])).toEqual([
        ['Wide', '0'],
        ['Slim', '1'],
        ['Other', '2'],
      ]);
    });

    it('stops where it was told to, and reads much in order', async () => {
      const { log } = suite();
      const before = await log.head();
      const stream = someStream();
      for (let i = 0; i < 12; i++)
        await log.append(stream, i === 0 ? 'none' : BigInt(i * 100 - 1), facts(100));
      const events = await eventsAfter(log, before, ofCategory(stream));
      const through = events[1050]?.position as Position;
      const rows = await rowsOf(log, before, { ThingSaid: ['$revision'] }, through);
      expect(rows.map(({ values: [revision] }) => revision)).toEqual(
        Array.from({ length: 1051 }, (_, i) => String(i)),
      );
    });

    it.each(["a'b", 'a..b', '', '$nothing', 'a b', 'a}'])('refuses the path %p', async (path) => {
      const { log } = suite();
      expect(await refusalOf(rowsOf(log, 0n, { Wide: [path] }))).toMatchObject({
        code: 'invalid_field',
      });
    });
  });
}

async function rowsOf(
  log: EventLog,
  after: Position,
  fields: Fields,
  through?: Position,
): Promise<FieldRow[]> {
  const rows: FieldRow[] = [];
  for await (const some of log.readFields(after, fields, through)) rows.push(...some);
  return rows;
}
