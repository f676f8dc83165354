import { projectionSpec } from '@tributary/feeds/testing';
import {
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import type { EarningsEvent } from '../domain/earnings/events';
import { earningsStreamOf } from '../domain/earnings/window';
import { type EarningsRecord, concernOf } from '../domain/explain/story';
import { trail } from './explain.projection';

const { given } = projectionSpec(trail);
const stream = earningsStreamOf('acme', windowOf());

const window = Window.after(
  programme(),
  partnerIs(),
  agreed(),
  published(),
  learned(line(noon('02-10'), 1000)),
  { type: 'ReleaseHolds', id: windowOf(), asOf: noon('03-15'), by: 'finance' },
);
const told = window.events.map((event) => ({ ...event, stream }));

describe('keeping the trail of a window', () => {
  it('files every event under what it concerns', () => {
    const rows = window.events.map((event, i) => ({
      position: BigInt(i + 1),
      tenant: 'acme',
      stream,
      revision: BigInt(i),
      concern: concernOf(event as EarningsRecord),
      line_id: 'lineId' in event.data ? event.data.lineId : null,
      ...saidOf(event),
    }));
    given(...told).then('commission_trail', rows);
    expect(new Set(rows.map(({ concern }) => concern)).size).toBe(2);
  });

  it('keeps what was moved, and in whose books', () => {
    const place = { tenant: 'acme', entity: 'main', asset: 'BRL/2', programme: 'main' };
    const of = { ...place, partner: 'p1', plan: 'brcommercial' };
    const moved = told.flatMap(({ type, occurredAt }, i): object[] => {
      const when = { position: BigInt(i + 1), occurred_at: occurredAt };
      if (type === 'CommissionPosted')
        return [{ ...of, ...when, posted: 250n, released: 0n, month: '2026-02' }];
      return type === 'CommissionReleased'
        ? [{ ...of, ...when, posted: 0n, released: 250n, month: null }]
        : [];
    });
    expect(moved).toHaveLength(2);
    given(...told).then('commission_move', moved);
    given(...told).then('commission_books', [
      { tenant: 'acme', programme: 'main', entity: 'main' },
    ]);
  });
});

/** Of a line: what is said of it together with what it is worth. */
function saidOf({ type, data }: EarningsEvent) {
  if (type === 'CommissionPosted') {
    const { paidAt: paid_at, asset, reason, version } = data;
    return { paid_at, asset, reason, version };
  }
  if (type !== 'EarningExplained')
    return { paid_at: null, asset: null, reason: null, version: null };
  const { paidAt: paid_at, asset, reason } = data;
  return { paid_at, asset, reason, version: null };
}
