import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json } from '@tributary/kernel';
import type { LineMove } from '../domain/account/moved';
import type { ReservedLine } from '../domain/account/terms';
import { MOVED, OF_ACCOUNT } from './accounts.events';

const NAMED = { line: 'text', programme: 'text', plan: 'text', window: 'text' } as const;
const ITEM = { ...OF_ACCOUNT, item: 'text' } as const;
const MOVED_ITEM = { ...MOVED, item: 'text' } as const;

/**
 * What each line still has, and what is reserved of it. The account itself forgets a line that has nothing left; here it stays, so that
 * its partner finds it when it wants to dispute it.
 */
export const accountLines = projection({
  name: 'account_lines',
  version: 1,
  events: {
    ReleaseTaken: { ...MOVED, ...NAMED, key: 'json', amount: 'bigint' },
    LineFrozenNoted: { ...MOVED, ...NAMED, frozen: 'bigint' },
    AdjustmentBooked: MOVED,
    DisputeOpened: MOVED,
    DisputeEnded: MOVED,
    LinesMoved: { ...OF_ACCOUNT, lines: 'json' },
    LinesSetAside: MOVED,
    LinesReserved: { ...ITEM, lines: 'json' },
    PayoutReserved: { ...ITEM, lines: 'json' },
    PayoutInstructed: ITEM,
    PayoutVoided: ITEM,
    PayoutRejected: MOVED,
    PayoutReturned: MOVED,
    ReservationCancelled: MOVED_ITEM,
    ReturnUndone: MOVED,
    WriteOffReversed: MOVED,
  },
  tables: {
    account_line: keyedTable({
      key: { tenant: 'text', partner: 'text', entity: 'text', asset: 'text', line: 'text' },
      adds: ['taken', 'payable', 'disputed'],
      sets: { frozen: 'bigint' },
      keeps: {
        programme: 'text',
        plan: 'text?',
        window_key: 'text?',
        line_key: 'json?',
        since: 'instant',
      },
      indexes: [
        '(tenant, line)',
        '(tenant, partner, entity, asset, since, line) where payable <> 0 or disputed <> 0',
      ],
    }),
    account_item: keyedTable({
      key: { tenant: 'text', item: 'text' },
      sets: { is_reserved: 'boolean' },
      keeps: { partner: 'text', entity: 'text', asset: 'text' },
      indexes: ['(tenant, partner, entity, asset) where is_reserved'],
    }),
    account_item_line: keyedTable({
      key: { tenant: 'text', item: 'text', line: 'text' },
      keeps: { amount: 'bigint' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, entity, asset, $occurredAt: since } = event;
    const of = { tenant, partner, entity, asset };
    switch (event.$type) {
      case 'PayoutInstructed':
      case 'PayoutVoided': {
        const is_reserved = event.$type === 'PayoutVoided';
        return { account_item: [{ ...of, item: event.item, is_reserved }] };
      }
      case 'LinesReserved':
      case 'PayoutReserved': {
        const { item } = event;
        const held = event.lines as unknown as readonly ReservedLine[];
        return {
          account_item: [{ ...of, item, is_reserved: true }],
          account_item_line: held.map(({ line, amount }) => ({
            ...{ tenant, item, line, amount: BigInt(amount) },
          })),
          account_line: held.map(({ line, programme, amount }) => ({
            ...{ ...of, line, programme, since, payable: -BigInt(amount) },
          })),
        };
      }
      case 'ReservationCancelled': {
        const account_item = [{ ...of, item: event.item, is_reserved: false }];
        return { account_item, account_line: movesOf(of, event.lines, since) };
      }
      case 'ReleaseTaken': {
        const { line, programme, plan, window: window_key, key: line_key, amount: taken } = event;
        const own = { ...of, line, programme, plan, window_key, line_key, since, taken };
        return { account_line: [own, ...movesOf(of, event.lines, since)] };
      }
      case 'LineFrozenNoted': {
        const { line, programme, plan, window: window_key, frozen } = event;
        const own = { ...of, line, programme, plan, window_key, since, frozen };
        return { account_line: [own, ...movesOf(of, event.lines, since)] };
      }
      default:
        return { account_line: movesOf(of, event.lines, since) };
    }
  },
});

interface OfLine {
  readonly tenant: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
}

const movesOf = (of: OfLine, lines: Json, since: Instant) =>
  (lines as unknown as readonly LineMove[]).map(
    ({ line, programme, payable = '0', disputed = '0' }) => ({
      ...{ ...of, line, programme, since },
      ...{ payable: BigInt(payable), disputed: BigInt(disputed) },
    }),
  );
