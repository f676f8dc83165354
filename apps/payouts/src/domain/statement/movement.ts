import type { Asset, BalancedEntry, Instant } from '@tributary/kernel';
import {
  DISPUTED,
  IN_TRANSIT,
  PAYABLE,
  RECEIVABLE,
  TAX_RECOVERABLE,
  WITHHOLDING,
} from '../account/money';

/** What moved what we owe a partner, in the words of a statement. */
export const MOVEMENT_KINDS = [
  'earned',
  'adjusted',
  'tax',
  'paid',
  'returned',
  'repaid',
  'written_off',
  'other',
] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** What a partner recognises a movement by. What does not apply is left out. */
export interface MovementAbout {
  /** Of commission, or of an adjustment. */
  readonly line?: string;
  readonly programme?: string;
  readonly plan?: string;
  /** The commission period that it was earned in. */
  readonly window?: string;
  readonly item?: string;
  /** Where it went, masked. */
  readonly to?: string;
  /** The item that this one replaces. */
  readonly replaces?: string;
  /** Under which the bank knows the payment. */
  readonly bankReference?: string;
  /** Of a tax: what it was computed on, and how. */
  readonly tax?: string;
  readonly base?: string;
  readonly rateBp?: number;
  readonly reason?: string;
}

/** One event of an account that moves money, as its statement needs it. */
export interface Movement {
  /** Of the event in the stream of the account. */
  readonly revision: number;
  readonly at: Instant;
  readonly kind: Exclude<MovementKind, 'tax'>;
  readonly entry: BalancedEntry;
  readonly about: MovementAbout;
  /** About the tax that the entry withholds or gives back. */
  readonly taxAbout?: MovementAbout;
}

/** What an account owes its partner, by where it stands. Minor units as text; `owed` is what the partner owes us. */
export const PLACES = ['payable', 'disputed', 'inTransit', 'unclaimed', 'owed'] as const;
export type Place = (typeof PLACES)[number];
export type Standing = Readonly<Record<Place, string>>;

export const NOTHING_STANDS: Standing = {
  payable: '0',
  disputed: '0',
  inTransit: '0',
  unclaimed: '0',
  owed: '0',
};

const PLACE_OF: Readonly<Record<string, Place>> = {
  [PAYABLE]: 'payable',
  [DISPUTED]: 'disputed',
  [IN_TRANSIT]: 'inTransit',
  'Liabilities:Unclaimed': 'unclaimed',
  [RECEIVABLE]: 'owed',
};
/** Kept back for the state, or asked back of it. */
const TAXES: readonly string[] = [WITHHOLDING, TAX_RECOVERABLE];

export const balanceOf = (standing: Standing): bigint =>
  BigInt(standing.payable) +
  BigInt(standing.disputed) +
  BigInt(standing.inTransit) +
  BigInt(standing.unclaimed) -
  BigInt(standing.owed);

export interface Moved {
  readonly standing: Standing;
  /** By which what we owe grew or shrank. */
  readonly amount: bigint;
  /** The part of it that is tax. */
  readonly tax: bigint;
}

/**
 * The effect of an entry, taken from its legs, so that a statement cannot differ from the books. Nothing where no leg is about what
 * the partner has.
 */
export function moved(standing: Standing, entry: BalancedEntry, asset: Asset): Moved | null {
  const changes = new Map<Place, bigint>();
  let tax = 0n;
  for (const { account, side, amount, asset: of } of entry.legs) {
    if (of !== asset) continue;
    const credited = side === 'credit' ? BigInt(amount) : -BigInt(amount);
    const place = PLACE_OF[account];
    if (place !== undefined) {
      const more = place === 'owed' ? -credited : credited;
      changes.set(place, (changes.get(place) ?? 0n) + more);
    } else if (TAXES.includes(account)) tax -= credited;
  }
  if (changes.size === 0) return null;
  const after: Record<Place, string> = { ...standing };
  for (const [place, change] of changes) after[place] = String(BigInt(after[place]) + change);
  return { standing: after, amount: balanceOf(after) - balanceOf(standing), tax };
}
