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
  version: 4,
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
      keeps: { partner: 'text', entity: 'text', asset: 'text' },
      indexes: ['(tenant, partner, entity, asset)'],
    }),
    // Those that are reserved now, by themselves: as a column of all that there ever were, each payment would write every index of them.
    account_reservation: keyedTable({
      key: { tenant: 'text', partner: 'text', entity: 'text', asset: 'text', item: 'text' },
    }),
    // What was there at an earlier position; what an item held stands beside it, and is not repeated.
    account_line_move: keyedTable({
      key: {
        tenant: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        position: 'bigint',
        line: 'text',
      },
      adds: ['amount', 'disputed', 'taken'],
      sets: { frozen: 'bigint?' },
      writtenOnce: true,
    }),
    account_item_step: keyedTable({
      key: { tenant: 'text', item: 'text', position: 'bigint' },
      sets: { is_reserved: 'boolean' },
      writtenOnce: true,
    }),
    account_item_line: keyedTable({
      key: { tenant: 'text', item: 'text', line: 'text' },
      keeps: { amount: 'bigint', position: 'bigint' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, entity, asset, $occurredAt: since } = event;
    const { $position: position } = event;
    const of = { tenant, partner, entity, asset };
    switch (event.$type) {
      case 'PayoutInstructed':
      case 'PayoutVoided':
        return stepOf(of, event, event.$type === 'PayoutVoided');
      case 'LinesReserved':
      case 'PayoutReserved': {
        const { item } = event;
        const held = event.lines as unknown as readonly ReservedLine[];
        return {
          account_item: [{ ...of, item }],
          account_reservation: [{ ...of, item }],
          account_item_line: held.map(({ line, amount: minor }) => {
            const amount = BigInt(minor);
            return { tenant, item, line, amount, position };
          }),
          account_line: held.map(({ line, programme, amount }) => {
            const payable = -BigInt(amount);
            return { tenant, partner, entity, asset, line, programme, since, payable };
          }),
        };
      }
      case 'ReservationCancelled':
        return { ...stepOf(of, event, false), ...movesOf(of, event.lines, event) };
      case 'ReleaseTaken': {
        const { line, programme, plan, window: window_key, key: line_key, amount: taken } = event;
        const own = { ...of, line, programme, plan, window_key, line_key, since, taken };
        const moved = movesOf(of, event.lines, event, [line, { taken }]);
        return { ...moved, account_line: [own, ...moved.account_line] };
      }
      case 'LineFrozenNoted': {
        const { line, programme, plan, window: window_key, frozen } = event;
        const own = { ...of, line, programme, plan, window_key, since, frozen };
        const moved = movesOf(of, event.lines, event, [line, { frozen }]);
        return { ...moved, account_line: [own, ...moved.account_line] };
      }
      default:
        return movesOf(of, event.lines, event);
    }
  },
});

interface OfLine {
  readonly tenant: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
}

interface At {
  readonly $position: bigint;
  readonly $occurredAt: Instant;
}

/** Whether an item is reserved from here on. */
function stepOf(
  of: OfLine,
  { $position: position, item }: { readonly $position: bigint; readonly item: string },
  is_reserved: boolean,
) {
  const reservation = { ...of, item };
  return {
    account_reservation: [is_reserved ? reservation : { ...reservation, $remove: true as const }],
    account_item_step: [{ tenant: of.tenant, item, position, is_reserved }],
  };
}

/** What an event moves of each line, and what else it says of one. */
interface Move {
  readonly amount: bigint;
  readonly disputed: bigint;
  readonly taken?: bigint;
  readonly frozen?: bigint;
}

const NOT_MOVED: Move = { amount: 0n, disputed: 0n };

function movesOf(
  of: OfLine,
  lines: Json,
  { $position: position, $occurredAt: since }: At,
  about?: readonly [line: string, said: Pick<Move, 'frozen' | 'taken'>],
) {
  const moves = lines as unknown as readonly LineMove[];
  const moved = new Map<string, Move>();
  if (about !== undefined) moved.set(about[0], { ...NOT_MOVED, ...about[1] });
  for (const { line, payable = '0', disputed = '0' } of moves) {
    const so = moved.get(line) ?? NOT_MOVED;
    const [amount, contested] = [so.amount + BigInt(payable), so.disputed + BigInt(disputed)];
    moved.set(line, { ...so, amount, disputed: contested });
  }
  return {
    account_line: moves.map(({ line, programme, payable = '0', disputed = '0' }) => ({
      ...{ ...of, line, programme, since },
      ...{ payable: BigInt(payable), disputed: BigInt(disputed) },
    })),
    account_line_move: [...moved].map(([line, move]) => ({ ...of, position, line, ...move })),
  };
}
