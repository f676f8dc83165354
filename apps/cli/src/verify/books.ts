import type { BalancedEntry, Recorded } from '@tributary/kernel';

/** What is owed under these names is never less than nothing, at no place of the log. */
const NEVER_BELOW_ZERO = [
  'Liabilities:Commission:Disputed',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Payable',
  'Liabilities:InTransit',
] as const;

/** The accounts of every partner, added up in the order of the log. */
export class Books {
  private readonly balances = new Map<string, bigint>();

  /** Says which account this event takes below zero, and whose. */
  take({ data, tenant }: Recorded): string | undefined {
    const entry = data['entry'] as BalancedEntry | undefined;
    if (entry === undefined) return undefined;
    const touched = new Set<string>();
    for (const { account, side, amount, asset, dimensions } of entry.legs) {
      if (!(NEVER_BELOW_ZERO as readonly string[]).includes(account)) continue;
      const partner = dimensions['partner'];
      const whose = typeof partner === 'string' ? `partner ${partner}` : 'nobody';
      const key = `${account} of ${whose}, entity ${dimensions.entity}, ${asset} (${tenant})`;
      const credited = side === 'credit' ? BigInt(amount) : -BigInt(amount);
      this.balances.set(key, (this.balances.get(key) ?? 0n) + credited);
      touched.add(key);
    }
    const below = [...touched].find((key) => (this.balances.get(key) ?? 0n) < 0n);
    return below && `${below} stands at ${this.balances.get(below)}`;
  }
}
