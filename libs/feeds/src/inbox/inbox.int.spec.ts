import type { Owner, Published } from '@tributary/contracts';
import { sha256Hex } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { Seen, testDatabases, until } from '../feeds.fixture';
import type { PublishedReader } from '../ports';
import { PublishedTable } from '../published/published-table';
import { DeadLetterTable } from './dead-letter-table';
import { GapFiller } from './gap-filler';
import { InboxFeed } from './inbox-feed';
import { InboxTable } from './inbox-table';
import { published } from './inbox.fixture';
import { seededRandom, shuffledAcrossStreams } from './shuffle';
import { TableSource } from './table-source';

const databases = testDatabases();
const OWNER: Owner = 'attribution';
const TYPE = 'attribution.line-credited.v1';

function inboxOf(database: Database) {
  const seen = new Seen();
  const deadLetters = new DeadLetterTable(database, seen);
  return { seen, deadLetters, inbox: new InboxTable(database, deadLetters, seen) };
}

/** An owner that has published these, in this order. */
function ownerOf(events: readonly Published[]): PublishedReader {
  const placed = events.map((event, i) => ({ ...event, position: BigInt(i + 1) }));
  return {
    after: (position, limit) => {
      const page = placed.slice(Number(position), Number(position) + limit);
      return Promise.resolve({ events: page, through: position + BigInt(page.length) });
    },
    ofStream: (stream, after) =>
      Promise.resolve(
        placed.filter((event) => event.stream === stream && event.revision > (after ?? -1n)),
      ),
  };
}

async function arrived(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{
    position: string;
    stream: string;
    revision: string;
  }>('select position, stream, revision from inbox order by position');
  rows.forEach(({ position }, i) => expect(position).toBe(String(i + 1)));
  return rows.map(({ stream, revision }) => `${stream}@${revision}`);
}

const stream = (n: number) => `sale-acme.${n}`;

describe('reading a neighbour that has never published anything', () => {
  it('finds nothing, and goes on from there', async () => {
    const database = await databases.open();
    expect(await new PublishedTable(database).after(7n, 10)).toEqual({ events: [], through: 7n });
  });
});

describe('following the inbox', () => {
  it('reads what has come once for all who have caught up', async () => {
    const database = await databases.open();
    const { inbox } = inboxOf(database);
    await inbox.receive(OWNER, [published(stream(1), 0n, null)], { channel: 'c', next: 1n });
    const feed = new InboxFeed(database, inbox.received, 60_000);
    const seen: bigint[] = [];
    const following = [[TYPE], [TYPE], ['partners.partner.v1']].map((types) => {
      const subscription = feed.subscribe(0n, types);
      const done = (async () => {
        for await (const { events } of subscription)
          seen.push(...events.map(({ position }) => position));
      })();
      return { subscription, done };
    });
    await until('two have the first', () => seen.length === 2);
    const asked = jest.spyOn(database.pool, 'query');
    await inbox.receive(OWNER, [published(stream(1), 1n, 0n)], { channel: 'c', next: 2n });
    await until('two have the second', () => seen.length === 4);
    const pages = asked.mock.calls.filter(([query]) =>
      JSON.stringify(query).includes('inbox_head'),
    );
    asked.mockRestore();
    expect(pages).toHaveLength(1);
    expect(seen).toEqual([1n, 1n, 2n, 2n]);
    for (const { subscription, done } of following) {
      await subscription.close();
      await done;
    }
  });
});

describe('receiving what others published', () => {
  it('takes each revision once, whatever is repeated, and commits the offset with the rows', async () => {
    const database = await databases.open();
    const { inbox } = inboxOf(database);
    const events = [
      published(stream(1), 0n, null, { text: 'a "quoted" \\ {word},\n' }),
      published(stream(1), 2n, 0n),
      published(stream(2), 0n, null),
    ];
    expect(await inbox.offsetOf(OWNER, 'topic/0')).toBeUndefined();
    await inbox.receive(OWNER, events, { channel: 'topic/0', next: 3n });
    await inbox.receive(OWNER, events, { channel: 'topic/0', next: 3n });
    await inbox.receive(OWNER, events.slice(1), { channel: 'table', next: 9n });
    expect(await arrived(database)).toEqual(['sale-acme.1@0', 'sale-acme.1@2', 'sale-acme.2@0']);
    expect(await inbox.offsetOf(OWNER, 'topic/0')).toBe(3n);
    expect(await inbox.offsetOf(OWNER, 'table')).toBe(9n);

    const [batch] = await pages(new InboxFeed(database, inbox.received));
    expect(batch?.[0]).toMatchObject({
      data: { text: 'a "quoted" \\ {word},\n' },
      occurredAt: '2026-01-01T00:00:00.000Z',
      revision: 0n,
    });
  });

  it('lets a stream with a gap wait, raises the alarm, fills it from the owner, and lets others go on', async () => {
    const database = await databases.open();
    const { inbox, seen, deadLetters } = inboxOf(database);
    const chain = [
      published(stream(1), 0n, null),
      published(stream(1), 1n, 0n),
      published(stream(1), 4n, 1n),
      published(stream(1), 5n, 4n),
    ];
    const other = published(stream(2), 0n, null);
    await inbox.receive(OWNER, [chain[0]!, chain[3]!, other], { channel: 't/0', next: 5n });
    expect(await arrived(database)).toEqual(['sale-acme.1@0', 'sale-acme.2@0']);
    expect(seen.gaps).toEqual([{ owner: OWNER, stream: stream(1), after: 0n, arrived: 5n }]);

    const filler = new GapFiller({
      database,
      inbox,
      readers: { attribution: ownerOf(chain) },
      wakes: [inbox.gapOpened, deadLetters.parked],
      observer: seen,
    });
    await until('the gap is filled', async () => (await arrived(database)).length === 5);
    await until(
      'nothing is left aside',
      async () =>
        (await countOf(database, 'inbox_gap')) + (await countOf(database, 'inbox_aside')) === 0,
    );
    await filler.stop();
    expect((await arrived(database)).slice(2)).toEqual([
      'sale-acme.1@1',
      'sale-acme.1@4',
      'sale-acme.1@5',
    ]);
    expect(seen.failures).toEqual([]);
  });

  it('sets a message aside that cannot be read, and asks the owner what it said', async () => {
    const database = await databases.open();
    const { inbox, seen, deadLetters } = inboxOf(database);
    await deadLetters.park(OWNER, 't/0', 7n, stream(1), 'not JSON', 'x\0y');
    await deadLetters.park(OWNER, 't/0', 7n, stream(1), 'not JSON', 'x\0y');
    expect(await inbox.offsetOf(OWNER, 't/0')).toBe(8n);
    const [letter] = await deadLetters.list();
    expect(letter).toMatchObject({
      offset: 7n,
      key: stream(1),
      reason: 'not JSON',
      raw: 'x\uFFFDy',
    });

    const wakes = [inbox.gapOpened, deadLetters.parked];
    const filler = new GapFiller({
      database,
      inbox,
      readers: { attribution: ownerOf([published(stream(1), 0n, null)]) },
      wakes,
      observer: seen,
    });
    await until('it came from the owner', async () => (await arrived(database)).length === 1);
    await until('nothing waits', async () => (await countOf(database, 'inbox_gap')) === 0);
    await filler.stop();
    const closed = { tenant: 'acme', channel: 't/0', from: 7n, through: 7n };
    expect(await deadLetters.close(closed, 'ana', 'healed by the owner')).toBe(1);
    expect(await deadLetters.list()).toEqual([]);
  });

  it('sets a message aside whatever its key is, and goes on behind it', async () => {
    const database = await databases.open();
    const { inbox, deadLetters } = inboxOf(database);
    // Random, so that no index can make it short.
    const parts = Array.from({ length: 400 }, (_, i) => sha256Hex(String(i)).slice(0, 32));
    const key = `partner-acme.${parts.join('.')}`;
    await deadLetters.park(OWNER, 't/0', 7n, key, 'subject: is too long', '{}');
    expect(await inbox.offsetOf(OWNER, 't/0')).toBe(8n);
    expect(await deadLetters.list()).toMatchObject([{ key, offset: 7n, tenant: null }]);
    expect(await countOf(database, 'inbox_gap')).toBe(0);
  });

  it('sets aside the one event that the database refuses, and takes its neighbours', async () => {
    const database = await databases.open();
    const { inbox, deadLetters } = inboxOf(database);
    const poison = published(stream(1), 0n, null, { text: 'a\0b' });
    await inbox.receive(
      OWNER,
      [poison, published(stream(1), 1n, 0n), published(stream(2), 0n, null)],
      { channel: 't/0', next: 3n },
    );
    expect(await arrived(database)).toEqual(['sale-acme.2@0']);
    expect(await deadLetters.list()).toMatchObject([{ channel: 't/0#refused', key: stream(1) }]);
    expect(await inbox.offsetOf(OWNER, 't/0')).toBe(3n);
  });

  it('ends with every revision once and in order, from several channels at once, in any order and with any repeats', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
    console.info(`SEED=${seed}`);
    const random = seededRandom(seed);
    const database = await databases.open();
    const { inbox, seen } = inboxOf(database);
    const truth: Published[] = [];
    for (let n = 0; n < 12; n++)
      for (let r = 0n; r < 8n; r++)
        truth.push(published(stream(n), r * 2n, r === 0n ? null : (r - 1n) * 2n));
    const filler = new GapFiller({
      database,
      inbox,
      readers: { attribution: ownerOf(truth) },
      wakes: [inbox.gapOpened],
      observer: seen,
    });
    await Promise.all([0, 1, 2].map((channel) => deliver(`t/${channel}`)));
    await until('everything is in', async () => (await arrived(database)).length === truth.length);
    await filler.stop();
    const inOrder = await arrived(database);
    for (let n = 0; n < 12; n++) {
      const own = inOrder.filter((each) => each.startsWith(`${stream(n)}@`));
      expect(own).toEqual(
        truth
          .filter((event) => event.stream === stream(n))
          .map((event) => `${event.stream}@${event.revision}`),
      );
    }
    expect(seen.failures).toEqual([]);

    /** Drops a tenth, repeats a tenth, and mixes the streams. */
    async function deliver(channel: string): Promise<void> {
      const sent = shuffledAcrossStreams(truth, random).flatMap((event) =>
        random() < 0.1 ? [] : random() < 0.1 ? [event, event] : [event],
      );
      for (let next = 0; next < sent.length; next += 9) {
        await inbox.receive(OWNER, sent.slice(next, next + 9), { channel, next: BigInt(next + 9) });
      }
    }
  });
});

describe("reading the owner's published rows where they lie", () => {
  it('goes on from its offset after a restart, shuffled across streams from a seed', async () => {
    const database = await databases.open();
    const { inbox, seen } = inboxOf(database);
    const events = [1, 2, 3].flatMap((n) =>
      [0n, 1n, 2n].map((r) => published(stream(n), r, r === 0n ? null : r - 1n)),
    );
    const receive = jest.spyOn(inbox, 'receive');
    for (const available of [5, 9]) {
      const reader = ownerOf(events.slice(0, available));
      const source = new TableSource({
        owner: OWNER,
        reader,
        inbox,
        observer: seen,
        shuffleSeed: 3,
      });
      await until('all is in', async () => (await arrived(database)).length === available);
      await source.stop();
    }
    expect(receive.mock.calls.map(([, { length }]) => length)).toEqual([5, 4]);
    expect(
      receive.mock.calls[0]?.[1].map((event) => `${event.stream}@${event.revision}`),
    ).not.toEqual(events.slice(0, 5).map((event) => `${event.stream}@${event.revision}`));
    expect(await inbox.offsetOf(OWNER, 'table')).toBe(10n);
  });
});

describe('reading the inbox as a feed', () => {
  it('gives declared fields as the log would, and one stream in order', async () => {
    const database = await databases.open();
    const { inbox } = inboxOf(database);
    const data = { a: { b: 'x' }, list: ['p', 'q'], n: 5, flag: true };
    await inbox.receive(
      OWNER,
      [published(stream(1), 0n, null, data), published(stream(2), 0n, null)],
      { channel: 't/0', next: 2n },
    );
    const feed = new InboxFeed(database, inbox.received);
    const rows = [];
    for await (const page of feed.readFields(
      0n,
      { [TYPE]: ['a.b', 'list.1', 'n', 'flag', 'a', '$stream', '$revision'] },
      1n,
    ))
      rows.push(...page);
    expect(rows).toEqual([
      {
        position: 1n,
        type: TYPE,
        stream: stream(1),
        values: ['x', 'q', '5', 'true', '{"b": "x"}', stream(1), '0'],
      },
    ]);
    expect(await feed.head()).toBe(2n);
  });
});

async function pages(feed: InboxFeed) {
  const found = [];
  for await (const { events } of feed.readAll(0n, [TYPE])) found.push(events);
  return found;
}

async function countOf(database: Database, table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::int as count from ${table}`,
  );
  return rows[0]?.count ?? 0;
}
