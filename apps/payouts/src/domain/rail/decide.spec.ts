import { specFor } from '@tributary/kernel/testing';
import type { UnreadableRow } from './bank-line';
import { bankHolidaysOf, businessDaysBetween, plusBusinessDays } from './business-days';
import type { RailCommand, RailRejected } from './commands';
import { rail } from './decide';
import type { RailEvent } from './events';
import { FILE_A, FILE_B, RAIL } from './file.fixture';
import { AT, RailBook, line, listed, naming, statement } from './rail.fixture';
import { isOurs } from './statements';

const spec = specFor<RailCommand, RailEvent, typeof rail.initial, RailRejected>(rail);
const registered = () => RailBook.registered();
const by = (name: string) => ({ rail: RAIL, at: AT, by: name });
const typesOf = (events: readonly RailEvent[]) => events.map(({ type }) => type);

describe('taking in a statement', () => {
  it('counts its lines once all of them are here and add up', () => {
    const book = registered().reads(statement('100000', [line('a')]));
    expect(typesOf(book.events)).toEqual([
      'PayingAccountRegistered',
      'StatementReceived',
      'LinesImported',
      'StatementImported',
      'BreaksOpened',
    ]);
    book.checkSums();
  });

  it.each<[string, Parameters<typeof statement>, string]>([
    [
      'opening and movements do not make its closing',
      ['100000', [line('a')], { closing: '1' }],
      'does_not_add_up',
    ],
    [
      'it is of another account',
      ['100000', [line('a')], { account: '1234567891' }],
      'foreign_account',
    ],
    ['it is of another bank', ['100000', [line('a')], { bank: '0237' }], 'foreign_account'],
    ['it is in another currency', ['100000', [line('a')], { asset: 'USD/2' }], 'currency'],
    ['it has no balance', ['0', [line('a')], { opening: null, closing: null }], 'balance_missing'],
    ['nothing says of when it is', ['0', [], { from: null, until: null }], 'period_missing'],
    [
      'a row could not be read',
      ['100000', [line('a')], { unreadable: [row('date')] }],
      'unreadable_rows',
    ],
    [
      'a row is in another currency',
      ['100000', [line('a')], { unreadable: [row('currency')] }],
      'currency',
    ],
  ])('quarantines it whole where %s', (_, said, reason) => {
    const book = registered().reads(statement(...said));
    expect(book.state.lines.size).toBe(0);
    expect(Object.values(book.breaks)).toEqual([
      `${reason === 'currency' ? 'B13' : 'B11'} ${reason}`,
    ]);
    const before = book.events.length;
    expect(book.reads(statement(...said)).events).toHaveLength(before);
  });

  it('lets it wait where the balance does not go on, until what is missing has come', () => {
    const [first, second] = [
      statement('100000', [line('a')], { id: '1' }),
      statement('90000', [line('b', { bookedOn: '2026-04-16' })], { id: '2' }),
    ];
    const book = registered().reads(second);
    expect(Object.values(book.breaks)).toEqual(['B11 continuity']);
    expect(Object.keys(book.reads(first).breaks)).toEqual(['a', 'b']);
    book.checkSums();
  });

  it('lets a person accept it, with the jump on record', () => {
    const late = statement('70000', [line('b')]);
    const book = registered().reads(late);
    const [key = ''] = book.state.waiting;
    book.tell({ type: 'AcceptStatement', ...by('anna'), statement: key, reason: 'moved by hand' });
    const counted = book.events.find(({ type }) => type === 'StatementImported');
    expect(counted?.data).toMatchObject({ jump: '-30000', by: 'anna', reason: 'moved by hand' });
    const next = statement('60000', [line('c', { bookedOn: '2026-04-16' })]);
    expect(book.reads(next).state.waiting).toEqual([]);
  });

  it('takes periods that overlap, and tells what one has and the other has not', () => {
    const on = (day: string) => ({ bookedOn: `2026-04-${day}` });
    const [a, b, c] = [line('a', on('15')), line('b', on('16')), line('c', on('17'))];
    const book = registered().reads(statement('100000', [a, b]), statement('90000', [b, c]));
    expect(Object.keys(book.breaks)).toEqual(['a', 'b', 'c']);
    const other = statement('90000', [line('x', on('16')), c], { id: 'other' });
    expect(Object.values(book.reads(other).breaks)).toContain('B11 continuity');
    book.checkSums();
  });

  it('counts the lines of a day that was cut off and told again whole', () => {
    const book = registered().reads(
      statement('100000', [line('a')], { id: 'noon' }),
      statement('100000', [line('a'), line('b')], { id: 'evening' }),
    );
    expect(Object.keys(book.breaks)).toEqual(['a', 'b']);
    book.checkSums();
  });

  it('refuses to finish what is not all here', () => {
    const book = registered();
    const { lines, warnings, unreadable, ...head } = statement('100000', [line('a')]);
    const totals = { count: 1, debits: '10000', credits: '0', digest: 'd' };
    const on = { rail: RAIL, statement: 's', at: AT };
    const booked = { first: '2026-04-15', last: '2026-04-15' };
    const told = { head, totals, booked, unreadable, warnings, file: 'f', by: 'anna' };
    book.tell({ type: 'ReceiveStatement', ...on, ...told }, { type: 'FinishStatement', ...on });
    expect(book.rejected).toEqual({ code: 'statement_incomplete', lines: 1, received: 0 });
    const late = { chunk: 1, lines };
    spec
      .given(...book.events)
      .when({ type: 'ImportLines', ...on, chunks: [late] })
      .thenRejected({ code: 'chunk_out_of_order', expected: 0 });
  });

  it.each([
    ['56789-0', true],
    ['0000567890', true],
    ['1234567890', true],
    ['1234/56789-0', true],
    ['3411234567890', true],
    ['BR1560701190012340000567890C1', true],
    ['567891', false],
    ['234567890', false],
    ['BR1560701190012350000567890C1', false],
    ['56789', false],
  ])('knows whether %s is our account', (account, ours) => {
    const { account: own } = registered().state.files.account ?? {};
    if (!own) throw new Error('It was registered.');
    expect(isOurs({ account, bank: null }, { account: own }, [])).toBe(ours);
  });
});

describe('keeping what is known', () => {
  it('is the very same from a snapshot, with everything that can stand in it', () => {
    const fee = line('f', { amount: '150', code: 'FEE', isCharge: true });
    const big = line('g', { amount: '2000000' });
    const back = naming('b', 'A', { side: 'credit', bookedOn: '2026-04-16' });
    const book = registered()
      .sends([listed('A'), listed('B', '5000')])
      .hears({ item: 'A', bankReference: 'n1' }, { item: 'B', answer: 'unknown', codes: ['QQ'] })
      .reads(
        statement('100000', [naming('a', 'A'), naming('d', 'A'), back, fee, big]),
        statement('5', [line('w', { bookedOn: '2026-04-20' })], { id: 'waits', sequence: 9 }),
        statement('5', [], { asset: 'USD/2' }),
      );
    const match = { line: 'g', kind: 'outside', items: [], reason: 'swept' } as const;
    book.tell({ type: 'MatchByHand', ...by('anna'), ...match });
    book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf: '2026-05-30' });
    spec
      .given(...book.events)
      .when({ type: 'ApproveMatch', ...by('anna'), line: 'g' })
      .thenRejected({ code: 'same_person' });
  });
});

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

describe('what comes in another order than it happened', () => {
  it('matches a line that came before the bank told the number in it', () => {
    const book = registered().sends([listed('A')]);
    book.reads(statement('100000', [line('a', { references: { bank: 'n1' } })]));
    expect(book.matches).toEqual({});
    book.hears({ item: 'A', answer: 'claimed_paid', bankReference: 'n1' });
    expect(book.matches).toEqual({ a: 'T2 settled A' });
  });

  it('keeps a payment settled that the bank rejects afterwards, and asks a person', () => {
    const book = registered()
      .sends([listed('A')])
      .reads(statement('100000', [naming('a', 'A')]));
    book.hears({ item: 'A', answer: 'rejected', codes: ['AG'] });
    expect([book.matches, book.breaks]).toEqual([
      { a: 'T1 settled A' },
      { A: 'B07 rejected_after_debit' },
    ]);
  });

  it('knows a return that came before its payment', () => {
    const back = naming('b', 'A', { side: 'credit', bookedOn: '2026-04-16' });
    const book = registered().sends([listed('A')]);
    book.reads(statement('90000', [back], { id: '2' }), statement('100000', [naming('a', 'A')]));
    expect(book.matches).toEqual({ a: 'T1 settled A', b: 'T4 returned A' });
  });

  it('sums a batch anew when the bank says what it did not take', () => {
    const paid = line('a', { amount: '10000', references: { batch: 'LOTE-000001' } });
    const book = registered().sends([listed('A'), listed('B', '5000')]);
    expect(book.reads(statement('100000', [paid])).breaks).toEqual({ a: 'B10 sum_differs' });
    book.hears({ item: 'B', answer: 'rejected', codes: ['AG'] });
    expect(book.matches).toEqual({ a: 'T3 settled batch' });
    expect(book.state.items.get('A')?.settledBy).toBe('a');
    expect(book.state.items.get('B')?.settledBy).toBeNull();
  });

  it('pays the bank’s own correction against its mistake, and neither against the payment', () => {
    const correction = naming('c', 'A', {
      side: 'credit',
      isReversal: true,
      bookedOn: '2026-04-17',
    });
    const book = registered().sends([listed('A')]);
    book.reads(statement('100000', [naming('a', 'A'), naming('b', 'A'), correction]));
    expect(book.matches).toEqual({ a: 'T1 settled A', b: 'T4 correction', c: 'T4 correction' });
    book.checkSums();
  });
});

describe('large batches', () => {
  it('settles and takes back more items than one event holds', () => {
    const items = Array.from({ length: 3_000 }, (_, i) => listed(`I${String(i)}`, '100'));
    const book = registered().sends(items);
    const paid = line('a', { amount: '300000', references: { batch: '1' } });
    book.reads(statement('300000', [paid], {}));
    const [key = ''] = book.state.waiting;
    book.tell({ type: 'AcceptStatement', ...by('anna'), statement: key, reason: 'first' });
    const settled = () => items.filter(({ item }) => book.state.items.get(item)?.settledBy === 'a');
    expect(settled()).toHaveLength(3_000);
    expect(book.state.work).toEqual([]);
    book.tell({ type: 'UnmatchLine', ...by('anna'), line: 'a', reason: 'wrong' });
    expect([settled().length, book.matches, book.state.work]).toEqual([0, {}, []]);
    book.checkSums();
  });
});

describe('ageing', () => {
  it('opens what is overdue once, and closes it when the money shows', () => {
    const book = registered()
      .sends([listed('A')])
      .sends([listed('B', '5000')], FILE_B);
    book.hears({ item: 'B', answer: 'claimed_paid' });
    const age = (asOf: string) => book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf });
    expect(age('2026-04-16').breaks).toEqual({});
    expect(age('2026-04-17').breaks).toEqual({
      A: 'B01 overdue',
      B: 'B16 overdue',
      [FILE_A]: 'B17 no_answer',
    });
    const before = book.events.length;
    expect(age('2026-04-30').events).toHaveLength(before);
    book.reads(statement('100000', [naming('a', 'A'), naming('b', 'B', { amount: '5000' })]));
    expect(book.breaks).toEqual({});
  });

  it('does not open again what a person has explained', () => {
    const book = registered().sends([listed('A')]);
    const age = () => book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf: '2026-05-30' });
    age();
    book.tell({ type: 'AssignBreak', ...by('anna'), break: 'B01.A', owner: 'treasury', note: 'n' });
    expect(book.breakAbout('A')?.owner).toBe('treasury');
    book.tell({ type: 'CloseBreak', ...by('anna'), break: 'B01.A', reason: 'never sent' });
    expect(Object.keys(age().breaks)).toEqual([FILE_A]);
  });

  it('counts days on which Brazilian banks are open', () => {
    expect([...bankHolidaysOf(2026)].sort()).toEqual(
      [
        '01-01',
        '02-16',
        '02-17',
        '04-03',
        '04-21',
        '05-01',
        '06-04',
        '09-07',
        '10-12',
        '11-02',
        '11-15',
        '11-20',
        '12-25',
      ].map((day) => `2026-${day}`),
    );
    expect(bankHolidaysOf(2023).has('2023-11-20')).toBe(false);
    expect(plusBusinessDays('2026-04-02', 1)).toBe('2026-04-06');
    expect(plusBusinessDays('2026-04-18', 1)).toBe('2026-04-22');
    expect(businessDaysBetween('2026-04-15', '2026-04-22')).toBe(4);
    expect(businessDaysBetween('2026-04-15', '2026-04-15')).toBe(0);
  });
});

function row(code: UnreadableRow['code']): UnreadableRow {
  return { place: 0, code, why: `row 1 has no ${code}` };
}
