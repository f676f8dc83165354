import type { CommissionKey, CommissionPostedData } from '@tributary/contracts';
import { type Picked, keyedTable, projection } from '@tributary/feeds';
import type { Instant } from '@tributary/kernel';
import { groupOf } from '../domain/earnings/window';

const OF_LINE = {
  $tenant: 'text',
  $stream: 'text',
  $occurredAt: 'instant',
  lineId: 'text',
  key: 'json',
  partner: 'text',
  plan: 'text',
  window: 'text',
} as const;

const IN_BOOKS = { ...OF_LINE, programme: 'text', entity: 'text', asset: 'text' } as const;
const WINDOW = { $tenant: 'text', $stream: 'text' } as const;

const EVENTS = {
  CommissionPosted: {
    ...IN_BOOKS,
    month: 'text',
    paidAt: 'instant',
    amount: 'bigint',
    due: 'bigint',
    exact: 'text',
    reason: 'text?',
    heldUntil: 'instant?',
    takes: 'json',
    fromReleased: 'bigint',
    version: 'json?',
  },
  CommissionReleased: { ...IN_BOOKS, amount: 'bigint', until: 'instant' },
  EarningExplained: { ...OF_LINE, paidAt: 'instant', asset: 'text?', reason: 'text?' },
  LineFrozen: { ...IN_BOOKS, amount: 'bigint' },
  HoldsChanged: { ...WINDOW, group: 'text?', holds: 'json' },
  WindowFellBehind: WINDOW,
  WindowCaughtUp: WINDOW,
} as const;

type Change = Picked<typeof EVENTS>;
type Of<T extends Change['$type']> = Extract<Change, { readonly $type: T }>;

/**
 * What each line is worth, held and released, and what holds it. Held amounts stand by the date until which they are held, because
 * that is what is released together.
 */
export const earned = projection({
  name: 'earned',
  version: 4,
  events: EVENTS,
  tables: {
    commission_line: keyedTable({
      key: { tenant: 'text', line_id: 'text' },
      adds: ['posted', 'held', 'released'],
      sets: {
        stream: 'text',
        group_name: 'text',
        partner: 'text',
        plan: 'text',
        window_key: 'text',
        line_key: 'json',
        programme: 'text?',
        entity: 'text?',
        asset: 'text?',
        paid_at: 'instant',
        exact: 'text?',
        reason: 'text?',
        version: 'json?',
        frozen: 'bigint?',
        /** Of the last event about it: what it was earlier is read from what had been said and moved by then. */
        last_position: 'bigint',
      },
      indexes: ['(tenant, partner, paid_at, line_id)', '(tenant, paid_at, line_id)'],
    }),
    commission_month: keyedTable({
      key: { tenant: 'text', line_id: 'text', month: 'text' },
      adds: ['amount'],
    }),
    held_part: keyedTable({
      key: { tenant: 'text', line_id: 'text', until: 'instant' },
      adds: ['amount'],
      sets: { stream: 'text' },
      indexes: ['(tenant, until) where amount > 0'],
    }),
    held_move: keyedTable({
      key: { position: 'bigint', n: 'int' },
      adds: ['amount'],
      /** The books that it moved in, which are not those of the line for good. */
      sets: {
        tenant: 'text',
        line_id: 'text',
        entity: 'text',
        asset: 'text',
        until: 'instant',
        occurred_at: 'instant',
      },
      indexes: ['(tenant, occurred_at)'],
      writtenOnce: true,
    }),
    commission_hold: keyedTable({
      key: { tenant: 'text', stream: 'text', group_name: 'text' },
      sets: { holds: 'json' },
    }),
    earnings_window: keyedTable({
      key: { tenant: 'text', stream: 'text' },
      sets: { behind: 'boolean' },
      indexes: ['(tenant) where behind'],
    }),
    commission_hold_told: keyedTable({
      key: { tenant: 'text', stream: 'text', group_name: 'text', position: 'bigint' },
      sets: { holds: 'json' },
      writtenOnce: true,
    }),
    commission_frozen_told: keyedTable({
      key: { tenant: 'text', line_id: 'text', position: 'bigint' },
      sets: { frozen: 'bigint' },
      writtenOnce: true,
    }),
    earnings_window_told: keyedTable({
      key: { tenant: 'text', stream: 'text', position: 'bigint' },
      sets: { behind: 'boolean' },
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, $stream: stream, $position: position } = event;
    if (!('lineId' in event)) return windowRows(event);
    const { lineId: line_id, partner, plan, window: window_key, $occurredAt: occurred_at } = event;
    const line_key = event.key;
    const group_name = groupOf(event.key as unknown as CommissionKey);
    const place = { tenant, line_id, stream, group_name, last_position: position };
    const named = { ...place, partner, plan, window_key, line_key };
    switch (event.$type) {
      case 'EarningExplained': {
        const { paidAt: paid_at, reason, asset } = event;
        // That it earns after all is said by what is posted.
        const more = asset === null ? {} : { asset };
        return { commission_line: [{ ...named, paid_at, reason, ...more }] };
      }
      case 'LineFrozen': {
        const { amount: frozen } = event;
        return {
          commission_line: [{ ...named, frozen }],
          commission_frozen_told: [{ tenant, line_id, position, frozen }],
        };
      }
      case 'CommissionReleased': {
        const { amount, until, entity, asset } = event;
        const moved = { tenant, line_id, until, amount: -amount };
        return {
          commission_line: [{ ...named, held: -amount, released: amount }],
          held_part: [{ ...moved, stream }],
          held_move: [{ ...moved, entity, asset, position, n: 0, occurred_at }],
        };
      }
      case 'CommissionPosted': {
        const { month, amount, programme, entity, asset } = event;
        const { fromReleased, exact, reason, version, paidAt: paid_at } = event;
        const moves = movesOf(event.heldUntil, amount, event.takes as unknown as Takes);
        const held = moves.reduce((sum, move) => sum + move.amount, 0n);
        const books = { programme, entity, asset, paid_at, exact, reason, version };
        return {
          commission_line: [{ ...named, ...books, posted: amount, held, released: -fromReleased }],
          commission_month: [{ tenant, line_id, month, amount }],
          held_part: moves.map((move) => ({ tenant, line_id, stream, ...move })),
          held_move: moves.map((move, n) => ({
            position,
            n,
            tenant,
            line_id,
            entity,
            asset,
            occurred_at,
            ...move,
          })),
        };
      }
    }
  },
});

/** What is said of a whole window, or of a part of it. */
function windowRows(event: Of<'HoldsChanged' | 'WindowCaughtUp' | 'WindowFellBehind'>) {
  const { $tenant: tenant, $stream: stream, $position: position } = event;
  if (event.$type === 'HoldsChanged') {
    const told = { tenant, stream, group_name: event.group ?? '', holds: event.holds };
    return { commission_hold: [told], commission_hold_told: [{ ...told, position }] };
  }
  const told = { tenant, stream, behind: event.$type === 'WindowFellBehind' };
  return { earnings_window: [told], earnings_window_told: [{ ...told, position }] };
}

type Takes = CommissionPostedData['takes'];

/** What a posting puts into the held part, or takes from it. */
const movesOf = (
  heldUntil: Instant | null,
  amount: bigint,
  takes: Takes,
): readonly { readonly until: Instant; readonly amount: bigint }[] => [
  ...(heldUntil === null ? [] : [{ until: heldUntil, amount }]),
  ...takes.map((take) => ({ until: take.until, amount: -BigInt(take.amount) })),
];
