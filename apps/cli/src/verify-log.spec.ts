import { MemoryEventLog } from '@tributary/event-log';
import {
  type DomainEvent,
  instant,
  prepare,
  type Recorded,
  streamOf,
  uuidV7,
} from '@tributary/kernel';

import { verifyLog } from './verify-log';

describe('reading a whole log again', () => {
  const NOW_MS = Date.UTC(2026, 2, 31);
  let log: MemoryEventLog;
  beforeEach(() => {
    log = new MemoryEventLog({ now: () => NOW_MS });
  });

  it('counts what is there when nothing is wrong', async () => {
    await append('sale', 'a', 3);
    await append('payout', 'b', 1);
    await append('sale', 'c', 2);
    expect(await verifyLog(log, { dense: true })).toEqual({
      events: 6,
      streams: 3,
      head: 6n,
      categories: [
        ['sale', 5],
        ['payout', 1],
      ],
      wrong: undefined,
    });
  });

  it('finds nothing in an empty log', async () => {
    expect(await verifyLog(log, { dense: true })).toMatchObject({
      events: 0,
      head: 0n,
      wrong: undefined,
    });
  });

  it.each<[string, Partial<Recorded>, string]>([
    ['its content was changed', { data: { n: 999 } }, 'content_hash'],
    ['its actor was changed', { actor: 'key:mallory' }, 'content_hash'],
    ['its content never had a canonical form', { data: { n: 0.5 } }, 'content_hash'],
    ['an event of its stream was removed', { revision: 2n }, 'revision'],
    ['a position was left out', { position: 3n }, 'position'],
    ['its position is not behind the one before', { position: 1n }, 'position'],
  ])('names the first position when %s', async (_, change, what) => {
    await append('sale', 'a', 3);
    const tampered = await changed(1, change);
    const { wrong, events } = await verifyLog(tampered, { dense: true });
    expect(events).toBe(1);
    expect(wrong).toMatchObject({
      what,
      position: change.position ?? 2n,
      stream: streamOf('sale', 't', 'a'),
    });
  });

  it('accepts gaps between positions where the adapter promises none to be absent', async () => {
    await append('sale', 'a', 2);
    expect(
      (await verifyLog(await changed(1, { position: 7n }), { dense: false })).wrong,
    ).toBeUndefined();
  });

  async function append(category: string, id: string, count: number): Promise<void> {
    const cause = {
      commandId: uuidV7(NOW_MS),
      fingerprint: 'f',
      actor: 'key:test',
      causationId: null,
      correlationId: 'c',
      traceParent: null,
    };
    const events = Array.from({ length: count }, (_, n) => {
      const event: DomainEvent = {
        type: 'ThingSaid',
        data: { n },
        occurredAt: instant('2026-03-31T00:00:00Z'),
      };
      return prepare(event, cause, n, uuidV7(NOW_MS));
    });
    await log.append(streamOf(category, 't', id), 'none', events);
  }

  async function changed(
    index: number,
    change: Partial<Recorded>,
  ): Promise<Pick<MemoryEventLog, 'readAll'>> {
    const events: Recorded[] = [];
    for await (const batch of log.readAll(0n)) events.push(...batch.events);
    const copies = events.map((event, i) => (i === index ? { ...event, ...change } : event));
    return {
      async *readAll() {
        yield { events: copies, through: BigInt(copies.length), caughtUp: true };
      },
    };
  }
});
