import type { CommissionKey } from '@tributary/contracts';
import type { Day, Instant, PeriodKey, StreamName, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { Adjustment, LineDecision, StatusStep, WriteOff } from './events';
import type { DisputedLine, OfAccount, PayeeTerms, ReservationTerms } from './terms';

interface OnAccount {
  readonly account: OfAccount;
  /** When it happened in the world; entries are dated by it. */
  readonly at: Instant;
}
interface ByPerson {
  readonly account: OfAccount;
  readonly by: string;
  readonly receivedAt: Instant;
}

/** As commission published it; `at` is when it was released. */
export interface TakeRelease extends OnAccount {
  readonly type: 'TakeRelease';
  /** Of the published event. */
  readonly release: Uuid;
  readonly line: string;
  readonly key: CommissionKey;
  readonly programme: string;
  readonly plan: string;
  readonly window: string;
  readonly amount: string;
}
export interface FreezeLine extends OnAccount {
  readonly type: 'FreezeLine';
  readonly line: string;
  readonly programme: string;
  readonly plan: string;
  readonly window: string;
  /** In all; "0": nothing any longer. */
  readonly amount: string;
}
export interface LearnPayee extends OnAccount {
  readonly type: 'LearnPayee';
  readonly revision: number;
  readonly payee: PayeeTerms;
}
export interface LearnPartner extends OnAccount {
  readonly type: 'LearnPartner';
  readonly revision: number;
  readonly steps: readonly StatusStep[];
}

/** Answered by `PayoutReserved` or `ReservationDeclined`; asked again for the same run, by nothing. */
export interface Reserve extends OnAccount {
  readonly type: 'Reserve';
  /** The name of this account, which is repeated in the answer. */
  readonly stream: StreamName;
  readonly terms: ReservationTerms;
}
export interface CancelReservation extends OnAccount {
  readonly type: 'CancelReservation';
  readonly run: Uuid;
  readonly reason: string;
}
export interface Instruct extends OnAccount {
  readonly type: 'Instruct';
  readonly run: Uuid;
  readonly item: ItemId;
  readonly file: string | null;
}
export interface NoteBankAnswer extends OnAccount {
  readonly type: 'NoteBankAnswer';
  readonly item: ItemId;
  /** `doubted`: of what the bank has said not everything can be true. */
  readonly answer: 'accepted' | 'doubted' | 'rejected' | 'unknown';
  readonly codes: readonly string[];
  readonly bankReference: string | null;
  /** The rail had a line for it by then, which the account may hear of later, or may have heard already that it was taken back. */
  readonly isSettled?: boolean;
}
/** `at`: the start of the day on which the bank booked it. */
export interface SettleItem extends OnAccount {
  readonly type: 'SettleItem';
  readonly item: ItemId;
  /** The stream id of the paying account. */
  readonly rail: string;
  /** Key of the line on the bank's statement. */
  readonly bankLine: string;
  /** What the bank says it paid; anything but the net of the item is refused. */
  readonly amount: string;
  readonly bookedOn: Day;
  readonly bankReference: string | null;
  /** Of a PIX. */
  readonly endToEndId?: string;
}
export interface UnsettleItem extends OnAccount {
  readonly type: 'UnsettleItem';
  readonly item: ItemId;
  readonly rail: string;
  readonly bankLine: string;
  readonly by: string;
  readonly reason: string;
  /** Whether the bank's last word by then was that it rejects the item; left out by rails that did not say so yet. */
  readonly isRejected?: boolean;
}
export interface ReturnItem extends OnAccount {
  readonly type: 'ReturnItem';
  readonly item: ItemId;
  readonly rail: string;
  readonly bankLine: string;
  /** What came back; with `fee`, which the bank kept, it is the net of the item. */
  readonly amount: string;
  readonly fee: string;
  readonly bookedOn: Day;
  readonly reason: string | null;
  readonly bankReference: string | null;
  /** Of a PIX that was given back. */
  readonly endToEndId?: string;
}
export interface UnreturnItem extends OnAccount {
  readonly type: 'UnreturnItem';
  readonly item: ItemId;
  readonly rail: string;
  readonly bankLine: string;
  readonly by: string;
  readonly reason: string;
}
interface OfTax extends OnAccount {
  readonly item: ItemId;
  /** By which it was withheld. */
  readonly rule: string;
  readonly amount: string;
  readonly remittance: Uuid;
  /** For which it was paid, or of whose payment it was kept back. */
  readonly month: PeriodKey;
}
/** So much of what was withheld of this item has been paid to the tax authority. */
export interface NoteTaxRemitted extends OfTax {
  readonly type: 'NoteTaxRemitted';
}
/** So much of what was paid to the authority for this item has been kept back of another payment to it. */
export interface NoteTaxRecovered extends OfTax {
  readonly type: 'NoteTaxRecovered';
}
/** The item is reserved again as it was: for a new file, or until its reservation is cancelled. */
export interface VoidItem extends OnAccount {
  readonly type: 'VoidItem';
  readonly item: ItemId;
  readonly file: string;
}

export interface ProposeAdjustment extends ByPerson, Adjustment {
  readonly type: 'ProposeAdjustment';
}
export interface ApproveAdjustment extends ByPerson {
  readonly type: 'ApproveAdjustment';
  readonly adjustment: Uuid;
}
/** Of an adjustment, a write-off, or the decision about a dispute: it is over without an effect. */
export interface WithdrawProposal extends ByPerson {
  readonly type: 'WithdrawProposal';
  readonly proposal: Uuid;
  readonly reason: string;
}

export interface OpenDispute extends ByPerson {
  readonly type: 'OpenDispute';
  readonly dispute: Uuid;
  readonly lines: readonly DisputedLine[];
  readonly reason: string;
  readonly evidence: readonly string[];
  /** Business days are counted by whoever knows the calendar. */
  readonly answerBy: Instant;
}
export interface ProposeDisputeDecision extends ByPerson {
  readonly type: 'ProposeDisputeDecision';
  readonly dispute: Uuid;
  /** Every line of the dispute, each once. */
  readonly decisions: readonly LineDecision[];
  readonly reason: string;
  readonly evidence: readonly string[];
}
export interface DecideDispute extends ByPerson {
  readonly type: 'DecideDispute';
  readonly dispute: Uuid;
}
/** Withdrawn by the partner, or given up because commission will not answer: what is set aside for it is payable again. */
export interface EndDispute extends ByPerson {
  readonly type: 'EndDispute';
  readonly dispute: Uuid;
  readonly note: string;
}

export interface DemandReceivable extends ByPerson {
  readonly type: 'DemandReceivable';
  readonly payBy: Instant;
}
/**
 * A person has said that this line of the bank is it, and the rail has taken the line for it; `at` is the start of its day. Answered by
 * `ReceivableRepaid` or `RepaymentDeclined`.
 */
export interface RecordRepayment extends OnAccount {
  readonly type: 'RecordRepayment';
  readonly repayment: Uuid;
  readonly amount: string;
  /** Of the bank account that received it. */
  readonly rail: string;
  readonly bankLine: string;
  readonly bookedOn: Day;
  readonly by: string;
}
export interface ProposeWriteOff extends ByPerson, WriteOff {
  readonly type: 'ProposeWriteOff';
}
export interface ApproveWriteOff extends ByPerson {
  readonly type: 'ApproveWriteOff';
  readonly writeOff: Uuid;
}
export interface AllowForReceivable extends ByPerson {
  readonly type: 'AllowForReceivable';
  /** In all, from now on. */
  readonly allowance: string;
  readonly reason: string;
}

export type ItemCommand =
  | CancelReservation
  | Instruct
  | NoteBankAnswer
  | NoteTaxRecovered
  | NoteTaxRemitted
  | Reserve
  | ReturnItem
  | SettleItem
  | UnreturnItem
  | UnsettleItem
  | VoidItem;
export type AccountCommand =
  | AllowForReceivable
  | ApproveAdjustment
  | ApproveWriteOff
  | DecideDispute
  | DemandReceivable
  | EndDispute
  | FreezeLine
  | ItemCommand
  | LearnPartner
  | LearnPayee
  | OpenDispute
  | ProposeAdjustment
  | ProposeDisputeDecision
  | ProposeWriteOff
  | RecordRepayment
  | TakeRelease
  | WithdrawProposal;

export type AccountRejected =
  | { readonly code: 'adjustment_exists' }
  | { readonly code: 'adjustment_unknown' }
  | { readonly code: 'amount_differs'; readonly expected: string }
  | { readonly code: 'decision_unknown' }
  | { readonly code: 'details_changed' }
  | { readonly code: 'dispute_decided' }
  | { readonly code: 'dispute_exists' }
  | { readonly code: 'dispute_unknown' }
  | { readonly code: 'documents_missing' }
  | { readonly code: 'invalid_amount' }
  | { readonly code: 'item_accepted' }
  | { readonly code: 'item_cancelled' }
  | { readonly code: 'item_instructed' }
  | { readonly code: 'item_not_instructed' }
  | { readonly code: 'item_not_settled' }
  | { readonly code: 'item_rejected' }
  | { readonly code: 'item_returned' }
  | { readonly code: 'item_settled' }
  | { readonly code: 'item_unknown' }
  | { readonly code: 'line_already_disputed'; readonly line: string }
  | { readonly code: 'lines_differ' }
  | { readonly code: 'more_than_owed'; readonly owed: string }
  | { readonly code: 'more_than_remitted'; readonly remitted: string }
  | { readonly code: 'more_than_withheld'; readonly withheld: string }
  | { readonly code: 'nothing_owed' }
  | { readonly code: 'partner_suspended' }
  | { readonly code: 'proposal_unknown' }
  | { readonly code: 'same_person' }
  | { readonly code: 'tax_not_withheld'; readonly rule: string }
  | { readonly code: 'write_off_exists' }
  | { readonly code: 'write_off_unknown' };
