import { eventLogContract } from '../contract/event-log-contract.fixture';
import { facts, refusalOf, someStream } from '../contract/facts.fixture';
import { MemoryEventLog } from './memory-event-log';

const now = () => Date.parse('2026-04-01T00:00:00.000Z');

eventLogContract('memory', () => {
  const first = new MemoryEventLog({ now });
  return Promise.resolve({
    dense: true,
    open: () => Promise.resolve(new MemoryEventLog({ now, store: first.store })),
    cleanUp: () => Promise.resolve(),
  });
});

describe('keeping a log in memory', () => {
  it('counts positions from 1 and takes its moments from the clock it was given', async () => {
    const log = new MemoryEventLog({ now });
    const stream = someStream();
    expect(await log.head()).toBe(0n);
    expect(await log.append(stream, 'none', facts(1))).toMatchObject({ position: 1n });
    for await (const { recordedAt } of log.read(stream))
      expect(recordedAt).toBe('2026-04-01T00:00:00.000Z');
  });

  it('refuses an event id that stands elsewhere', async () => {
    const log = new MemoryEventLog({ now });
    const sent = facts(1);
    await log.append(someStream(), 'none', sent);
    const elsewhere = sent.map((event) => ({ ...event, commandId: event.id }));
    expect(await refusalOf(log.append(someStream(), 'none', elsewhere))).toMatchObject({
      code: 'event_id_taken',
    });
  });
});
