import { type Instant, PersistentMap } from '@tributary/kernel';
import type { EvidenceItem } from '../evidence';
import { MOST_ORDINALS } from './events';

/** A payment as a sale counts it. */
export interface PaymentItem {
  readonly item: EvidenceItem;
  /** Whether others that follow this customer were told of it. */
  readonly isShared: boolean;
}

export interface Payments {
  readonly all: PersistentMap<PaymentItem>;
  /** The first of those that count, in their order: nobody asks for more, and a customer may have many thousands. */
  readonly first: readonly EvidenceItem[];
}

export const noPayments: Payments = { all: PersistentMap.empty<PaymentItem>(), first: [] };

export const paymentItemOf = (sale: string, payment: string): string =>
  `payment.${sale}.${payment}`;

export const isPaymentItem = (item: string): boolean => item.startsWith('payment.');

const counts = ({ body }: EvidenceItem): boolean => body.kind === 'payment';

/** By the time of payment; the ids only make the order of one instant certain. */
export function inOrder(a: EvidenceItem, b: EvidenceItem): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.item < b.item ? -1 : 1;
}

export function withPayment(
  { all, first }: Payments,
  item: EvidenceItem,
  isShared: boolean,
): Payments {
  const before = all.get(item.item);
  const next = all.set(item.item, { item, isShared: isShared || before?.isShared === true });
  const wasFirst = first.some((one) => one.item === item.item);
  // Somebody from behind moves up only when one of the first goes away or later.
  if (wasFirst && next.size > first.length) return paymentsOf(next);
  const others = wasFirst ? first.filter((one) => one.item !== item.item) : first;
  return { all: next, first: counts(item) ? inserted(others, item) : others };
}

/** The list is short and sorted, and most payments belong at its end or behind it. */
function inserted(first: readonly EvidenceItem[], item: EvidenceItem): readonly EvidenceItem[] {
  let place = first.length;
  while (place > 0 && inOrder(item, first[place - 1] as EvidenceItem) < 0) place--;
  if (place >= MOST_ORDINALS) return first;
  return [...first.slice(0, place), item, ...first.slice(place)].slice(0, MOST_ORDINALS);
}

export function paymentsOf(all: PersistentMap<PaymentItem>): Payments {
  const counted = all
    .entries()
    .map(([, { item }]) => item)
    .filter(counts);
  return { all, first: firstOf([counted]) };
}

/** Of several customers that are one. */
export const firstOf = (lists: readonly (readonly EvidenceItem[])[]): readonly EvidenceItem[] =>
  lists.flat().sort(inOrder).slice(0, MOST_ORDINALS);

export interface Place {
  readonly sale: string;
  readonly payment: string;
  readonly ordinal: number | null;
}

/** By item. Only payments that have a place; all others stand beyond the last one. */
export type Places = Readonly<Record<string, Place>>;

/** Places of this customer's own payments that differ from what was told, and those of payments that are new. */
export function changedPlaces(
  own: Payments,
  first: readonly EvidenceItem[],
  told: Places,
  fresh: readonly EvidenceItem[],
): Place[] {
  const now = new Map<string, Place>();
  for (const [i, item] of first.entries()) {
    if (own.all.has(item.item)) now.set(item.item, placeOf(item, i + 1));
  }
  const changed: Place[] = [];
  for (const [item, place] of now) if (told[item]?.ordinal !== place.ordinal) changed.push(place);
  for (const [item, place] of Object.entries(told))
    if (!now.has(item)) changed.push({ ...place, ordinal: null });
  for (const item of fresh)
    if (!now.has(item.item) && !told[item.item] && counts(item)) changed.push(placeOf(item, null));
  return changed;
}

export function placeOf({ item }: Pick<EvidenceItem, 'item'>, ordinal: number | null): Place {
  const [, sale = '', payment = ''] = item.split('.');
  return { sale, payment, ordinal };
}

export const firstPaidAtOf = (first: readonly EvidenceItem[]): Instant | null =>
  first[0]?.at ?? null;
