import { type Decision, type Uuid, accept, nothing, reject, startOfDay } from '@tributary/kernel';
import type { ItemId } from '../item';
import { entryOfBooked } from './booked';
import { openQuestionsOf } from './breaks';
import type { ApproveMatch, MatchByHand, RailRejected, UnmatchLine } from './commands';
import { Draft } from './draft';
import type { RailEvent } from './events';
import { itemsOfFile } from './match-batch';
import { breakUnexplained, settleByMoney } from './match-money';
import { matchOf } from './match-item';
import { matchItem } from './match-line';
import { settleRemittances } from './match-remittance';
import { overdueId } from './remittances';
import {
  type BookedKind,
  type HandMatch,
  type ItemMatch,
  type Work,
  isBooked,
} from './match-events';
import { type Rail, type RailItem, type RailLine, countsIn, itemOf, lineOf, ofRail } from './state';
import { pastWork } from './work';

type Decided = Decision<RailEvent, RailRejected>;

/** What no rule may decide. The amounts still have to agree: what the bank kept of a return is the only difference allowed. */
export function matchByHand(command: MatchByHand, state: Rail): Decided {
  const { line: key, kind, items, remittance, repayment, reason, by, at } = command;
  const refused = refusalOf(command, state);
  if (refused) return reject(refused);
  const line = lineOf(state, key);
  const of = { ...(remittance && { remittance }), ...(repayment && { repayment }) };
  const proposal = { line: key, kind, items, reason, ...of };
  if (BigInt(line.amount) > BigInt(state.rules.handLimit)) {
    const known = state.proposals.get(key);
    if (known && known.by === by && sameMatch(known, proposal)) return nothing;
    const data = { rail: ofRail(state).rail, ...proposal, by };
    return accept({ type: 'MatchProposed', data, occurredAt: at });
  }
  return accept(...matched(state, proposal, { by, proposedBy: null }));
}

const sameMatch = (a: HandMatch, b: HandMatch): boolean =>
  a.kind === b.kind &&
  a.reason === b.reason &&
  a.remittance === b.remittance &&
  a.repayment?.repayment === b.repayment?.repayment &&
  a.items.join() === b.items.join();

export function approveMatch({ line: key, by }: ApproveMatch, state: Rail): Decided {
  const proposal = state.proposals.get(key);
  if (!state.lines.has(key)) return reject({ code: 'line_unknown' });
  if (proposal === undefined) return reject({ code: 'no_match_proposed' });
  if (proposal.by === by) return reject({ code: 'same_person' });
  const refused = refusalOf(proposal, state);
  if (refused) return reject(refused);
  return accept(...matched(state, proposal, { by, proposedBy: proposal.by }));
}

export function refusalOf(match: HandMatch, state: Rail): RailRejected | undefined {
  const { line: key, kind, items, remittance, repayment } = match;
  const line = state.lines.get(key);
  if (line === undefined || !countsIn(state, line)) return { code: 'line_unknown' };
  if (state.work.length > 0) return { code: 'matching_behind' };
  if (line.match !== null) return { code: 'line_matched', kind: line.match.kind };
  const { side } = line;
  if (kind === 'settled' || kind === 'returned') return itemsRefused(state, line, kind, items);
  const isCredit = side === 'credit';
  const isOdd =
    (kind === 'tax') !== (remittance !== undefined) ||
    (kind === 'repaid') !== (repayment !== undefined && isCredit);
  if (items.length > 0 || isOdd) return { code: 'invalid_kind', kind, side };
  return remittance === undefined ? undefined : taxRefused(state, line, remittance);
}

function taxRefused(
  { remittances }: Rail,
  { side, amount }: RailLine,
  remittance: Uuid,
): RailRejected | undefined {
  const expected = remittances.get(remittance);
  if (side !== 'debit') return { code: 'invalid_kind', kind: 'tax', side };
  if (expected === undefined) return { code: 'remittance_unknown' };
  if (expected.shownBy !== null) return { code: 'remittance_matched', line: expected.shownBy };
  if (expected.amount === amount) return undefined;
  return { code: 'amount_mismatch', line: amount, items: expected.amount };
}

function itemsRefused(
  state: Rail,
  { side, amount }: RailLine,
  kind: ItemMatch['kind'],
  items: readonly ItemId[],
): RailRejected | undefined {
  if (side !== (kind === 'settled' ? 'debit' : 'credit') || items.length === 0)
    return { code: 'invalid_kind', kind, side };
  let sum = 0n;
  for (const id of new Set(items)) {
    const item = state.items.get(id);
    if (item === undefined) return { code: 'item_unknown', item: id };
    const wrong = kind === 'settled' ? notToSettle(state, id, item) : notToReturn(id, item);
    if (wrong) return wrong;
    sum += BigInt(item.amount);
  }
  const kept = sum - BigInt(amount);
  const agrees = kept === 0n || (kind === 'returned' && kept > 0n && items.length === 1);
  return agrees ? undefined : { code: 'amount_mismatch', line: amount, items: String(sum) };
}

/** What the bank has rejected is owed again by its account, which would book no payment of it. */
function notToSettle(
  { files }: Rail,
  item: ItemId,
  { settledBy }: RailItem,
): RailRejected | undefined {
  if (settledBy !== null) return { code: 'item_settled', item };
  return files.items.get(item)?.state === 'rejected' ? { code: 'item_rejected', item } : undefined;
}

function notToReturn(item: ItemId, { settledBy, returnedBy }: RailItem): RailRejected | undefined {
  if (settledBy === null) return { code: 'item_not_settled', item };
  return returnedBy === null ? undefined : { code: 'item_returned', item };
}

function matched(
  state: Rail,
  { line: key, kind, items, remittance, repayment, reason }: HandMatch,
  by: { readonly by: string; readonly proposedBy: string | null },
): readonly RailEvent[] {
  const line = lineOf(state, key);
  const draft = new Draft(state);
  if (isBooked(kind)) {
    draft.emit(bookedByHand(state, [key, kind, remittance], { ...by, reason }));
    if (line.break !== null) draft.close([line.break], 'matched', by.by);
    if (remittance !== undefined) draft.close([overdueId(remittance)], 'settled');
    if (kind === 'tax') settleRemittances(draft, line.amount);
    return draft.finish();
  }
  const named = [...new Set(items)].map((id) => [id, itemOf(state, id)] as const);
  const of = repayment && { repayment };
  const match = { ...matchOf(line, key, kind, 'manual', named), ...of, ...by, reason };
  const kept = named.reduce((sum, [, { amount }]) => sum + BigInt(amount), -BigInt(line.amount));
  const parts =
    kind === 'returned' && kept > 0n
      ? match.items.map((each) => ({ ...each, amount: line.amount, fee: String(kept) }))
      : match.items;
  draft.match({ ...match, items: parts });
  for (const [id, item] of named) {
    if (kind === 'settled') draft.close([...openQuestionsOf(id), `B17.${item.file}`], 'settled');
    // What was guessed, or waited, for the same items is judged anew.
    const more = matchItem(draft, id);
    if (more.length > 0) return [...draft.finish(), ...pastWork(draft.state, more)];
  }
  return draft.finish();
}

function bookedByHand(
  state: Rail,
  [key, kind, remittance]: readonly [key: string, kind: BookedKind, remittance: Uuid | undefined],
  by: { readonly by: string; readonly proposedBy: string | null; readonly reason: string },
): RailEvent {
  const of = ofRail(state);
  const { bookedOn, side, amount, code } = lineOf(state, key);
  const lines = [{ line: key, side, amount, code, ...(remittance && { remittance }) }];
  const entry = entryOfBooked(of, kind, lines, { isUndone: false });
  return {
    type: 'LinesBooked',
    data: { ...of, kind, tier: 'manual', bookedOn, lines, ...by, entry },
    occurredAt: startOfDay(bookedOn, of.zone),
  };
}

/** The match stays on record, and so does that it was taken back, by whom and why. */
export function unmatchLine({ line: key, by, reason }: UnmatchLine, state: Rail): Decided {
  const line = state.lines.get(key);
  if (line === undefined) return reject({ code: 'line_unknown' });
  if (state.work.length > 0) return reject({ code: 'matching_behind' });
  if (line.match === null) return line.isHandsOff ? nothing : reject({ code: 'line_not_matched' });
  const { kind, items, batch } = line.match;
  if (kind === 'repaid') return reject({ code: 'repayment_final' });
  const settled =
    batch === null
      ? items
      : [...itemsOfFile(state, batch)].filter((id) => itemOf(state, id).settledBy === key);
  const returned =
    kind === 'settled' ? settled.find((id) => itemOf(state, id).returnedBy !== null) : undefined;
  if (returned !== undefined) return reject({ code: 'item_returned', item: returned });
  const told = { by, reason, byPerson: true };
  if (batch !== null) {
    const work: Work = { kind: 'unbatch', line: key, from: 0, ...told };
    return accept(...pastWork(state, [work]));
  }
  const draft = new Draft(state);
  draft.unmatch(key, told);
  breakUnexplained(draft, key);
  for (const id of items) {
    const more = matchItem(draft, id);
    if (more.length > 0) return accept(...draft.finish(), ...pastWork(draft.state, more));
  }
  const { amount, counterparty } = line;
  if (kind === 'tax') settleRemittances(draft, amount);
  if (counterparty !== null) settleByMoney(draft, amount, counterparty);
  return accept(...draft.finish());
}
