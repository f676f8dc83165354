import type { RailCommand, RailRejected } from './commands';
import { line, listed, naming, statement } from './rail.fixture';
import { STANDARD_RULES } from './matching-rules';
import { registered, by, typesOf } from './decide.fixture';

describe('matching by people', () => {
  const sent = () => registered().sends([listed('A'), listed('B', '5000')]);

  it('settles several items by one line that is their sum', () => {
    const book = sent().reads(statement('100000', [line('a', { amount: '15000' })]));
    const match = {
      line: 'a',
      kind: 'settled',
      items: ['A', 'B'],
      reason: 'one transfer',
    } as const;
    expect(book.tell({ type: 'MatchByHand', ...by('anna'), ...match }).matches).toEqual({
      a: 'manual settled A B',
    });
    expect(book.breaks).toEqual({});
    book.checkSums();
  });

  it('refuses amounts that differ, but for what the bank keeps of a return', () => {
    const credit = line('c', { side: 'credit', amount: '9900' });
    const book = sent().reads(
      statement('100000', [line('a', { amount: '9999' }), naming('b', 'A'), credit]),
    );
    const said = { ...by('anna'), items: ['B'], reason: 'near enough' };
    book.tell({ type: 'MatchByHand', ...said, line: 'a', kind: 'settled' });
    expect(book.rejected).toEqual({ code: 'amount_mismatch', line: '9999', items: '5000' });
    const returned = { ...said, line: 'c', kind: 'returned', items: ['A'] } as const;
    const told = book.tell({ type: 'MatchByHand', ...returned }).events.at(-2);
    expect(told?.data).toMatchObject({
      matches: [{ kind: 'returned', items: [{ item: 'A', amount: '9900', fee: '100' }] }],
    });
  });

  it('needs a second person above the limit', () => {
    const book = registered().reads(statement('100000', [line('a', { amount: '2000000' })], {}));
    const match = { line: 'a', kind: 'funding', items: [], reason: 'swept' } as const;
    book.tell({ type: 'MatchByHand', ...by('anna'), ...match });
    expect(book.matches).toEqual({});
    book.tell({ type: 'ApproveMatch', ...by('anna'), line: 'a' });
    expect(book.rejected).toEqual({ code: 'same_person' });
    book.tell({ type: 'ApproveMatch', ...by('bruno'), line: 'a' });
    expect(book.matches).toEqual({ a: 'manual funding' });
    const booked = book.events.find(({ type }) => type === 'LinesBooked');
    expect(booked?.data).toMatchObject({ proposedBy: 'anna', by: 'bruno' });
  });

  it('changes what decides by itself only once two persons have said the same', () => {
    const book = registered();
    const set = (name: string, handLimit: string) =>
      book.tell({
        type: 'SetMatchingRules',
        ...by(name),
        rules: { ...STANDARD_RULES, handLimit },
      });
    const now = () => [book.state.rules.handLimit, book.state.proposedRules?.by ?? null];
    set('anna', '9000000');
    set('anna', '9000000');
    expect(now()).toEqual(['1000000', 'anna']);
    set('bruno', '8000000');
    expect(now()).toEqual(['1000000', 'bruno']);
    set('anna', '8000000');
    expect(now()).toEqual(['8000000', null]);
    expect(book.events.at(-1)?.data).toMatchObject({ by: 'anna', proposedBy: 'bruno' });
    set('anna', '9000000');
    set('bruno', '8000000');
    expect(now()).toEqual(['8000000', null]);
    expect(typesOf(book.events).filter((type) => type.startsWith('MatchingRules'))).toEqual([
      'MatchingRulesProposed',
      'MatchingRulesProposed',
      'MatchingRulesSet',
      'MatchingRulesProposed',
      'MatchingRulesSet',
    ]);
  });

  it('does not match again by itself what a person took back', () => {
    const book = sent().reads(statement('100000', [naming('a', 'A')]));
    book.tell({ type: 'UnmatchLine', ...by('anna'), line: 'a', reason: 'wrong' });
    expect([book.matches, book.breaks]).toEqual([{}, { a: 'B02 taken_back' }]);
    book.hears({ item: 'A', answer: 'claimed_paid', bankReference: 'n1' });
    expect(book.matches).toEqual({});
    book.checkSums();
    book.tell({ type: 'UnmatchLine', ...by('anna'), line: 'a', reason: 'wrong' });
    expect(book.rejected).toBeNull();
  });

  it('takes back a return before the payment that it rests on', () => {
    const back = naming('b', 'A', { side: 'credit' });
    const book = sent().reads(statement('100000', [naming('a', 'A'), back]));
    book.tell({ type: 'UnmatchLine', ...by('anna'), line: 'a', reason: 'wrong' });
    expect(book.rejected).toEqual({ code: 'item_returned', item: 'A' });
    for (const each of ['b', 'a'])
      book.tell({ type: 'UnmatchLine', ...by('anna'), line: each, reason: 'wrong' });
    expect(book.matches).toEqual({});
  });

  it('takes back a return before the batch that it rests on', () => {
    const back = naming('b', 'A', { side: 'credit', bookedOn: '2026-04-16' });
    const paid = line('a', { amount: '15000', references: { batch: '1' } });
    const book = sent().reads(statement('100000', [paid, back]));
    expect(book.matches).toEqual({ a: 'T3 settled batch', b: 'T4 returned A' });
    book.tell({ type: 'UnmatchLine', ...by('anna'), line: 'a', reason: 'wrong' });
    expect(book.rejected).toEqual({ code: 'item_returned', item: 'A' });
    for (const each of ['b', 'a'])
      book.tell({ type: 'UnmatchLine', ...by('anna'), line: each, reason: 'wrong' });
    expect(book.matches).toEqual({});
    book.checkSums();
  });

  it.each<[string, RailCommand, RailRejected['code']]>([
    [
      'an unknown line',
      { type: 'UnmatchLine', ...by('a'), line: 'x', reason: 'r' },
      'line_unknown',
    ],
    [
      'a line without a match',
      { type: 'UnmatchLine', ...by('a'), line: 'a', reason: 'r' },
      'line_not_matched',
    ],
    [
      'a match that nobody proposed',
      { type: 'ApproveMatch', ...by('a'), line: 'a' },
      'no_match_proposed',
    ],
    ['a credit as a payment', hand('c', 'settled', 'B'), 'invalid_kind'],
    ['an unknown item', hand('a', 'settled', 'X'), 'item_unknown'],
    ['an item that is paid', hand('a', 'settled', 'A'), 'item_settled'],
    ['the return of what was never paid', hand('c', 'returned', 'B'), 'item_not_settled'],
    ['items that are not for a fee', hand('a', 'fee', 'B'), 'invalid_kind'],
    ['a line that is matched', hand('m', 'outside'), 'line_matched'],
    [
      'a break that is not there',
      { type: 'CloseBreak', ...by('a'), break: 'x', reason: 'r' },
      'break_unknown',
    ],
    [
      'a line that is explained by saying so',
      { type: 'CloseBreak', ...by('a'), break: 'B02.a', reason: 'r' },
      'break_explained_by_matching',
    ],
    [
      'a statement that does not wait',
      { type: 'AcceptStatement', ...by('a'), statement: 'x', reason: 'r' },
      'statement_unknown',
    ],
  ])('refuses %s', (_, command, code) => {
    const credit = line('c', { side: 'credit' });
    const book = sent().reads(statement('100000', [line('a'), naming('m', 'A'), credit]));
    expect(book.tell(command).rejected?.code).toBe(code);
  });

  function hand(key: string, kind: 'fee' | 'outside' | 'returned' | 'settled', ...items: string[]) {
    return { type: 'MatchByHand' as const, ...by('a'), line: key, kind, items, reason: 'r' };
  }
});
