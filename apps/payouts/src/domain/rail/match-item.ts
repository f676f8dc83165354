import type { ItemId } from '../item';
import { endToEndIdOf } from './bank-line';
import type { BreakType, Candidate } from './break-events';
import { openQuestionsOf } from './breaks';
import type { Draft } from './draft';
import { type ItemMatch, type Tier, isBooked } from './match-events';
import { isNamedByUs, linesNaming } from './recognise';
import {
  type LineMatch,
  type Rail,
  type RailItem,
  type RailLine,
  isRefused,
  itemOf,
  lineOf,
} from './state';

type Verdict =
  | { readonly kind: 'correction' | 'returned' | 'settled'; readonly tier: Tier }
  | { readonly kind: 'break'; readonly type: BreakType; readonly cause: string };

/** Another line turned out to be the payment. */
export const STRONGER = { by: 'tributary', reason: 'stronger_evidence', byPerson: false };

/**
 * Everything that names one item, judged together and always anew: so the outcome does not depend on the order in which statements
 * came. Answers with the line that lost the item to a stronger one, where there is one.
 */
export function settleItem(draft: Draft, id: ItemId): readonly string[] {
  const item = itemOf(draft.state, id);
  const lines = linesNaming(draft.state, id).filter(
    ([, line]) =>
      !isForPeople(line) && line.match?.batch == null && !isBuiltOn(draft.state, line, id),
  );
  if (lines.length === 0) return [];
  const verdicts = verdictsOf(draft.state, id, item, lines);
  const lost = undoOthers(draft, id, item, verdicts);
  for (const [key, { kind, ...verdict }] of verdicts) {
    const match = lineOf(draft.state, key).match;
    if (match !== null && !isFor(match, id, kind)) draft.unmatch(key, STRONGER);
    if (kind === 'correction' && match?.kind !== kind) draft.book(key, kind, 'T4');
    if ((kind === 'settled' || kind === 'returned') && 'tier' in verdict)
      matchOne(draft, id, key, kind, verdict.tier);
  }
  const candidates: readonly Candidate[] = [{ items: [id], tier: 'T1' }];
  for (const [key, verdict] of verdicts) {
    if (verdict.kind === 'break') draft.breakLine(key, verdict.type, verdict.cause, candidates);
  }
  return lost;
}

/** What was guessed or booked before the line was known to name the item is something else, and cash leaves once. */
const isFor = (match: LineMatch, id: ItemId, kind: Verdict['kind']): boolean =>
  isBooked(match.kind) ? match.kind === kind : match.items.includes(id);

/** Guessed to be the payment of another item, and its return is matched since: by a person, so it stays. */
export const isBuiltOn = (state: Rail, { match }: RailLine, id?: ItemId): boolean =>
  match?.tier === 'T5' &&
  match.items.some((each) => each !== id && itemOf(state, each).returnedBy !== null);

/** Matched by hand, or taken back by hand: only a person changes that. */
export const isForPeople = ({ match, isHandsOff }: RailLine): boolean =>
  isHandsOff || match?.tier === 'manual';

function verdictsOf(
  state: Rail,
  id: ItemId,
  item: RailItem,
  lines: readonly (readonly [string, RailLine])[],
): readonly (readonly [string, Verdict])[] {
  const own = new Set(lines.map(([key]) => key));
  let [settledBy, returnedBy] = [fixed(item.settledBy), fixed(item.returnedBy)];
  const verdicts: [string, Verdict][] = [];
  const doubles: string[] = [];
  const sides = ['debit', 'credit'].map((side) => lines.filter(([, line]) => line.side === side));
  for (const [key, line] of sides[0] ?? []) {
    const flaw = flawOf(state, line, item) ?? refusalOf(key);
    if (flaw) verdicts.push([key, flaw]);
    else if (settledBy === null) {
      settledBy = key;
      verdicts.push([key, { kind: 'settled', tier: isNamedByUs(line, id) ? 'T1' : 'T2' }]);
    } else {
      doubles.push(key);
      verdicts.push([key, second(line, lineOf(state, settledBy))]);
    }
  }
  for (const [key, line] of sides[1] ?? []) {
    const flaw = flawOf(state, line, item);
    const double = line.isReversal && !flaw ? doubles.shift() : undefined;
    if (double !== undefined) {
      // The bank took back its own mistake: neither line is a payment, and together they are nothing.
      const pair: Verdict = { kind: 'correction', tier: 'T4' };
      verdicts.splice(
        verdicts.findIndex(([each]) => each === double),
        1,
        [double, pair],
      );
      verdicts.push([key, pair]);
    } else if (flaw) verdicts.push([key, flaw]);
    else if (settledBy === null)
      verdicts.push([key, { kind: 'break', type: 'B06', cause: 'return_before_settlement' }]);
    else if (returnedBy === null) {
      returnedBy = key;
      verdicts.push([key, { kind: 'returned', tier: 'T4' }]);
    } else verdicts.push([key, second(line, lineOf(state, returnedBy))]);
  }
  return verdicts;

  /** What a batch or a person has matched stays; what was guessed by money gives way. */
  function fixed(key: string | null): string | null {
    if (key === null || own.has(key)) return null;
    return lineOf(state, key).match?.tier === 'T5' ? null : key;
  }

  // What was settled before the bank rejected it stays settled: the statement is the truth.
  function refusalOf(key: string): Verdict | undefined {
    if (item.settledBy === key || !isRefused(state, id, item)) return undefined;
    return { kind: 'break', type: 'B07', cause: 'debited_after_rejection' };
  }
}

function flawOf(state: Rail, line: RailLine, item: RailItem): Verdict | undefined {
  if (line.amount !== item.amount) return { kind: 'break', type: 'B03', cause: 'amount_differs' };
  const { counterparty, side } = line;
  // Banks write accounts in many ways, so only one that is somebody else's for certain says anything.
  const isElsewhere =
    side === 'debit' &&
    counterparty !== null &&
    counterparty !== item.fingerprint &&
    state.index.accounts.has(counterparty);
  return isElsewhere
    ? { kind: 'break', type: 'B08', cause: 'account_of_another_payee' }
    : undefined;
}

/** The same words again are the same movement, told twice; other words are other money. */
function second(line: RailLine, first: RailLine): Verdict {
  const isSame =
    line.references.bank !== null &&
    line.references.bank === first.references.bank &&
    line.bookedOn === first.bookedOn;
  if (isSame) return { kind: 'break', type: 'B04', cause: 'line_told_twice' };
  return line.side === 'debit'
    ? { kind: 'break', type: 'B05', cause: 'paid_twice' }
    : { kind: 'break', type: 'B02', cause: 'returned_twice' };
}

/** Returns are undone before the settlement that they rest on. */
function undoOthers(
  draft: Draft,
  id: ItemId,
  item: RailItem,
  verdicts: readonly (readonly [string, Verdict])[],
): readonly string[] {
  const wanted = (kind: Verdict['kind']) => verdicts.find(([, each]) => each.kind === kind)?.[0];
  const lost: string[] = [];
  const [settler, returner] = [wanted('settled'), wanted('returned')];
  const isNew = settler !== undefined && item.settledBy !== null && item.settledBy !== settler;
  const isGone = item.settledBy !== null && settler === undefined && isAmong(item.settledBy);
  const { returnedBy, settledBy } = item;
  if (
    returnedBy !== null &&
    (isNew || isGone || (returner !== returnedBy && isAmong(returnedBy)))
  ) {
    draft.unmatch(returnedBy, STRONGER);
    lost.push(returnedBy);
  }
  if (settledBy !== null && (isNew || isGone)) {
    draft.unmatch(settledBy, STRONGER);
    if (!isAmong(settledBy)) lost.push(settledBy);
  }
  return lost.filter((key) => !isAmong(key) && id !== key);

  function isAmong(key: string): boolean {
    return verdicts.some(([each]) => each === key);
  }
}

function matchOne(
  draft: Draft,
  id: ItemId,
  key: string,
  kind: ItemMatch['kind'],
  tier: Tier,
): void {
  const item = itemOf(draft.state, id);
  if ((kind === 'settled' ? item.settledBy : item.returnedBy) === key) return;
  draft.match(matchOf(lineOf(draft.state, key), key, kind, tier, [[id, item]]));
  if (kind === 'settled') {
    draft.close([...openQuestionsOf(id), `B17.${item.file}`], 'settled');
    return;
  }
  const { bookedOn, returnReason } = lineOf(draft.state, key);
  draft.open({
    id: `B06.${id}`,
    type: 'B06',
    about: { item: id },
    cause: returnReason ?? 'returned',
    on: bookedOn,
    amount: item.amount,
    side: null,
    candidates: [],
    owner: 'finance',
  });
}

export function matchOf(
  line: RailLine,
  key: string,
  kind: ItemMatch['kind'],
  tier: Tier,
  items: readonly (readonly [ItemId, RailItem])[],
): ItemMatch {
  const { bookedOn, references, returnReason } = line;
  const endToEndId = items.length === 1 ? endToEndIdOf(references) : undefined;
  return {
    line: key,
    tier,
    kind,
    bookedOn,
    bankReference: references.bank ?? references.endToEnd,
    ...(endToEndId && { endToEndId }),
    returnReason,
    items: items.map(([item, { partner, amount }]) => ({ item, partner, amount, fee: '0' })),
    batch: null,
    by: null,
    proposedBy: null,
    reason: null,
  };
}
