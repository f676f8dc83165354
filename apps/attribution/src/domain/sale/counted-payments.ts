import type { Paid, PaymentCount } from './events';
import type { Sale } from './state';
import { type FactOf, countedFacts, isOf } from './which-counts';

/** What customers have to be told about payments that count now, or no longer, or otherwise than they were told. */
export function changedCounts(sale: Sale): readonly PaymentCount[] {
  const changed: PaymentCount[] = [];
  const paid = countedFacts(sale).filter(isOf('paid'));
  for (const fact of paid) changed.push(...changesOf(fact, sale.counted[fact.body.payment]));
  const counting = new Set(paid.map(({ body }) => body.payment));
  for (const told of Object.values(sale.counted))
    if (told.counts && !counting.has(told.payment)) changed.push(takenBack(told));
  return changed;
}

/** Only a payment of something has a place in the order of its customer's payments. */
export const isPlaced = ({ lines }: Pick<Paid, 'lines'>): boolean =>
  lines.reduce((sum, { net }) => sum + BigInt(net), 0n) > 0n;

/** A payment of nothing is told too: who is credited is decided for it as for any other. */
function changesOf(paid: FactOf<Paid>, told: PaymentCount | undefined): readonly PaymentCount[] {
  const { payment, customer, paidAt } = paid.body;
  const counts = isPlaced(paid.body);
  const now = { payment, customer, paidAt, counts, fact: paid.fact };
  if (told === undefined) return [{ ...now, version: 1 }];
  if (told.customer !== customer) {
    const back = told.counts ? [takenBack(told)] : [];
    return [...back, { ...now, version: told.version + 2 }];
  }
  const isSame =
    told.counts === counts && told.paidAt === paidAt && told.fact.factId === paid.fact.factId;
  return isSame ? [] : [{ ...now, version: told.version + 1 }];
}

const takenBack = (told: PaymentCount): PaymentCount => ({
  ...told,
  counts: false,
  version: told.version + 1,
});
