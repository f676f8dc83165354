import type { BalancedEntry, Asset } from '@tributary/kernel';
import { keyedTable, projection } from '@tributary/feeds';
import { NOTHING_STANDS, moved } from '../domain/statement/movement';

const OF_ACCOUNT = {
  $tenant: 'text',
  $stream: 'text',
  partner: 'text',
  entity: 'text',
  asset: 'text',
} as const;
const MOVED = { ...OF_ACCOUNT, entry: 'json?' } as const;

/** What each account has, and whatever keeps it from being paid. */
export const payoutHolds = projection({
  name: 'payout_holds',
  version: 1,
  events: {
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
  },
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
      },
      keeps: { opened_at: 'instant' },
      indexes: ['(tenant, partner)', '(tenant, entity, account)'],
    }),
    holds_dispute: keyedTable({
      key: { tenant: 'text', account: 'text', dispute: 'text', line: 'text' },
      sets: { answer_by: 'instant' },
    }),
    holds_run: keyedTable({ key: { tenant: 'text', run: 'text' }, sets: { minimum: 'bigint' } }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    if (event.$type === 'RunDrafted')
      return { holds_run: [{ tenant, run: event.run, minimum: event.minimum }] };
    const { $stream: account } = event;
    switch (event.$type) {
      // The first of its stream, so whose account it is has not to be said again.
      case 'AccountOpened': {
        const { partner, entity, asset, $occurredAt: opened_at } = event;
        return { holds_account: [{ tenant, account, partner, entity, asset, opened_at }] };
      }
      case 'PayeeLearned':
        return { holds_account: [{ tenant, account, payee: event.payee }] };
      case 'PartnerLearned':
        return { holds_account: [{ tenant, account, statuses: event.steps }] };
      case 'PayoutReserved':
        return { holds_account: [{ tenant, account, ...NOT_DECLINED }] };
      case 'ReservationDeclined':
        return {
          holds_account: [
            {
              tenant,
              account,
              declined_by: event.run,
              declined_reason: event.reason,
              declined_detail: event.detail,
              declined_at: event.$recordedAt,
            },
          ],
        };
      default:
    }
    const { entry, asset } = event;
    const balance = balanceOf(tenant, account, entry as BalancedEntry | null, asset as Asset);
    if (event.$type === 'DisputeOpened') {
      const { dispute, answerBy: answer_by } = event;
      const disputed = event.disputed as unknown as readonly { readonly line: string }[];
      const of = disputed.map(({ line }) => ({ tenant, account, dispute, line, answer_by }));
      return { holds_account: [balance], holds_dispute: of };
    }
    if (event.$type === 'DisputeEnded') {
      const { dispute, line } = event;
      const gone = { tenant, account, dispute, line, $remove: true } as const;
      return { holds_account: [balance], holds_dispute: [gone] };
    }
    return { holds_account: [balance] };
  },
});

const NOT_DECLINED = {
  declined_by: null,
  declined_reason: null,
  declined_detail: null,
  declined_at: null,
} as const;

function balanceOf(tenant: string, account: string, entry: BalancedEntry | null, asset: Asset) {
  const effect = entry && moved(NOTHING_STANDS, entry, asset);
  const { payable, disputed, inTransit, unclaimed, owed } = effect?.standing ?? NOTHING_STANDS;
  return {
    tenant,
    account,
    payable: BigInt(payable),
    disputed: BigInt(disputed),
    in_transit: BigInt(inTransit),
    unclaimed: BigInt(unclaimed),
    owed: BigInt(owed),
  };
}
