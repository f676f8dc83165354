import type { ItemId } from '../item';
import type { Candidate } from './break-events';
import { openQuestionsOf } from './breaks';
import type { Draft } from './draft';
import { isBuiltOn, isForPeople, matchOf } from './match-item';
import { batchFileOf, isInWindow, namedBy, openAt, paidInParts, suggestionsFor } from './recognise';
import { isCrowd, moneyKeyOf } from './find';
import { remittancesLike } from './remittances';
import { type Rail, type RailLine, countsIn, isRefused, itemOf, lineOf } from './state';

const OUTDONE = { by: 'tributary', reason: 'not_the_only_one', byPerson: false };

/**
 * Payments that nothing names but their amount and account. Certain is only what is the only one both ways, on the days in which it is
 * expected; all of them are judged together and anew, so that a second one undoes what the first was taken for.
 */
export function settleByMoney(draft: Draft, amount: string, counterparty: string): void {
  const key = moneyKeyOf(amount, counterparty);
  const keys = draft.state.index.linesByMoney.get(key) ?? [];
  const lines = keys
    .map((each) => [each, lineOf(draft.state, each)] as const)
    .filter(([, line]) => isGuessed(draft.state, line));
  const pairs = isCrowd(keys) ? new Map<string, ItemId>() : pairsOf(draft.state, key, lines);
  for (const [each, line] of lines) {
    if (line.match !== null && line.match.items[0] !== pairs.get(each))
      draft.unmatch(each, OUTDONE);
  }
  for (const [each, line] of lines) {
    const id = pairs.get(each);
    if (id === undefined || lineOf(draft.state, each).match !== null) continue;
    const item = itemOf(draft.state, id);
    draft.match(matchOf(line, each, 'settled', 'T5', [[id, item]]));
    draft.close([...openQuestionsOf(id), `B17.${item.file}`], 'settled');
  }
  for (const [each] of lines)
    if (lineOf(draft.state, each).match === null) explainGuess(draft, each);
}

/** A guess that the line has named since is none any more. */
const isGuessOf = (state: Rail, line: RailLine): boolean =>
  line.match?.tier === 'T5' && !isBuiltOn(state, line) && namedBy(state, line).length === 0;

const isGuessed = (state: Rail, line: RailLine): boolean =>
  countsIn(state, line) &&
  !isForPeople(line) &&
  !isBuiltOn(state, line) &&
  !line.partsDiffer &&
  (line.match === null || line.match.tier === 'T5') &&
  namedBy(state, line).length === 0 &&
  batchFileOf(state, line) === undefined;

function pairsOf(
  state: Rail,
  key: string,
  lines: readonly (readonly [string, RailLine])[],
): ReadonlyMap<string, ItemId> {
  const items = (state.index.itemsByMoney.get(key) ?? []).filter((id) => {
    const item = itemOf(state, id);
    const isFree = item.settledBy === null || isGuessOf(state, lineOf(state, item.settledBy));
    return (
      isFree && !isRefused(state, id, item) && moneyKeyOf(item.amount, item.fingerprint) === key
    );
  });
  const pairs = new Map<string, ItemId>();
  for (const [each, line] of lines) {
    const fitting = items.filter((id) => isInWindow(state, itemOf(state, id), line.bookedOn));
    const [id] = fitting;
    if (id === undefined || fitting.length > 1) continue;
    const rivals = lines.filter(([, other]) =>
      isInWindow(state, itemOf(state, id), other.bookedOn),
    );
    if (rivals.length === 1) pairs.set(each, id);
  }
  return pairs;
}

/** What nothing names: by money and account where the bank tells one, and else it has a break. */
export function settleUnnamed(draft: Draft, key: string): void {
  const { side, amount, counterparty } = lineOf(draft.state, key);
  const isByMoney = side === 'debit' && counterparty !== null;
  if (isByMoney) settleByMoney(draft, amount, counterparty);
  const { match, break: open } = lineOf(draft.state, key);
  // Of a crowd not every line is judged.
  if (match === null && (open === null || !isByMoney)) breakUnexplained(draft, key);
}

function explainGuess(draft: Draft, key: string): void {
  const { state } = draft;
  const line = lineOf(state, key);
  const { amount, counterparty } = line;
  const open = counterparty === null ? [] : openAt(state, amount, counterparty);
  const fitting = open.filter((id) => isInWindow(state, itemOf(state, id), line.bookedOn));
  const asOne = (ids: readonly ItemId[]): readonly Candidate[] =>
    ids.slice(0, 5).map((id) => ({ items: [id], tier: 'T5' }));
  if (fitting.length > 0) draft.breakLine(key, 'B02', 'ambiguous', asOne(fitting));
  else if (open.length > 0) draft.breakLine(key, 'B09', 'outside_window', asOne(open));
  else breakUnexplained(draft, key);
}

/** Nothing is certain: a person decides, from whatever comes near. */
export function breakUnexplained(draft: Draft, key: string): void {
  const line = lineOf(draft.state, key);
  const suggested = suggestionsFor(draft.state, line);
  const parts = suggested.length > 0 ? suggested : paidInParts(draft.state, key, line);
  const candidates = [...parts, ...remittancesLike(draft.state, line)];
  const cause =
    candidates.length > 0
      ? 'ambiguous'
      : line.side === 'debit'
        ? 'no_instruction'
        : 'unexpected_credit';
  draft.breakLine(key, 'B02', line.isHandsOff ? 'taken_back' : cause, candidates);
}
