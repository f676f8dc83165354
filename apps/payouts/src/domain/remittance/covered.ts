/** A part of one item's tax. */
export interface TaxOfItem {
  readonly partner: string;
  readonly item: string;
  readonly amount: string;
}

/** Of these, in their order, as much as the sum goes; the last one may be taken in part. */
export function covered(items: readonly TaxOfItem[], sum: bigint): readonly TaxOfItem[] {
  let left = sum;
  const taken: TaxOfItem[] = [];
  for (const { partner, item, amount } of items) {
    if (left === 0n) break;
    const part = BigInt(amount) < left ? BigInt(amount) : left;
    left -= part;
    taken.push({ partner, item, amount: String(part) });
  }
  return taken;
}
