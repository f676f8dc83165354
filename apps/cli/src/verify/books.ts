import { type BalancedEntry, CodedError, type Recorded } from '@tributary/kernel';
import { type Finding, findingAt } from './finding';
import type { Law } from './law';

/** What is owed under these names is never less than nothing, at no place of the log. */
const NEVER_BELOW_ZERO: ReadonlySet<string> = new Set([
  'Liabilities:Commission:Disputed',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Payable',
  'Liabilities:InTransit',
  'Liabilities:Tax:InTransit',
]);

/**
 * The two sides of what must hold of each partner, entity and currency: what came, and what became of it. Debit less credit on the one,
 * credit less debit on the other.
 */
const CAME = {
  posted: ['Expenses:Commission', 'Expenses:Commission:Guarantee'],
  adjusted: ['Expenses:Commission:Adjustments'],
  'written off': ['Expenses:BadDebt', 'Assets:ClawbackReceivable:Allowance'],
  opened: ['Equity:Opening'],
  exchanged: ['Equity:FXTrading', 'Expenses:Rounding', 'Expenses:FX', 'Income:FX'],
  'kept by the bank': ['Expenses:PayoutFees'],
} as const;

const BECAME = {
  held: ['Liabilities:Commission:Held'],
  released: ['Liabilities:Commission:Released'],
  payable: ['Liabilities:Commission:Payable'],
  disputed: ['Liabilities:Commission:Disputed'],
  unclaimed: ['Liabilities:Unclaimed'],
  'in flight': ['Liabilities:InTransit'],
  withheld: ['Liabilities:Tax:Withholding', 'Assets:TaxRecoverable'],
  'settled less repaid': ['Assets:Cash'],
  owed: ['Assets:ClawbackReceivable'],
  advanced: ['Assets:PartnerAdvance'],
} as const;

/** Money of the house alone, which no partner has a part in. */
const OF_THE_HOUSE: ReadonlySet<string> = new Set([
  'Assets:BankErrors',
  'Equity:Funding',
  'Equity:OutsidePayments',
  'Liabilities:Tax:InTransit',
]);

const SIDES: readonly Readonly<Record<string, readonly string[]>>[] = [CAME, BECAME];

const PARTS = new Map<string, { readonly part: string; readonly came: boolean }>(
  SIDES.flatMap((side) =>
    Object.entries(side).flatMap(([part, accounts]) =>
      accounts.map((account) => [account, { part, came: side === CAME }] as const),
    ),
  ),
);

/** What a leg does to whom. */
export interface Side {
  readonly account: string;
  readonly owner: string;
  /** Credit less debit. */
  readonly credited: bigint;
  /** Whether the account may not go below zero. */
  readonly isBounded: boolean;
  /** Undefined where no partner has a part in it; unknown where nobody can tell what it is to a partner. */
  readonly part: { readonly part: string; readonly came: boolean } | 'unknown' | undefined;
}

export function* sidesOf(tenant: string, { legs }: BalancedEntry): Generator<Side> {
  for (const { account, side, amount, asset, dimensions } of legs) {
    const partner = dimensions['partner'];
    const isPartners = typeof partner === 'string';
    const name = isPartners ? `partner ${partner}` : 'nobody';
    const known = PARTS.get(account);
    const part = known === undefined && !OF_THE_HOUSE.has(account) ? 'unknown' : known;
    yield {
      account,
      owner: `${name}, entity ${dimensions.entity}, ${asset} (${tenant})`,
      credited: side === 'credit' ? BigInt(amount) : -BigInt(amount),
      isBounded: NEVER_BELOW_ZERO.has(account),
      part: part === 'unknown' || isPartners ? part : undefined,
    };
  }
}

/** The accounts of every partner, added up in the order of the log. */
export class Books implements Law {
  private readonly balances = new Map<string, bigint>();
  private readonly parts = new Map<string, Map<string, bigint>>();

  /** Says which account this event takes below zero, and whose; or in whose books something is missing. */
  take(event: Recorded): Finding | undefined {
    const entry = event.data['entry'] as BalancedEntry | undefined;
    if (entry === undefined) return undefined;
    try {
      return this.added(event, entry);
    } catch (error) {
      // What is no entry at all has been told already, as such.
      if (error instanceof TypeError || error instanceof SyntaxError || error instanceof CodedError)
        return undefined;
      throw error;
    }
  }

  private added(event: Recorded, entry: BalancedEntry): Finding | undefined {
    const touched = new Set<string>();
    const whose = new Set<string>();
    for (const { account, owner, credited, isBounded, part } of sidesOf(event.tenant, entry)) {
      if (isBounded) {
        const key = `${account} of ${owner}`;
        add(this.balances, key, credited);
        touched.add(key);
      }
      if (part === 'unknown')
        return findingAt(
          event,
          'identity',
          `${account} is no account that a partner's money is in`,
        );
      if (part === undefined) continue;
      const parts = this.parts.get(owner) ?? new Map<string, bigint>();
      this.parts.set(owner, parts);
      add(parts, part.part, part.came ? -credited : credited);
      whose.add(owner);
    }
    const below = [...touched].find((key) => (this.balances.get(key) ?? 0n) < 0n);
    if (below !== undefined)
      return findingAt(event, 'balance', `${below} stands at ${this.balances.get(below)}`);
    for (const owner of whose) {
      const unequal = unequalIn(this.parts.get(owner) ?? new Map<string, bigint>());
      if (unequal !== undefined) return findingAt(event, 'identity', `${owner}: ${unequal}`);
    }
    return undefined;
  }
}

/** posted + adjusted + repaid + written off = held + released + payable + disputed + unclaimed + in flight + settled + withheld - owed - advanced */
function unequalIn(parts: ReadonlyMap<string, bigint>): string | undefined {
  let [came, became] = [0n, 0n];
  const said: string[] = [];
  for (const [side, names] of [
    ['came', Object.keys(CAME)],
    ['became', Object.keys(BECAME)],
  ] as const) {
    for (const name of names) {
      const sum = parts.get(name) ?? 0n;
      if (sum !== 0n) said.push(`${name} ${sum}`);
      if (side === 'came') came += sum;
      else became += sum;
    }
  }
  if (came === became) return undefined;
  return `what came (${came}) is not what became of it (${became}): ${said.join(', ')}`;
}

const add = (sums: Map<string, bigint>, key: string, amount: bigint): void => {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
};
