import { type RoundingMode, allocate, round } from '@tributary/kernel';
import { ZERO, textOf, whole } from '../exact';
import type { CreditedPart } from '../facts';
import type { SplitPay } from '../plan';
import { type PayInput, type Payer, invalidRule, isReason } from './payer';

/** Weights in the order that decides the odd unit; `mine` are those of the partner who earns. */
interface Weights {
  readonly weights: readonly bigint[];
  readonly mine: readonly boolean[];
}
type Weigh = (input: PayInput) => Weights | 'no_split_in_agreement';

/**
 * The commission on the whole line is rounded once and then shared by largest remainder, so that the shares of everybody add up
 * to it. `pay` is asked about the whole line instead of the partner's part.
 */
export function payFromPool(pay: Payer, mode: RoundingMode, weigh: Weigh): Payer {
  return (input) => {
    const part = BigInt(input.line.net);
    const pool = pay({ ...input, part, basis: wholeBasis(input, part) });
    if (isReason(pool)) return pool;
    const weighed = weigh(input);
    if (typeof weighed === 'string') return weighed;
    const { weights, mine } = weighed;
    const total = round(pool, mode);
    let sum = 0n;
    if (weights.some((weight) => weight > 0n))
      for (const [i, share] of allocate(total, weights).entries()) if (mine[i]) sum += share;
    input.trace?.push({
      step: 'pool',
      inputs: { pool: textOf(pool), mode, weights: weights.map(String), mine },
      result: String(sum),
    });
    return sum === 0n ? ZERO : whole(sum);
  };
}

/** The basis of the part, grown to the whole: what was deducted was deducted alike from everybody. */
function wholeBasis({ basis, part }: PayInput, net: bigint) {
  if (part === 0n) return ZERO;
  const sign = part < 0n ? -1n : 1n;
  return {
    numerator: sign * basis.numerator * net,
    denominator: sign * basis.denominator * part,
  };
}

export function weightsBy(by: SplitPay['by']): Weigh {
  if (by === 'attribution') return byAttribution;
  if (by === 'agreement') return byAgreement;
  const shares = new Map(Object.entries(by.roles).map(([role, bp]) => [role, BigInt(bp)]));
  if ([...shares.values()].reduce((sum, bp) => sum + bp, 0n) !== 10_000n)
    throw invalidRule('the shares of the roles are 10,000 basis points together', { by });
  return (input) => byRole(input, shares);
}

const ownedBy = ({ situation }: PayInput, parts: readonly { readonly partner: string }[]) =>
  parts.map(({ partner }) => partner === situation.owner);

export const byAttribution: Weigh = (input) => ({
  weights: input.line.parts.map(magnitudeOf),
  mine: ownedBy(input, input.line.parts),
});

const byAgreement: Weigh = (input) => {
  const splits = input.situation.agreement?.value.splits ?? [];
  if (splits.length === 0) return 'no_split_in_agreement';
  return { weights: splits.map(({ bp }) => BigInt(bp)), mine: ownedBy(input, splits) };
};

/** What a role gets is shared among its parts as their basis is; a role that nobody has leaves its share to the others. */
function byRole(input: PayInput, shares: ReadonlyMap<string, bigint>): Weights {
  const { parts } = input.line;
  const sums = new Map<string, bigint>();
  for (const part of parts) sums.set(part.role, (sums.get(part.role) ?? 0n) + magnitudeOf(part));
  const others = (role: string): bigint =>
    [...sums].reduce((all, [each, sum]) => (each === role || sum === 0n ? all : all * sum), 1n);
  return {
    weights: parts.map(
      (part) => (shares.get(part.role) ?? 0n) * magnitudeOf(part) * others(part.role),
    ),
    mine: ownedBy(input, parts),
  };
}

function magnitudeOf({ basis }: CreditedPart): bigint {
  const minor = BigInt(basis);
  return minor < 0n ? -minor : minor;
}
