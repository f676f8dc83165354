import type { Picked } from '@tributary/feeds';

export const OF_ACCOUNT = {
  $tenant: 'text',
  $stream: 'text',
  $occurredAt: 'instant',
  partner: 'text',
  entity: 'text',
  asset: 'text',
} as const;
export const MOVED = { ...OF_ACCOUNT, lines: 'json', owed: 'bigint' } as const;
const ITEM = { ...OF_ACCOUNT, gross: 'bigint', withheld: 'bigint', net: 'bigint' } as const;
const MOVED_ITEM = { ...MOVED, gross: 'bigint', withheld: 'bigint', net: 'bigint' } as const;
const HELD = { ...OF_ACCOUNT, lines: 'json' } as const;
const REPAID = { ...OF_ACCOUNT, amount: 'bigint', owed: 'bigint' } as const;

/** Everything that changes what an account holds, or what is said of it. */
export const ACCOUNT_EVENTS = {
  AccountOpened: OF_ACCOUNT,
  PartnerLearned: { ...OF_ACCOUNT, steps: 'json' },
  ReleaseTaken: { ...MOVED, amount: 'bigint' },
  AdjustmentBooked: { ...MOVED, amount: 'bigint' },
  LineFrozenNoted: MOVED,
  LinesMoved: HELD,
  LinesSetAside: MOVED,
  DisputeOpened: MOVED,
  DisputeEnded: MOVED,
  LinesReserved: HELD,
  PayoutReserved: HELD,
  ReservationDeclined: { ...OF_ACCOUNT, run: 'text', reason: 'text', detail: 'text' },
  ReservationCancelled: MOVED_ITEM,
  PayoutInstructed: ITEM,
  PayoutVoided: ITEM,
  PayoutRejected: MOVED_ITEM,
  PayoutSettled: ITEM,
  SettlementUndone: ITEM,
  PayoutReturned: MOVED_ITEM,
  ReturnUndone: MOVED_ITEM,
  ReceivableDemanded: { ...OF_ACCOUNT, amount: 'bigint', payBy: 'instant' },
  ReceivableRepaid: REPAID,
  ReceivableWrittenOff: { ...REPAID, fromAllowance: 'bigint' },
  ReceivableAllowedFor: { ...OF_ACCOUNT, change: 'bigint' },
  WriteOffReversed: { ...MOVED, amount: 'bigint' },
} as const;

export type AccountChange = Picked<typeof ACCOUNT_EVENTS>;
