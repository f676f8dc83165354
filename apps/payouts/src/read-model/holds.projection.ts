import type { Asset, BalancedEntry, Json } from '@tributary/kernel';
import { type Picked, keyedTable, projection } from '@tributary/feeds';
import { NOTHING_STANDS, moved } from '../domain/statement/movement';

const OF_ACCOUNT = {
  $tenant: 'text',
  $stream: 'text',
  partner: 'text',
  entity: 'text',
  asset: 'text',
} as const;
const MOVED = { ...OF_ACCOUNT, entry: 'json?' } as const;

const EVENTS = {
  AccountOpened: { ...OF_ACCOUNT, $occurredAt: 'instant' },
  PayeeLearned: { ...OF_ACCOUNT, payee: 'json' },
  PartnerLearned: { ...OF_ACCOUNT, steps: 'json' },
  PayoutReserved: { ...OF_ACCOUNT, run: 'text' },
  ReservationDeclined: {
    ...OF_ACCOUNT,
    $recordedAt: 'instant',
    run: 'text',
    reason: 'text',
    detail: 'text',
  },
  DisputeOpened: { ...MOVED, dispute: 'text', disputed: 'json', answerBy: 'instant' },
  DisputeEnded: { ...MOVED, dispute: 'text', line: 'text' },
  ReleaseTaken: MOVED,
  LineFrozenNoted: MOVED,
  LinesSetAside: MOVED,
  ReservationCancelled: MOVED,
  PayoutInstructed: MOVED,
  PayoutRejected: MOVED,
  PayoutSettled: MOVED,
  SettlementUndone: MOVED,
  PayoutReturned: MOVED,
  ReturnUndone: MOVED,
  PayoutVoided: MOVED,
  AdjustmentBooked: MOVED,
  ReceivableRepaid: MOVED,
  ReceivableWrittenOff: MOVED,
  WriteOffReversed: MOVED,
  RunDrafted: { $tenant: 'text', run: 'text', minimum: 'bigint' },
} as const;

type Change = Picked<typeof EVENTS>;
type Said = Extract<
  Change,
  {
    readonly $type:
      | 'AccountOpened'
      | 'PartnerLearned'
      | 'PayeeLearned'
      | 'PayoutReserved'
      | 'ReservationDeclined';
  }
>;

/**
 * What each account has, and whatever keeps it from being paid. What moved, and what was told and replaced when it was told again, also
 * stands with its place in the log, so that an account that has changed since can be shown as it was known earlier. That a reservation ends
 * what a run was refused for stands in the register of payments.
 */
export const payoutHolds = projection({
  name: 'payout_holds',
  version: 2,
  events: EVENTS,
  tables: {
    holds_account: keyedTable({
      key: { tenant: 'text', account: 'text' },
      adds: ['payable', 'disputed', 'in_transit', 'unclaimed', 'owed'],
      sets: {
        partner: 'text',
        entity: 'text',
        asset: 'text',
        payee: 'json?',
        statuses: 'json?',
        declined_by: 'text?',
        declined_reason: 'text?',
        declined_detail: 'text?',
        declined_at: 'instant?',
        last_position: 'bigint',
      },
      keeps: { opened_at: 'instant', opened_position: 'bigint' },
      indexes: ['(tenant, partner)', '(tenant, entity, account)'],
    }),
    holds_dispute: keyedTable({
      key: { tenant: 'text', account: 'text', dispute: 'text', line: 'text' },
      sets: { answer_by: 'instant' },
    }),
    holds_move: keyedTable({
      key: { tenant: 'text', account: 'text', position: 'bigint' },
      sets: { payable: 'bigint', disputed: 'bigint', owed: 'bigint' },
      writtenOnce: true,
    }),
    /** The last value under each name counts; of a dispute that is no more, it is null. */
    holds_told: keyedTable({
      key: { tenant: 'text', account: 'text', name: 'text', position: 'bigint' },
      sets: { value: 'json?' },
      writtenOnce: true,
    }),
    holds_run: keyedTable({ key: { tenant: 'text', run: 'text' }, sets: { minimum: 'bigint' } }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    if (event.$type === 'RunDrafted')
      return { holds_run: [{ tenant, run: event.run, minimum: event.minimum }] };
    if (!('entry' in event)) return saidRows(event);
    const { $stream: account, $position: position } = event;
    const of = { tenant, account, last_position: position };
    const told = (name: string, value: Json) => ({ tenant, account, name, position, value });
    const { entry, asset } = event;
    const balance = balanceOf(entry as BalancedEntry | null, asset as Asset);
    const { payable, disputed, owed } = balance;
    const isMoved = payable !== 0n || disputed !== 0n || owed !== 0n;
    const rows = {
      holds_account: [{ ...of, ...balance }],
      holds_move: isMoved ? [{ tenant, account, position, payable, disputed, owed }] : [],
    };
    if (event.$type === 'DisputeOpened') {
      const { dispute, answerBy: answer_by } = event;
      const lines = (event.disputed as unknown as readonly { readonly line: string }[]).map(
        ({ line }) => line,
      );
      return {
        ...rows,
        holds_dispute: lines.map((line) => ({ tenant, account, dispute, line, answer_by })),
        holds_told: lines.map((line) => told(`dispute ${dispute} ${line}`, answer_by)),
      };
    }
    if (event.$type === 'DisputeEnded') {
      const { dispute, line } = event;
      return {
        ...rows,
        holds_dispute: [{ tenant, account, dispute, line, $remove: true }],
        holds_told: [told(`dispute ${dispute} ${line}`, null)],
      };
    }
    return rows;
  },
});

/** What keeps an account from being paid, besides what moves. */
function saidRows(event: Said) {
  const { $tenant: tenant, $stream: account, $position: position } = event;
  const of = { tenant, account, last_position: position };
  const told = (name: string, value: Json) => ({ tenant, account, name, position, value });
  switch (event.$type) {
    // The first of its stream, so whose account it is has not to be said again.
    case 'AccountOpened': {
      const { partner, entity, asset, $occurredAt: opened_at } = event;
      const opened = { partner, entity, asset, opened_at, opened_position: position };
      return { holds_account: [{ ...of, ...opened }] };
    }
    case 'PayeeLearned': {
      const { payee } = event;
      return { holds_account: [{ ...of, payee }], holds_told: [told('payee', payee)] };
    }
    case 'PartnerLearned': {
      const { steps: statuses } = event;
      return { holds_account: [{ ...of, statuses }], holds_told: [told('statuses', statuses)] };
    }
    case 'PayoutReserved':
      return { holds_account: [{ ...of, ...NOT_DECLINED }] };
    case 'ReservationDeclined': {
      const { run: by, reason, detail, $recordedAt: at } = event;
      const declined = {
        ...{ declined_by: by, declined_reason: reason },
        ...{ declined_detail: detail, declined_at: at },
      };
      return {
        holds_account: [{ ...of, ...declined }],
        holds_told: [told('declined', { by, reason, detail, position: String(position) })],
      };
    }
  }
}

const NOT_DECLINED = {
  declined_by: null,
  declined_reason: null,
  declined_detail: null,
  declined_at: null,
} as const;

function balanceOf(entry: BalancedEntry | null, asset: Asset) {
  const effect = entry && moved(NOTHING_STANDS, entry, asset);
  const { payable, disputed, inTransit, unclaimed, owed } = effect?.standing ?? NOTHING_STANDS;
  return {
    payable: BigInt(payable),
    disputed: BigInt(disputed),
    in_transit: BigInt(inTransit),
    unclaimed: BigInt(unclaimed),
    owed: BigInt(owed),
  };
}
