import { MemoryEventLog } from '@tributary/event-log';
import {
  type PreparedEvent,
  instant,
  prepare,
  streamOf,
  unavailable,
  uuidV5,
} from '@tributary/kernel';
import { Metrics } from '../http/metrics';
import { MeteredLog } from './metered-log';

describe('timing what is appended together', () => {
  const append = (id: string, expected: 'none' | bigint) => ({
    stream: streamOf('sale', 'acme', id),
    expected,
    events: [noted(`${id} ${String(expected)}`)],
  });

  it.each([
    ['once, as stored', 'stored', [append('a', 'none'), append('b', 'none')]],
    ['as stored where a stream has gone on', 'stored', [append('a', 'none'), append('b', 4n)]],
  ])('counts it %s', async (_, outcome, appends) => {
    const { log, counted } = metered(new MemoryEventLog({ now: Date.now }));
    await log.appendMany(appends);
    expect(await counted()).toEqual([[outcome, 1]]);
  });

  it.each([
    ['the log was not there', () => Promise.reject(unavailable('The log'))],
    [
      'some of it was not stored',
      () => Promise.resolve([{ status: 'rejected', reason: unavailable('The log') } as const]),
    ],
  ])('counts it as failed when %s', async (_, appendMany) => {
    const { log, counted } = metered(
      Object.assign(new MemoryEventLog({ now: Date.now }), { appendMany }),
    );
    await Promise.allSettled([log.appendMany([append('a', 'none')])]);
    expect(await counted()).toEqual([['failed', 1]]);
  });
});

function metered(log: MemoryEventLog) {
  const metrics = new Metrics();
  const counted = async () => {
    const found = (await metrics.text()).matchAll(
      /^tributary_append_seconds_count\{service="sales",outcome="(\w+)"\} (\d+)$/gm,
    );
    return [...found].map(([, outcome, count]) => [outcome, Number(count)]);
  };
  return { log: new MeteredLog(log, 'sales', metrics), counted };
}

function noted(text: string): PreparedEvent {
  const commandId = uuidV5(text);
  const cause = {
    commandId,
    fingerprint: text,
    actor: 'test',
    causationId: null,
    correlationId: 'c',
    traceParent: null,
  };
  const event = { type: 'Noted', data: { text }, occurredAt: instant('2026-03-01T00:00:00Z') };
  return prepare(event, cause, 0, commandId);
}
