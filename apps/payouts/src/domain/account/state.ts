import { type Instant, PersistentMap, type Step, type Uuid, valueAt } from '@tributary/kernel';
import type { PartnerStatus } from '@tributary/contracts';
import type { ItemId } from '../item';
import type { BankSaid } from './item-events';
import type { Adjustment, DisputeDecisionProposed, LineDecision, WriteOff } from './events';
import type {
  ConfirmedMethod,
  DisputedLine,
  OfAccount,
  PayeeTerms,
  ReservedLine,
  Withheld,
} from './terms';

/** A line that has money which no item holds, or of which something is said that its money has to obey when it comes. */
export interface Line {
  readonly programme: string;
  /** Null for what a person booked. */
  readonly plan: string | null;
  readonly window: string | null;
  /** Minor units, as everywhere in here. What an item holds is not in it. */
  readonly payable: string;
  readonly disputed: string;
  /** How much of it commission wants not to be paid. */
  readonly frozen: string;
  /** Of what was released since it was opened, the sum. */
  readonly taken: string;
  /** When it was opened: the oldest are paid first. */
  readonly since: Instant;
  /** The disputes of its partner that are not over. */
  readonly disputes: readonly Uuid[];
  /** The item that had paid it, and came back. */
  readonly replaces: ItemId | null;
}

export type ItemStatus =
  | 'reserved'
  | 'instructed'
  | 'accepted'
  | 'unknown'
  | 'settled'
  | 'returned'
  | 'rejected'
  | 'cancelled';

export interface Item {
  readonly run: Uuid;
  readonly item: ItemId;
  readonly status: ItemStatus;
  readonly lines: readonly ReservedLine[];
  readonly gross: string;
  readonly taxes: readonly Withheld[];
  readonly net: string;
  readonly method: ConfirmedMethod;
  /** The line of the bank that paid it, and the one that brought it back. */
  readonly settled: OnStatement | null;
  readonly returned: (OnStatement & Kept) | null;
  /** What the bank has said in rejecting it after it was paid; left out where it has not, null where it has said the opposite since. */
  readonly rejection?: (BankSaid & { readonly isSettled?: true }) | null;
  /** Left out until something of its tax was remitted. */
  readonly taxPaid?: TaxPaid;
}

/** What the tax authority has for an item, and of which remittances that was heard. */
export interface TaxPaid {
  readonly byRule: Readonly<Record<string, string>>;
  readonly noted: readonly string[];
}

interface OnStatement {
  readonly rail: string;
  readonly bankLine: string;
}
interface Kept {
  readonly amount: string;
  readonly fee: string;
}

export interface Dispute {
  readonly lines: Readonly<Record<string, DisputedLine>>;
  readonly proposed: Pick<
    DisputeDecisionProposed['data'],
    'by' | 'decisions' | 'evidence' | 'reason'
  > | null;
  /** Decided, and waiting for what commission makes of it. */
  readonly decided: readonly LineDecision[] | null;
}

/** What the account holds in all; each is the sum of what its events moved. */
export interface Sums {
  /** Released by commission, net of what it took back. */
  readonly taken: string;
  readonly adjusted: string;
  readonly repaid: string;
  readonly writtenOff: string;
  /** What no item holds. */
  readonly payable: string;
  readonly reserved: string;
  readonly disputed: string;
  readonly inFlight: string;
  readonly settled: string;
  readonly withheld: string;
  readonly owed: string;
}

export interface Account {
  readonly of: OfAccount | null;
  readonly payee: { readonly revision: number; readonly payee: PayeeTerms } | null;
  readonly partner: {
    readonly revision: number;
    readonly steps: readonly Step<PartnerStatus>[];
  } | null;
  readonly lines: PersistentMap<Line>;
  readonly items: PersistentMap<Item>;
  /** Items that are reserved or on their way: what they hold is nobody else's. */
  readonly open: readonly ItemId[];
  /** Of the item whose reservation follows in the same append. */
  readonly reserving: readonly ReservedLine[];
  readonly sums: Sums;
  /** Fingerprints of the details to which something was paid. */
  readonly paidTo: readonly string[];
  readonly adjustments: Readonly<Record<Uuid, Adjustment & { readonly by: string }>>;
  readonly writeOffs: Readonly<Record<Uuid, WriteOff & { readonly by: string }>>;
  readonly disputes: Readonly<Record<Uuid, Dispute>>;
  readonly allowance: string;
}

const NO_SUMS: Sums = {
  taken: '0',
  adjusted: '0',
  repaid: '0',
  writtenOff: '0',
  payable: '0',
  reserved: '0',
  disputed: '0',
  inFlight: '0',
  settled: '0',
  withheld: '0',
  owed: '0',
};

export const initialAccount: Account = {
  of: null,
  payee: null,
  partner: null,
  lines: PersistentMap.empty<Line>(),
  items: PersistentMap.empty<Item>(),
  open: [],
  reserving: [],
  sums: NO_SUMS,
  paidTo: [],
  adjustments: {},
  writeOffs: {},
  disputes: {},
  allowance: '0',
};

export const plus = (a: string, b: string | undefined): string =>
  b === undefined ? a : String(BigInt(a) + BigInt(b));

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** How much of what a line has must not be paid: all of it during a dispute of its partner, else what commission says. */
export function setAsideOf({ payable, disputed, frozen, disputes }: Line): bigint {
  const all = BigInt(payable) + BigInt(disputed);
  return disputes.length > 0 ? all : least(BigInt(frozen), all);
}

/** A partner whom nobody has told of is one as any other. */
export const statusAt = ({ partner }: Account, at: Instant): PartnerStatus =>
  partner === null ? 'active' : (valueAt(partner, at) ?? 'active');

/** The partner had ended, and is one again. */
export const isBack = (account: Account, at: Instant): boolean =>
  statusAt(account, at) !== 'ended' &&
  (account.partner?.steps ?? []).some((step) => step.at <= at && step.value === 'ended');

export const withheldOf = (taxes: readonly Withheld[]): bigint =>
  taxes.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
