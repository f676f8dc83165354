import type { Draft } from './draft';
import type { Work } from './match-events';
import { settleBatch } from './match-batch';
import { STRONGER, isBuiltOn, isForPeople, settleItem } from './match-item';
import { breakUnexplained, settleByMoney, settleUnnamed } from './match-money';
import { mayBeRemittance, settleRemittances } from './match-remittance';
import { batchFileOf, isKnownCharge, namedBy } from './recognise';
import { moneyKeyOf } from './find';
import { type Rail, type RailLine, countsIn, itemOf, lineOf } from './state';
import type { ItemId } from '../item';

/** Stops at the first that applies: our name of the payment, the bank's, a batch, a charge, a tax, money and account; then a person. */
export function matchLine(draft: Draft, key: string): readonly Work[] {
  const line = lineOf(draft.state, key);
  if (!countsIn(draft.state, line) || isDone(draft.state, line)) return [];
  if (line.isHandsOff) {
    breakUnexplained(draft, key);
    return [];
  }
  const named = namedBy(draft.state, line);
  const [item] = named;
  if (named.length === 1 && item !== undefined) return matchItem(draft, item);
  if (line.match !== null && saysMore(draft.state, line)) {
    draft.unmatch(key, STRONGER);
    settleAlike(draft, [line]);
  }
  if (named.length > 1) {
    const candidates = named.map((id) => ({ items: [id], tier: 'T2' as const }));
    draft.breakLine(key, 'B14', 'names_several_items', candidates.slice(0, 5));
    return [];
  }
  if (line.partsDiffer) draft.breakLine(key, 'B10', 'parts_differ');
  else if (batchFileOf(draft.state, line) !== undefined) return settleBatch(draft, key);
  else if (line.match === null && isKnownCharge(draft.state, line)) draft.book(key, 'fee', 'T7');
  else if (line.isCharge) draft.breakLine(key, 'B12', 'unknown_charge');
  else if (mayBeRemittance(draft.state, line)) settleRemittances(draft, line.amount);
  else settleUnnamed(draft, key);
  return [];
}

/** What names the item, and then what was guessed about payments like it: one that is settled is a candidate no longer. */
export function matchItem(draft: Draft, id: ItemId): readonly Work[] {
  if (!hasLines(draft.state, id)) return [];
  const { amount, fingerprint } = itemOf(draft.state, id);
  const judged = judgedAlike(draft.state, id);
  const lost = settleItem(draft, id);
  const alike = judged.map(([, line]) => line);
  settleAlike(draft, alike, [...alike, { side: 'debit', amount, counterparty: fingerprint }]);
  const several = judged.filter(([, line]) => namedBy(draft.state, line).length > 1);
  return [...lost, ...several.map(([key]) => key)].flatMap((key) => matchLine(draft, key));
}

/** Lines that were judged before the item was known to be theirs, or to be paid as they are: by their name or by their money. */
function judgedAlike(state: Rail, id: ItemId): readonly (readonly [string, RailLine])[] {
  const { index } = state;
  const { amount, fingerprint, references } = itemOf(state, id);
  const keys = new Set([
    ...[id, ...references].flatMap((each) => index.linesByReference.get(each) ?? []),
    ...(index.linesByMoney.get(moneyKeyOf(amount, fingerprint)) ?? []),
  ]);
  return [...keys]
    .map((key) => [key, lineOf(state, key)] as const)
    .filter(
      ([, line]) =>
        !isForPeople(line) && !isDone(state, line) && (line.match !== null || line.break !== null),
    );
}

type Money = Pick<RailLine, 'amount' | 'counterparty' | 'side'>;

/** What those lines are no longer, another may be now: a tax by its day, a payment by its money. */
function settleAlike(
  draft: Draft,
  lines: readonly Money[],
  payments: readonly Money[] = lines,
): void {
  const taxes = lines.filter(({ side }) => side === 'debit');
  for (const amount of new Set(taxes.map((line) => line.amount))) settleRemittances(draft, amount);
  const done = new Set<string>();
  for (const { side, amount, counterparty } of payments) {
    if (side !== 'debit' || counterparty === null) continue;
    if (done.has(moneyKeyOf(amount, counterparty))) continue;
    done.add(moneyKeyOf(amount, counterparty));
    settleByMoney(draft, amount, counterparty);
  }
}

/** More than its money since it was judged, so that it is not guessed any more. */
const saysMore = (state: Rail, line: RailLine): boolean =>
  namedBy(state, line).length > 0 || batchFileOf(state, line) !== undefined;

/** Most items are listed before anything is known of them. */
function hasLines({ index, items }: Rail, id: ItemId): boolean {
  const item = items.get(id);
  if (item === undefined) return false;
  const { amount, fingerprint, references } = item;
  return (
    [id, ...references].some((each) => index.linesByReference.has(each)) ||
    index.linesByMoney.has(moneyKeyOf(amount, fingerprint))
  );
}

const isDone = (state: Rail, line: RailLine): boolean =>
  line.match !== null &&
  (isForPeople(line) ||
    isBuiltOn(state, line) ||
    (line.match.tier !== 'T5' && line.match.kind !== 'tax'));
