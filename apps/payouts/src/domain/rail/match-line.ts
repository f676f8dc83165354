import type { Draft } from './draft';
import type { Work } from './match-events';
import { settleBatch } from './match-batch';
import { isForPeople, settleItem } from './match-item';
import { breakUnexplained, settleByMoney } from './match-money';
import { mayBeRemittance, settleRemittances } from './match-remittance';
import { batchFileOf, isKnownCharge, namedBy } from './recognise';
import { moneyKeyOf } from './find';
import { type Rail, type RailLine, countsIn, itemOf, lineOf } from './state';
import type { ItemId } from '../item';

/** Stops at the first that applies: our name of the payment, the bank's, a batch, a charge, a tax, money and account; then a person. */
export function matchLine(draft: Draft, key: string): readonly Work[] {
  const line = lineOf(draft.state, key);
  if (!countsIn(draft.state, line) || isDone(line)) return [];
  if (line.isHandsOff) {
    breakUnexplained(draft, key);
    return [];
  }
  const named = namedBy(draft.state, line);
  const [item] = named;
  if (item !== undefined && named.length > 1) {
    const candidates = named.map((id) => ({ items: [id], tier: 'T2' as const }));
    draft.breakLine(key, 'B14', 'names_several_items', candidates.slice(0, 5));
    return [];
  }
  if (item !== undefined) return matchItem(draft, item);
  if (line.partsDiffer) draft.breakLine(key, 'B10', 'parts_differ');
  else if (batchFileOf(draft.state, line) !== undefined) return settleBatch(draft, key);
  else if (isKnownCharge(draft.state, line)) draft.book(key, 'fee', 'T7');
  else if (line.isCharge) draft.breakLine(key, 'B12', 'unknown_charge');
  else if (mayBeRemittance(draft.state, line)) settleRemittances(draft, line.amount);
  else if (line.side === 'debit' && line.counterparty !== null)
    settleByMoney(draft, line.amount, line.counterparty);
  else breakUnexplained(draft, key);
  return [];
}

/** What names the item, and then what was guessed about payments like it: one that is settled is a candidate no longer. */
export function matchItem(draft: Draft, id: ItemId): readonly Work[] {
  if (!hasLines(draft.state, id)) return [];
  const lost = settleItem(draft, id);
  const { amount, fingerprint } = itemOf(draft.state, id);
  settleByMoney(draft, amount, fingerprint);
  return lost.flatMap((key) => matchLine(draft, key));
}

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

const isDone = (line: RailLine): boolean =>
  isForPeople(line) ? line.match !== null : line.match !== null && line.match.tier !== 'T5';
