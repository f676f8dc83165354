import { keyedTable, projection } from '@tributary/feeds';
import type { Json, Leg } from '@tributary/kernel';
import { PAYABLE } from '../domain/account/money';

const MOVING = {
  $tenant: 'text',
  $occurredAt: 'instant',
  partner: 'text',
  entity: 'text',
  asset: 'text',
  'entry.legs': 'json?',
} as const;

/**
 * To whom something is payable, by the journal's own legs, so that no event that moves it is forgotten. It says whom a run asks and
 * nothing else: how much there is, and whether it may be paid, every account says itself.
 */
export const candidates = projection({
  name: 'payout_candidates',
  version: 3,
  events: {
    AdjustmentBooked: MOVING,
    DisputeDecided: MOVING,
    DisputeEnded: MOVING,
    DisputeOpened: MOVING,
    LineFrozenNoted: MOVING,
    LinesSetAside: MOVING,
    PayoutInstructed: MOVING,
    PayoutRejected: MOVING,
    PayoutReturned: MOVING,
    PayoutVoided: MOVING,
    ReceivableRepaid: MOVING,
    ReceivableWrittenOff: MOVING,
    ReleaseTaken: MOVING,
    ReservationCancelled: MOVING,
    ReturnUndone: MOVING,
    // Changes nothing. But a run waits for rows that have come as far as its draft, and what is not followed is passed over at leisure.
    RunDrafted: {},
    WriteOffReversed: MOVING,
  },
  tables: {
    payout_candidate: keyedTable({
      key: { tenant: 'text', entity: 'text', asset: 'text', partner: 'text' },
      adds: ['payable'],
      keeps: { since: 'instant' },
      // Of all of them: an index of those who are owed something would have to be written whenever somebody is paid.
      indexes: ['(tenant, entity, asset, partner collate "C")'],
    }),
  },
  rows(event) {
    if (event.$type === 'RunDrafted') return {};
    const payable = payableIn(event['entry.legs']);
    if (payable === 0n) return {};
    const { $tenant: tenant, $occurredAt: since, partner, entity, asset } = event;
    return { payout_candidate: [{ tenant, entity, asset, partner, payable, since }] };
  },
});

function payableIn(legs: Json | null): bigint {
  return ((legs ?? []) as unknown as readonly Leg[])
    .filter(({ account }) => account === PAYABLE)
    .reduce((sum, { side, amount }) => sum + (side === 'credit' ? 1n : -1n) * BigInt(amount), 0n);
}
