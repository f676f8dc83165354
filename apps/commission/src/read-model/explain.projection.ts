import type { CommissionKey } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json } from '@tributary/kernel';
import { groupOf, lineGroupOf } from '../domain/earnings/window';

const PLACE = {
  $tenant: 'text',
  $stream: 'text',
  $revision: 'bigint',
  $occurredAt: 'instant',
} as const;
const OF_LINE = { ...PLACE, lineId: 'text', key: 'json' } as const;
const IN_BOOKS = {
  ...OF_LINE,
  partner: 'text',
  plan: 'text',
  programme: 'text',
  entity: 'text',
  asset: 'text',
  amount: 'bigint',
} as const;
/** What is said of a line whenever it is said what it is worth. */
const TOLD = { paidAt: 'instant', reason: 'text?' } as const;
const OF_GROUP = { ...PLACE, group: 'text' } as const;

/**
 * Where each event of a window stands and what it concerns, so that one line of a window of a hundred thousand is explained by
 * reading its own events and those about the whole window alone; and what it has moved in the books. What is said of a line anew stands
 * with its place, so that every line can be listed as it was known at any of them.
 */
export const trail = projection({
  name: 'trail',
  version: 3,
  events: {
    WindowOpened: PLACE,
    TermLearned: PLACE,
    WindowFellBehind: PLACE,
    WindowCaughtUp: PLACE,
    LineLearned: {
      ...PLACE,
      'line.sale': 'text',
      'line.payment': 'text',
      'line.line': 'text',
      child: 'text?',
    },
    HoldsChanged: { ...PLACE, group: 'text?' },
    HoldPlaced: OF_GROUP,
    HoldLifted: OF_GROUP,
    EarningExplained: { ...OF_LINE, ...TOLD, asset: 'text?' },
    LineFrozen: OF_LINE,
    OverrideDecided: OF_LINE,
    CommissionPosted: { ...IN_BOOKS, ...TOLD, month: 'text', version: 'json?' },
    CommissionReleased: IN_BOOKS,
    ReleaseTakenBack: IN_BOOKS,
  },
  tables: {
    commission_trail: keyedTable({
      key: { position: 'bigint' },
      sets: {
        tenant: 'text',
        stream: 'text',
        revision: 'bigint',
        /** The payment line or bonus; empty: the whole window. */
        concern: 'text',
        line_id: 'text?',
        /** Of what is said of a line: null where nothing is. */
        paid_at: 'instant?',
        asset: 'text?',
        reason: 'text?',
        version: 'json?',
      },
      indexes: [
        '(stream, concern, revision)',
        '(tenant, line_id) where line_id is not null',
        '(tenant, paid_at, line_id) where paid_at is not null',
      ],
      writtenOnce: true,
    }),
    commission_move: keyedTable({
      key: { position: 'bigint' },
      adds: ['posted', 'released'],
      sets: {
        tenant: 'text',
        entity: 'text',
        asset: 'text',
        programme: 'text',
        partner: 'text',
        plan: 'text',
        /** Of the books; of a release it follows from the zone of its entity. */
        month: 'text?',
        occurred_at: 'instant',
      },
      indexes: ['(tenant, partner, occurred_at)'],
      writtenOnce: true,
    }),
    /** In whose books anything was ever moved: their zones say which month a release falls into. */
    commission_books: keyedTable({ key: { tenant: 'text', programme: 'text', entity: 'text' } }),
  },
  rows(event) {
    const { $tenant: tenant, $stream: stream, $revision: revision, $position: position } = event;
    const trailed = (
      concern: string,
      line_id: string | null = null,
      said: Said = NOTHING_SAID,
    ) => ({
      commission_trail: [{ position, tenant, stream, revision, concern, line_id, ...said }],
    });
    switch (event.$type) {
      case 'WindowOpened':
      case 'TermLearned':
      case 'WindowFellBehind':
      case 'WindowCaughtUp':
        return trailed('');
      case 'LineLearned': {
        const { 'line.sale': sale, 'line.payment': payment, 'line.line': line, child } = event;
        return trailed(lineGroupOf({ sale, payment, line }, child));
      }
      case 'HoldsChanged':
      case 'HoldPlaced':
      case 'HoldLifted':
        return trailed(event.group ?? '');
      default:
    }
    const { lineId, $occurredAt: occurred_at } = event;
    const concern = groupOf(event.key as unknown as CommissionKey);
    const rows = trailed(concern, lineId, 'paidAt' in event ? saidOf(event) : NOTHING_SAID);
    if (!('amount' in event)) return rows;
    const { entity, asset, programme, partner, plan, amount } = event;
    const isPosting = event.$type === 'CommissionPosted';
    const moved = {
      position,
      tenant,
      entity,
      asset,
      programme,
      partner,
      plan,
      occurred_at,
      month: isPosting ? event.month : null,
      ...(isPosting ? { posted: amount } : { released: amount }),
    };
    const books = { tenant, programme, entity };
    return { ...rows, commission_move: [moved], commission_books: [books] };
  },
});

interface Said {
  readonly paid_at: Instant | null;
  readonly asset: string | null;
  readonly reason: string | null;
  readonly version: Json;
}

const NOTHING_SAID: Said = { paid_at: null, asset: null, reason: null, version: null };

/** That a line earns nothing names no version. */
const saidOf = ({
  paidAt: paid_at,
  asset,
  reason,
  version = null,
}: Pick<Said, 'asset' | 'reason'> & {
  readonly paidAt: Instant;
  readonly version?: Json;
}): Said => ({ paid_at, asset, reason, version });
