import { createHash } from 'node:crypto';
import type { PeriodRow, TrialBalanceRow } from '@tributary/contracts';
import { canonicalJson } from '@tributary/kernel';
import type { JournalLeg } from '../domain/journal';
import type { AccountBalance } from '../read-model/balances.queries';

/** SHA-256 of the canonical JSON of a list, of which never more than one row is held. */
export class RowsDigest {
  private readonly hash = createHash('sha256');
  private count = 0n;

  get rows(): bigint {
    return this.count;
  }

  add(leg: JournalLeg): void {
    this.hash.update(`${this.count === 0n ? '[' : ','}${canonicalJson(rowOf(leg))}`);
    this.count++;
  }

  /** Ends it. */
  hex(): string {
    return this.hash.update(this.count === 0n ? '[]' : ']').digest('hex');
  }
}

export const rowOf = ({ debit, credit, ...leg }: JournalLeg): PeriodRow => ({
  eventId: leg.eventId,
  n: leg.n,
  stream: leg.stream,
  type: leg.type,
  occurredAt: leg.occurredAt,
  period: leg.period,
  earnedIn: leg.earnedIn,
  account: leg.account,
  debit: String(debit),
  credit: String(credit),
  asset: leg.asset,
  entity: leg.entity,
  programme: leg.programme,
  partner: leg.partner,
  plan: leg.plan,
  country: leg.country,
  bank: leg.bank,
});

export const trialBalanceOf = (accounts: readonly AccountBalance[]): TrialBalanceRow[] =>
  accounts.map(({ asset, account, debit, credit, balance }) => ({
    asset,
    account,
    debit: String(debit),
    credit: String(credit),
    balance: String(balance),
  }));
