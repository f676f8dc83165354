import type { Picked } from '@tributary/feeds';

const OF_RUN = { $tenant: 'text', $occurredAt: 'instant', run: 'text' } as const;
const BY = { ...OF_RUN, by: 'text' } as const;
const TOTALS = { count: 'int', gross: 'bigint', withheld: 'bigint', net: 'bigint' } as const;
const OF_ITEM = { ...OF_RUN, partner: 'text', item: 'text' } as const;
const LINES = { ...OF_ITEM, lines: 'json' } as const;

const OF_LIFE = {
  RunDrafted: {
    ...BY,
    entity: 'text',
    asset: 'text',
    kind: 'text',
    period: 'text?',
    zone: 'text',
    payOn: 'text',
    minimum: 'bigint',
    dueDays: 'int',
    payingAccount: 'text?',
  },
  LockingStarted: { ...OF_RUN, candidates: 'int' },
  RunLocked: {
    ...OF_RUN,
    ...TOTALS,
    hash: 'text',
    flags: 'json',
    faulty: 'int',
    declined: 'json',
  },
  FlagsAcknowledged: { ...BY, flag: 'text', partners: 'json?', note: 'text' },
  ItemsExcluded: { ...BY, partners: 'json', reason: 'text' },
  ItemChangeNoted: { ...OF_ITEM, what: 'text?' },
  ItemsAskedAnew: { ...BY, partners: 'json' },
  RunApproved: { ...BY, hash: 'text' },
  ApprovalVoided: { ...OF_RUN, hash: 'text', why: 'text' },
  RunReleased: { ...BY, hash: 'text' },
  InstructionsNoted: { ...OF_RUN, refused: 'json' },
  RunInstructed: { ...OF_RUN, ...TOTALS },
  RunExported: { ...OF_RUN, files: 'int' },
  RunAcknowledged: OF_RUN,
  RunSettling: OF_RUN,
  RunClosed: { ...OF_RUN, settled: 'int', rejected: 'int' },
  RunCancelled: { ...BY, reason: 'text' },
  ReservationsFreed: OF_RUN,
} as const;

const LIFE_OF_ITEM = {
  ReservationCancelled: OF_ITEM,
  PayoutInstructed: OF_ITEM,
  PayoutAccepted: OF_ITEM,
  PayoutUnknown: OF_ITEM,
  PayoutRejected: OF_ITEM,
  PayoutVoided: OF_ITEM,
  PayoutSettled: { ...OF_ITEM, bookedOn: 'text' },
  SettlementUndone: OF_ITEM,
  PayoutReturned: { ...OF_ITEM, bookedOn: 'text' },
  ReturnUndone: OF_ITEM,
} as const;

/** What changes a run or one of its items, one thing at a time. */
export const CHANGES = { ...OF_LIFE, ...LIFE_OF_ITEM } as const;
export type Change = Picked<typeof CHANGES>;

export const EVENTS = {
  ...CHANGES,
  AnswersNoted: { ...OF_RUN, items: 'json', declined: 'json', alsoShared: 'json' },
  LinesReserved: LINES,
  PayoutReserved: LINES,
  LineFrozenNoted: { $tenant: 'text', $occurredAt: 'instant', line: 'text', frozen: 'bigint' },
  DisputeOpened: { $tenant: 'text', $occurredAt: 'instant', disputed: 'json' },
} as const;
