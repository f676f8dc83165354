import type { UnreadableRow } from './bank-line';
import { RAIL } from './file.fixture';
import { AT, RailBook, line, listed, naming, statement } from './rail.fixture';
import { isOurs } from './statements';
import { spec, registered, by, typesOf } from './decide.fixture';

function row(code: UnreadableRow['code']): UnreadableRow {
  return { place: 0, code, why: `row 1 has no ${code}` };
}

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

describe('large batches', () => {
  it.each([1, 299, 300, 301, 600, 601, 1_200, 1_201, 1_501])('settles all of %d items', (count) => {
    const items = Array.from({ length: count }, (_, i) => listed(`I${String(i)}`, '100'));
    const paid = line('a', { amount: String(count * 100), references: { batch: '1' } });
    const book = RailBook.registered('1000000')
      .sends(items)
      .reads(statement('1000000', [paid]));
    const isOpen = ({ item }: { readonly item: string }) =>
      book.state.items.get(item)?.settledBy !== 'a';
    expect([items.filter(isOpen), book.state.work]).toEqual([[], []]);
    book.checkSums();
  });

  it('settles what is left where many of its items were refused', () => {
    const items = Array.from({ length: 2_500 }, (_, i) => listed(`I${String(i)}`, '100'));
    const [last, ...refused] = items.toReversed().map(({ item }) => item);
    const book = RailBook.registered('1000000').sends(items);
    for (const item of refused) book.hears({ item, answer: 'rejected', codes: ['AG'] });
    const paid = line('a', { amount: '100', references: { batch: '1' } });
    book.reads(statement('1000000', [paid]));
    expect(book.state.items.get(last ?? '')?.settledBy).toBe('a');
    expect(book.state.work).toEqual([]);
  });

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
