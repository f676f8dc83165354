import type { Recorded } from '@tributary/kernel';
import type { Batch, EventLog, Filter, Position } from '../port';
import {
  eventsAfter,
  facts,
  idsOfEvents,
  ofCategory,
  said,
  someCategory,
  someId,
  someStream,
} from './facts.fixture';
import type { Abilities, Suite } from './harness.fixture';

const GENEROUS_MS = 30_000;
const ROUNDS = 12;

export function subscribing(
  suite: () => Suite,
  { dropConnections, restartServer }: Abilities,
): void {
  describe('subscribing', () => {
    it('delivers what is there, says that it has caught up, and goes on live', async () => {
      const { log, other } = suite();
      const before = await log.head();
      const stream = someStream();
      const sent = [facts(2), facts(1), facts(2)];
      await log.append(stream, 'none', sent[0] ?? []);

      const reader = new Reader(log, before);
      await reader.until(() => reader.caughtUp && reader.events.length === 2);
      await log.append(stream, 1n, sent[1] ?? []);
      await reader.until(() => reader.events.length === 3);
      await other.append(stream, 2n, sent[2] ?? []);
      await reader.until(() => reader.events.length === 5);

      expect(idsOfEvents(reader.events)).toEqual(idsOfEvents(sent.flat()));
      expect(reader.through).toBe(await log.head());
      await reader.close();
    });

    it('delivers live what reading gives, whichever process wrote it', async () => {
      const { log, other } = suite();
      const before = await log.head();
      const category = someCategory();
      const filter = { categories: [category] };
      const reader = new Reader(log, before, filter);
      await reader.until(() => reader.caughtUp);

      const data = [{ text: 'São João 😀 "\\' }, {}, { deep: [{ n: -1, is: true, no: null }] }];
      const traced = { causationId: someId(), traceParent: '00-trace', fingerprint: 'ø' };
      for (let i = 0; i < ROUNDS; i++) {
        const stream = someStream(category);
        const ours = said(data, { schemaVersion: 1 + (i % 2), cause: i % 3 === 0 ? traced : {} });
        await Promise.all([
          log.append(stream, 'none', ours),
          ...(i % 4 === 0 ? [other.append(someStream(category), 'none', facts(2))] : []),
          log.append(someStream(), 'none', facts(1)),
        ]);
        await log.append(stream, BigInt(data.length - 1), facts(1, { type: 'OtherSaid' }));
      }
      const stored = await eventsAfter(log, before, filter);
      expect(stored).toHaveLength(ROUNDS * (data.length + 1) + 2 * (ROUNDS / 4));
      await reader.until(() => reader.events.length === stored.length);
      expect(reader.events).toEqual(stored);
      await reader.close();
    });

    it('says that it has caught up where there is nothing to deliver', async () => {
      const { log } = suite();
      const head = await log.head();
      const reader = new Reader(log, head);
      await reader.until(() => reader.caughtUp);
      expect(reader.through).toBe(head);
      expect(reader.events).toEqual([]);
      await reader.close();
    });

    it('delivers each event exactly once per checkpoint, however often it is restarted', async () => {
      const { log, other } = suite();
      const before = await log.head();
      const stream = someStream();
      const sent = facts(120);
      const writing = appendOneByOne(other, stream, sent);

      const received: Recorded[] = [];
      let checkpoint = before;
      let restarts = 0;
      while (received.length < sent.length) {
        const subscription = log.subscribe(checkpoint, ofCategory(stream));
        for await (const { events, through } of subscription) {
          received.push(...events);
          checkpoint = through;
          if (events.length > 0) break;
        }
        await subscription.close();
        restarts++;
      }
      await writing;
      expect(restarts).toBeGreaterThan(1);
      expect(idsOfEvents(received)).toEqual(idsOfEvents(sent));
    });

    it('waits for a slow consumer and loses nothing', async () => {
      const { log } = suite();
      const before = await log.head();
      const stream = someStream();
      const sent = facts(100);
      const writing = appendOneByOne(log, stream, sent);
      const reader = new Reader(log, before, ofCategory(stream), 10);
      await writing;
      await reader.until(() => reader.events.length === sent.length);
      expect(idsOfEvents(reader.events)).toEqual(idsOfEvents(sent));
      await reader.close();
    });

    it('moves its checkpoint on where the filter passes nothing', async () => {
      const { log } = suite();
      const wanted = someStream();
      const reader = new Reader(log, await log.head(), {
        types: ['NeverSaid'],
        ...ofCategory(wanted),
      });
      await reader.until(() => reader.caughtUp);
      const { position } = await log.append(someStream(), 'none', facts(3));
      await reader.until(() => reader.through >= position);
      expect(reader.events).toEqual([]);
      await reader.close();
    });

    it('ends when it is closed, also while it waits', async () => {
      const { log } = suite();
      const idle = log.subscribe(await log.head());
      const iterator = idle[Symbol.asyncIterator]();
      expect((await iterator.next()).value).toMatchObject({ caughtUp: true });
      const waiting = iterator.next();
      await idle.close();
      expect(await waiting).toMatchObject({ done: true });
      expect(await iterator.next()).toMatchObject({ done: true });
    });

    it('ends with its log', async () => {
      const log = await suite().open();
      const reader = new Reader(log, await log.head());
      await reader.until(() => reader.caughtUp);
      await log.close();
      await reader.ended;
    });

    if (dropConnections === true) {
      it('goes on by itself after its connections were cut', async () => {
        const { harness } = suite();
        await expectSurvival(suite(), async () => harness.dropConnections?.());
      });
    }

    if (restartServer === true) {
      it('goes on by itself after the server was restarted', async () => {
        const { harness } = suite();
        await expectSurvival(suite(), async () => harness.restartServer?.());
      });
    }
  });
}

/** Writers go on through the mishap too: an append whose outcome is unknown is repeated as it is. */
async function expectSurvival({ log, other }: Suite, mishap: () => Promise<void>): Promise<void> {
  const before = await log.head();
  const stream = someStream();
  const sent = facts(90);
  const reader = new Reader(log, before, ofCategory(stream));
  await reader.until(() => reader.caughtUp);
  for (const third of [0, 1, 2]) {
    const writing = appendOneByOne(
      other,
      stream,
      sent.slice(third * 30, third * 30 + 30),
      third * 30,
    );
    if (third > 0) await mishap();
    await writing;
  }
  await reader.until(() => reader.events.length >= sent.length);
  expect(idsOfEvents(reader.events)).toEqual(idsOfEvents(sent));
  await reader.close();
}

async function appendOneByOne(
  log: EventLog,
  stream: ReturnType<typeof someStream>,
  events: ReturnType<typeof facts>,
  from = 0,
): Promise<void> {
  for (const [i, event] of events.entries()) {
    const expected = from + i === 0 ? 'none' : BigInt(from + i - 1);
    await untilAvailable(() => log.append(stream, expected, [event]));
  }
}

async function untilAvailable(append: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + GENEROUS_MS;
  for (;;) {
    const [outcome] = await Promise.allSettled([append()]);
    if (outcome.status === 'fulfilled') return;
    const { code } = outcome.reason as { readonly code?: string };
    if (code !== 'unavailable' || Date.now() > deadline) throw outcome.reason as Error;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Consumes a subscription in the background, so that a case can wait for what it has seen. */
class Reader {
  readonly events: Recorded[] = [];
  through: Position;
  caughtUp = false;
  readonly ended: Promise<void>;
  private readonly subscription;
  private failure: Error | undefined;
  private progress: (() => void) | undefined;

  constructor(log: EventLog, after: Position, filter?: Filter, pauseMs = 0) {
    this.through = after;
    this.subscription = log.subscribe(after, filter);
    this.ended = this.consume(pauseMs).catch((error: unknown) => {
      this.failure = error as Error;
      this.progress?.();
    });
  }

  async until(reached: () => boolean): Promise<void> {
    const deadline = Date.now() + GENEROUS_MS;
    while (!reached()) {
      if (this.failure !== undefined) throw this.failure;
      if (Date.now() > deadline)
        throw new Error(`Still waiting at ${this.through}, with ${this.events.length} events.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.progress = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async close(): Promise<void> {
    await this.subscription.close();
    await this.ended;
    if (this.failure !== undefined) throw this.failure;
  }

  private async consume(pauseMs: number): Promise<void> {
    for await (const batch of this.subscription) {
      this.take(batch);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  private take({ events, through, caughtUp }: Batch): void {
    expect(through).toBeGreaterThanOrEqual(this.through);
    this.events.push(...events);
    this.through = through;
    this.caughtUp = caughtUp;
    this.progress?.();
  }
}
