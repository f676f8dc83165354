import { type Decision, type Uuid, accept, nothing, reject, startOfDay } from '@tributary/kernel';
import type { ExpectRemittance, RailRejected } from './commands';
import { Draft } from './draft';
import type { RailEvent } from './events';
import { evolveAhead } from './evolve';
import { moneyKeyOf } from './find';
import type { Tier } from './match-events';
import { isForPeople } from './match-item';
import { breakUnexplained, settleUnnamed } from './match-money';
import { batchFileOf, isKnownCharge, namedBy } from './recognise';
import {
  type Expected,
  asCandidates,
  isExpectedOn,
  namesRemittance,
  overdueId,
  remittancesOf,
} from './remittances';
import { type Rail, type RailLine, countsIn, lineOf } from './state';

/** A statement may have shown it before anybody said what it was. */
export function expectRemittance(
  command: ExpectRemittance,
  state: Rail,
): Decision<RailEvent, RailRejected> {
  const { rail, remittance, amount, reference, paidOn, by } = command;
  if (state.of === null) return reject({ code: 'account_unknown', rail });
  if (state.remittances.has(remittance)) return nothing;
  const expected: RailEvent = {
    type: 'RemittanceExpected',
    data: { rail, remittance, amount, reference, paidOn, by },
    occurredAt: startOfDay(paidOn, state.of.zone),
  };
  const draft = new Draft(evolveAhead(state, [expected]));
  settleRemittances(draft, amount);
  return accept(expected, ...draft.finish());
}

type Line = readonly [key: string, line: RailLine];
type Pairs = ReadonlyMap<string, { readonly remittance: Uuid; readonly tier: Tier }>;

const OUTDONE = { by: 'tributary', reason: 'not_the_only_one', byPerson: false };

/**
 * Payments to a tax authority of one amount, by the number of their document, and else by the day. Certain is only what is the only
 * one both ways; all of them are judged together and anew, so that a second one undoes what the first was taken for.
 */
export function settleRemittances(draft: Draft, amount: string): void {
  const expected = expectedOf(draft.state, amount);
  if (expected.length === 0) return;
  const lines = draft.state.lines
    .entries()
    .filter(([, line]) => line.amount === amount && isOpen(draft.state, line));
  const pairs = pairsOf(draft.state, lines, expected);
  for (const [key, { match }] of lines)
    if (match !== null && match.remittance !== pairs.get(key)?.remittance)
      draft.unmatch(key, OUTDONE);
  for (const [key, { remittance, tier }] of pairs)
    if (lineOf(draft.state, key).match === null) {
      draft.book(key, 'tax', tier, remittance);
      draft.close([overdueId(remittance)], 'settled');
    }
  for (const [key, { match: before }] of lines) {
    const line = lineOf(draft.state, key);
    if (line.match !== null) continue;
    const near = expectedOf(draft.state, amount).filter((each) => isNear(draft.state, line, each));
    const open = asCandidates(near);
    if (open.length > 0) draft.breakLine(key, 'B02', 'ambiguous', open);
    else if (near.length > 0) breakUnexplained(draft, key);
    // It was a tax until now; what never was one is judged by what it is.
    else if (before !== null) settleUnnamed(draft, key);
  }
}

/** Whether a line is to be judged by what was declared. */
export const mayBeRemittance = (state: Rail, line: RailLine): boolean =>
  state.remittances.size > 0 &&
  isOpen(state, line) &&
  expectedOf(state, line.amount).some((each) => isNear(state, line, each));

/** All but those whose line is judged elsewhere, as by a person: they are shown until it is taken from them. */
const expectedOf = (state: Rail, amount: string): readonly Expected[] =>
  remittancesOf(state, amount).filter(
    ([, { shownBy }]) => shownBy === null || isOpen(state, lineOf(state, shownBy)),
  );

const isNear = (state: Rail, line: RailLine, [, each]: Expected): boolean =>
  namesRemittance(line, each) || (isNobodys(state, line) && isExpectedOn(state, line, each));

/** Neither a person nor anything that is known of it says that it is something else. */
const isOpen = (state: Rail, line: RailLine): boolean =>
  line.side === 'debit' &&
  !line.isCharge &&
  !line.partsDiffer &&
  !isKnownCharge(state, line) &&
  (line.match === null || line.match.kind === 'tax') &&
  countsIn(state, line) &&
  !isForPeople(line) &&
  namedBy(state, line).length === 0 &&
  batchFileOf(state, line) === undefined;

/** No payment of ours of this amount has ever gone to that account. */
const isNobodys = ({ index }: Rail, { amount, counterparty }: RailLine): boolean =>
  counterparty === null || !index.itemsByMoney.has(moneyKeyOf(amount, counterparty));

function pairsOf(state: Rail, lines: readonly Line[], expected: readonly Expected[]): Pairs {
  const pairs = new Map<string, { readonly remittance: Uuid; readonly tier: Tier }>();
  const pairUp = (tier: Tier, fits: (line: RailLine, each: Expected) => boolean) => {
    const free = {
      lines: lines.filter(([key]) => !pairs.has(key)),
      expected: expected.filter(([id]) =>
        [...pairs.values()].every(({ remittance }) => remittance !== id),
      ),
    };
    for (const [key, line] of free.lines) {
      const fitting = free.expected.filter((each) => fits(line, each));
      const [only] = fitting;
      if (only === undefined || fitting.length > 1) continue;
      const rivals = free.lines.filter(([, other]) => fits(other, only));
      if (rivals.length === 1) pairs.set(key, { remittance: only[0], tier });
    }
  };
  pairUp('T2', (line, [, each]) => namesRemittance(line, each));
  pairUp('T5', (line, [, each]) => isNobodys(state, line) && isExpectedOn(state, line, each));
  return pairs;
}
