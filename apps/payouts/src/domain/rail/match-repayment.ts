import { type Decision, reject } from '@tributary/kernel';
import type { MatchRepayment, RailRejected } from './commands';
import type { RailEvent } from './events';
import { matchByHand, refusalOf } from './match-by-hand';
import type { HandMatch } from './match-events';
import { type Rail, lineOf } from './state';

/**
 * A person says which credit of the bank a partner paid back with, and that line is taken by it. Only then the account books it, so that
 * no cash comes into the books that no statement shows.
 */
export function matchRepayment(
  command: MatchRepayment,
  state: Rail,
): Decision<RailEvent, RailRejected> {
  const { rail, line, repayment, account, amount, by, at } = command;
  const of = { repayment, partner: account.partner, amount };
  const match = { line, kind: 'repaid', items: [], repayment: of, reason: 'repaid' } as const;
  const refused = repaymentRefused(command, match, state);
  return refused
    ? reject(refused)
    : matchByHand({ type: 'MatchByHand', rail, ...match, by, at }, state);
}

function repaymentRefused(
  { rail, line, account: { entity, asset }, amount, owed }: MatchRepayment,
  match: HandMatch,
  state: Rail,
): RailRejected | undefined {
  if (state.of === null) return { code: 'account_unknown', rail };
  if (state.of.entity !== entity || state.of.asset !== asset)
    return { code: 'account_differs', rail };
  const refused = refusalOf(match, state);
  if (refused) return refused;
  const shown = lineOf(state, line).amount;
  if (shown !== amount) return { code: 'amount_mismatch', line: shown, items: amount };
  if (owed === '0') return { code: 'nothing_owed' };
  return BigInt(amount) > BigInt(owed) ? { code: 'more_than_owed', owed } : undefined;
}
