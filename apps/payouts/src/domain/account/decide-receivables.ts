import { type Decision, type Instant, accept, nothing, reject } from '@tributary/kernel';
import type {
  AccountRejected,
  AllowForReceivable,
  ApproveWriteOff,
  DemandReceivable,
  ProposeWriteOff,
  RecordRepayment,
} from './commands';
import { withLines } from './chunks';
import type { AccountEvent, RepaymentDeclined } from './events';
import { ALLOWANCE, BAD_DEBT, CASH, across, debited, entryOf } from './money';
import { ofAccount } from './reserve';
import { type Account, isBack, least } from './state';

type Answer = Decision<AccountEvent, AccountRejected>;

export const receivables = {
  DemandReceivable: demand,
  RecordRepayment: repay,
  ProposeWriteOff: proposeWriteOff,
  ApproveWriteOff: writeOff,
  AllowForReceivable: allowFor,
};

type Fault = Extract<AccountRejected, { readonly code: RepaymentDeclined['data']['reason'] }>;

/** Why so much of what is owed cannot be repaid, written off or allowed for. */
function faultOf(amount: string, { sums: { owed } }: Account): Fault | undefined {
  if (BigInt(amount) <= 0n) return { code: 'invalid_amount' };
  if (owed === '0') return { code: 'nothing_owed' };
  return BigInt(amount) > BigInt(owed) ? { code: 'more_than_owed', owed } : undefined;
}

function demand({ payBy, by, receivedAt }: DemandReceivable, account: Account): Answer {
  const { owed } = account.sums;
  if (owed === '0') return reject({ code: 'nothing_owed' });
  const data = { ...ofAccount(account), amount: owed, payBy, by };
  return accept({ type: 'ReceivableDemanded', data, occurredAt: receivedAt });
}

function repay(command: RecordRepayment, account: Account): Answer {
  const { repayment, amount, rail, bankLine, bookedOn, by, at } = command;
  const of = ofAccount(account);
  const fault = faultOf(amount, account);
  if (fault) {
    const data = { ...of, repayment, rail, bankLine, reason: fault.code };
    return accept({ type: 'RepaymentDeclined', data, occurredAt: at });
  }
  const owed = `-${amount}`;
  const received = across(CASH, BigInt(amount), { bank: rail });
  const entry = entryOf(of, { lines: [], owed }, [received]);
  const data = { ...of, repayment, amount, owed, rail, bankLine, bookedOn, by, entry };
  return accept({ type: 'ReceivableRepaid', data, occurredAt: at });
}

function proposeWriteOff(command: ProposeWriteOff, account: Account): Answer {
  const { writeOff: id, amount, reason, evidence, by, receivedAt } = command;
  if (account.writeOffs[id] !== undefined) return reject({ code: 'write_off_exists' });
  const fault = faultOf(amount, account);
  if (fault) return reject(fault);
  const data = { ...ofAccount(account), writeOff: id, amount, reason, evidence, by };
  return accept({ type: 'WriteOffProposed', data, occurredAt: receivedAt });
}

/** What had been allowed for is no expense a second time. */
function writeOff({ writeOff: id, by, receivedAt }: ApproveWriteOff, account: Account): Answer {
  const proposed = account.writeOffs[id];
  if (proposed === undefined) return reject({ code: 'write_off_unknown' });
  const { by: proposedBy, amount } = proposed;
  if (proposedBy === by) return reject({ code: 'same_person' });
  // Something may have come meanwhile, and has paid it.
  const fault = faultOf(amount, account);
  if (fault) return reject(fault);
  const of = ofAccount(account);
  const owed = `-${amount}`;
  const allowed = least(BigInt(account.allowance), BigInt(amount));
  const sides = [across(ALLOWANCE, allowed), across(BAD_DEBT, BigInt(amount) - allowed)];
  const entry = entryOf(of, { lines: [], owed }, sides);
  const fromAllowance = String(allowed);
  const data = { ...of, ...proposed, owed, fromAllowance, proposedBy, by, entry };
  return accept({ type: 'ReceivableWrittenOff', data, occurredAt: receivedAt });
}

function allowFor(command: AllowForReceivable, account: Account): Answer {
  const { allowance, reason, by, receivedAt } = command;
  if (BigInt(allowance) < 0n) return reject({ code: 'invalid_amount' });
  const { owed } = account.sums;
  if (BigInt(allowance) > BigInt(owed)) return reject({ code: 'more_than_owed', owed });
  const change = BigInt(allowance) - BigInt(account.allowance);
  if (change === 0n) return nothing;
  const of = ofAccount(account);
  const sides = [across(BAD_DEBT, change), across(ALLOWANCE, -change)];
  const entry = entryOf(of, { lines: [], owed: '0' }, sides);
  const data = { ...of, allowance, change: String(change), reason, by, entry };
  return accept({ type: 'ReceivableAllowedFor', data, occurredAt: receivedAt });
}

/** A written-off debt stays on file: it is owed again by a partner that returns, and what is payable pays it first. */
export function writeOffReversed(account: Account, at: Instant): readonly AccountEvent[] {
  const { writtenOff } = account.sums;
  if (writtenOff === '0' || !isBack(account, at)) return [];
  const of = ofAccount(account);
  const moved = debited(account, [], BigInt(writtenOff));
  const entry = entryOf(of, moved, [across(BAD_DEBT, -BigInt(writtenOff))]);
  const data = { ...of, amount: writtenOff, ...moved, entry };
  return withLines({ type: 'WriteOffReversed', data, occurredAt: at });
}
