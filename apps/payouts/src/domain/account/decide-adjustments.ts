import { type Decision, accept, reject, withoutDashes } from '@tributary/kernel';
import type {
  AccountRejected,
  ApproveAdjustment,
  ProposeAdjustment,
  WithdrawProposal,
} from './commands';
import { withLines } from './chunks';
import type { AccountEvent, ProposalWithdrawn } from './events';
import { ADJUSTMENTS, across, credited, debited, entryOf } from './money';
import { ofAccount } from './reserve';
import type { Account } from './state';

type Answer = Decision<AccountEvent, AccountRejected>;

export const adjustments = {
  ProposeAdjustment: propose,
  ApproveAdjustment: approve,
  WithdrawProposal: withdraw,
};

function propose(command: ProposeAdjustment, account: Account): Answer {
  const { adjustment, programme, amount, reason, evidence, by, receivedAt } = command;
  if (account.adjustments[adjustment] !== undefined) return reject({ code: 'adjustment_exists' });
  if (BigInt(amount) === 0n) return reject({ code: 'invalid_amount' });
  const proposed = { adjustment, programme, amount, reason, evidence, by };
  const data = { ...ofAccount(account), ...proposed };
  return accept({ type: 'AdjustmentProposed', data, occurredAt: receivedAt });
}

/** In items its money is known as a line of its own. */
const lineOf = (adjustment: string): string => `adjustment.${withoutDashes(adjustment)}`;

function approve({ adjustment, by, receivedAt }: ApproveAdjustment, account: Account): Answer {
  const proposed = account.adjustments[adjustment];
  if (proposed === undefined) return reject({ code: 'adjustment_unknown' });
  const { by: proposedBy, programme, amount } = proposed;
  if (proposedBy === by) return reject({ code: 'same_person' });
  const of = ofAccount(account);
  const line = lineOf(adjustment);
  const signed = BigInt(amount);
  const moved =
    signed > 0n ? credited(account, [{ line, programme, amount }]) : debited(account, [], -signed);
  const entry = entryOf(of, moved, [across(ADJUSTMENTS, signed, { programme })]);
  const data = { ...of, ...proposed, line, proposedBy, by, ...moved, entry };
  return accept(...withLines({ type: 'AdjustmentBooked', data, occurredAt: receivedAt }));
}

function withdraw(command: WithdrawProposal, account: Account): Answer {
  const { proposal, reason, by, receivedAt } = command;
  const kind = kindOf(account, proposal);
  if (kind === undefined) return reject({ code: 'proposal_unknown' });
  const data = { ...ofAccount(account), kind, proposal, reason, by };
  return accept({ type: 'ProposalWithdrawn', data, occurredAt: receivedAt });
}

function kindOf(
  { adjustments, writeOffs, disputes }: Account,
  proposal: string,
): ProposalWithdrawn['data']['kind'] | undefined {
  if (adjustments[proposal] !== undefined) return 'adjustment';
  if (writeOffs[proposal] !== undefined) return 'write_off';
  return disputes[proposal]?.proposed == null ? undefined : 'dispute_decision';
}
