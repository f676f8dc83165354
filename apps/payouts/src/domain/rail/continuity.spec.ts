import fc from 'fast-check';
import { type BankLine, type BankStatement, signedOf } from './bank-line';
import type { RailBook } from './rail.fixture';
import { line, naming, listed, statement } from './rail.fixture';
import { by, registered } from './decide.fixture';

const on = (day: string) => ({ bookedOn: `2026-04-${day}` });
const [a, b, c] = [line('a'), line('b', { amount: '700' }), line('c', { amount: '50' })];
const next = (opening: string, said: Partial<BankStatement> = {}) =>
  statement(opening, [line('next', on('16'))], { id: 'next', ...said });

/** A person lets the one count that waits. */
function accepts(book: RailBook): RailBook {
  const [key = '', ...others] = book.state.waiting;
  expect(others).toEqual([]);
  return book.tell({
    ...{ type: 'AcceptStatement', ...by('anna') },
    ...{ statement: key, reason: 'seen on paper' },
  });
}

const jumpsIn = ({ events }: RailBook) =>
  events.flatMap((each) =>
    each.type === 'StatementImported' && each.data.by !== null ? [each.data.jump] : [],
  );

describe('accepting a statement', () => {
  const first = statement('100000', [a], { id: 'first', sequence: 1 });
  const like = line('a');

  it.each<[string, readonly BankStatement[], BankStatement, string]>([
    [
      'goes on within a day, behind a number that never was',
      [first],
      statement('90000', [b], { id: 'third', sequence: 3 }),
      '0',
    ],
    [
      'goes on within a day, behind what is missing',
      [first],
      statement('85000', [b], { id: 'third' }),
      '-5000',
    ],
    [
      'has a line with the content of a known one',
      [statement('100000', [a, c], { id: 'noon' })],
      statement('89950', [like, b], { id: 'evening' }),
      '-10000',
    ],
    [
      'moved nothing',
      [first],
      statement('85000', [], { id: 'quiet', from: '2026-04-15', until: '2026-04-15' }),
      '-5000',
    ],
    [
      'has other lines than known ones',
      [statement('100000', [a, b, line('d', on('16'))], { id: 'known' })],
      statement('100000', [a, c, line('d', on('16'))], { id: 'other' }),
      '700',
    ],
  ])('makes its closing the balance where it %s', (_, known, doubtful, jump) => {
    const book = accepts(registered().reads(...known, doubtful));
    expect(jumpsIn(book)).toEqual([jump]);
    const closing = doubtful.closing ?? '';
    const follows = statement(closing, [line('follows', on('17'))], { id: 'follows' });
    expect(book.reads(follows).state.waiting).toEqual([]);
    book.checkSums();
  });

  it('lets nothing jump for one that was cut off and has a number too high', () => {
    const book = registered().reads(
      statement('100000', [a, b], { id: 'evening', sequence: 1 }),
      statement('100000', [a], { id: 'noon', sequence: 9 }),
    );
    expect(jumpsIn(accepts(book))).toEqual(['0']);
    expect(book.reads(next('89300')).state.waiting).toEqual([]);
  });

  it('takes the opening of one that was cut off, because what its day closed with is known', () => {
    const book = registered().reads(
      statement('100000', [a, b], { id: 'evening' }),
      statement('95000', [a], { id: 'noon' }),
    );
    expect(jumpsIn(accepts(book))).toEqual(['-5000']);
    expect(book.reads(next('84300')).state.waiting).toEqual([]);
  });
});

describe('dismissing a statement', () => {
  const fee = (key: string) => line(key, { amount: '500', code: 'FEE', isCharge: true });
  const dismiss = (statement: string) =>
    ({ type: 'DismissStatement', ...by('anna'), statement, reason: 'the same day' }) as const;

  it('counts nothing of a day that is only told in other words, and goes on behind it', () => {
    const book = registered().reads(
      statement('100000', [a, fee('f')], { id: 'camt' }),
      statement('100000', [line('a again'), fee('g')], { id: 'ofx' }),
    );
    const [key = ''] = book.state.waiting;
    book.tell(dismiss(key));
    expect([book.state.waiting, Object.values(book.breaks)]).toEqual([[], ['B02 no_instruction']]);
    expect(book.events.filter(({ type }) => type === 'LinesBooked')).toHaveLength(1);
    expect(book.reads(next('89500')).state.waiting).toEqual([]);
    book.checkSums();

    const before = book.events.length;
    book.tell(dismiss(key)).reads(statement('100000', [line('a again'), fee('g')], { id: 'ofx' }));
    expect(book.events).toHaveLength(before);
  });

  it('is taken back by accepting it, so that what waits for it goes on', () => {
    const waits = () =>
      registered().reads(
        statement('100000', [a], { id: 'first' }),
        statement('85000', [b], { id: 'third' }),
      );
    const book = waits();
    const [key = ''] = book.state.waiting;
    const accept = { type: 'AcceptStatement', ...by('anna'), statement: key } as const;
    const after = next(book.state.statements.get(key)?.received.closing ?? '');
    book.tell(dismiss(key)).reads(after);
    expect(book.state.waiting).toHaveLength(1);

    book.tell({ ...accept, reason: 'dismissed by mistake' });
    expect([book.rejected, book.state.waiting, jumpsIn(book)]).toEqual([null, [], ['-5000']]);
    book.checkSums();
    const never = waits()
      .tell({ ...accept, reason: 'seen' })
      .reads(after);
    expect([book.breaks, book.state.days.entries(), book.state.coverage]).toEqual([
      never.breaks,
      never.state.days.entries(),
      never.state.coverage,
    ]);
    expect(book.tell(dismiss(key)).rejected).toEqual({ code: 'statement_not_waiting' });
  });

  it('is not taken back where the statement was refused, for none of its lines was kept', () => {
    const book = registered().reads(statement('1', [], { id: 'x', account: '999' }));
    const [id = ''] = Object.keys(book.breaks);
    book.tell(dismiss(id));
    book.tell({ type: 'AcceptStatement', ...by('anna'), statement: id, reason: 'after all' });
    expect(book.rejected).toEqual({ code: 'statement_not_waiting' });
  });

  it('closes what one of another account has opened, once', () => {
    const book = registered().reads(statement('1', [], { id: 'x', account: '999' }));
    const [id = ''] = Object.keys(book.breaks);
    expect(book.breaks).toEqual({ [id]: 'B11 foreign_account' });
    book.tell(dismiss(id), dismiss(id));
    expect(book.breaks).toEqual({});
    expect(book.events.filter(({ type }) => type === 'StatementDismissed')).toHaveLength(1);
  });

  it('takes away nothing that counts, and nothing that nobody has sent', () => {
    const book = registered().reads(statement('100000', [a], { id: 'first' }));
    const [[key = ''] = []] = book.state.statements.entries();
    expect(book.tell(dismiss(key)).rejected).toEqual({ code: 'statement_not_waiting' });
    expect(book.tell(dismiss('nosuch')).rejected).toEqual({ code: 'statement_unknown' });
  });
});

describe('a day that was told before', () => {
  const fee = (key: string) => line(key, { amount: '500', code: 'FEE', isCharge: true });
  const month = { from: '2026-04-01', until: '2026-04-30' };

  it.each<[string, BankStatement, BankStatement, string]>([
    [
      'in another format',
      statement('100000', [naming('camt 1', 'A'), fee('camt 2')], { id: 'camt' }),
      statement('100000', [naming('ofx 1', 'A'), fee('ofx 2')], { id: 'ofx' }),
      '89500',
    ],
    [
      'whole, with names that the bank had not given at noon',
      statement('100000', [naming('nameless', 'A'), fee('f')], { id: 'noon' }),
      statement('100000', [naming('named', 'A'), fee('f'), b], { id: 'evening' }),
      '89500',
    ],
    [
      'in the midst of a month',
      statement('100000', [a, fee('f'), line('z', on('20'))], { id: 'month', ...month }),
      statement('100000', [a, fee('g')], { id: 'day' }),
      '79500',
    ],
    [
      'as the last of several',
      statement('100000', [a, fee('f')], { id: 'day' }),
      statement('100000', [a, fee('g')], { id: 'month', from: '2026-04-01' }),
      '89500',
    ],
  ])('waits %s, and no line of it is booked twice', (_, known, again, closing) => {
    const book = registered()
      .sends([listed('A')])
      .reads(known);
    const booked = () => book.events.filter(({ type }) => type === 'LinesBooked').length;
    expect(booked()).toBe(1);
    book.reads(again);
    expect(Object.values(book.breaks)).toContain('B11 continuity');
    expect([booked(), book.state.waiting.length]).toEqual([1, 1]);
    const may = statement(closing, [line('may', { bookedOn: '2026-05-04' })], { id: 'may' });
    expect(book.reads(may).state.waiting).toHaveLength(1);
    book.checkSums();
  });

  const pair = (names: string, amount = '10000') => [
    line(`${names} out`, { amount }),
    line(`${names} in`, { amount, side: 'credit' }),
  ];
  it.each<[string, BankStatement, BankStatement]>([
    [
      'in other words',
      statement('100000', pair('camt'), { id: 'camt' }),
      statement('100000', pair('ofx'), { id: 'ofx' }),
    ],
    [
      'to noon, and the evening has more',
      statement('100000', pair('camt'), { id: 'noon' }),
      statement('100000', [...pair('ofx'), fee('f')], { id: 'evening' }),
    ],
    [
      'as one of several, and again by itself up to its first line',
      statement('100000', [...pair('camt'), line('z', on('20'))], { id: 'month', ...month }),
      statement('100000', pair('ofx').slice(0, 1), { id: 'day' }),
    ],
    [
      'in two parts for what was one',
      statement('100000', pair('camt'), { id: 'camt' }),
      statement('100000', [...pair('x', '4000'), ...pair('y', '6000')], { id: 'ofx' }),
    ],
    [
      'and again among others',
      statement('100000', pair('camt'), { id: 'day' }),
      statement('100000', [...pair('ofx'), b], { id: 'days', from: '2026-04-14' }),
    ],
    [
      'besides what both have',
      statement('100000', [a, ...pair('camt')], { id: 'camt' }),
      statement('100000', [a, ...pair('ofx')], { id: 'ofx' }),
    ],
    [
      'and what goes on behind it has a pair of the same content',
      statement('100000', [a, ...pair('camt')], { id: 'noon' }),
      statement('90000', [...pair('camt'), b], { id: 'evening' }),
    ],
  ])('waits where its lines sum to zero and are told %s', (_, known, again) => {
    const book = registered().reads(known, again);
    expect(Object.values(book.breaks)).toContain('B11 continuity');
    expect(book.state.waiting).toHaveLength(1);
    book.checkSums();
  });

  const plus = (key: string, amount = '10000') => line(key, { amount, side: 'credit' });
  const LEGAL: Readonly<Record<string, readonly BankStatement[]>> = {
    'noon, and the evening that goes on': [
      statement('100000', [a], { id: 'noon' }),
      statement('90000', [b], { id: 'evening' }),
    ],
    'noon that moved nothing in sum, and the evening that goes on': [
      statement('100000', [a, plus('p')], { id: 'noon' }),
      statement('100000', [b], { id: 'evening' }),
    ],
    'evening, and its noon': [
      statement('100000', [a, b], { id: 'evening' }),
      statement('100000', [a], { id: 'noon' }),
    ],
    'a month, and one of its days up to noon': [
      statement('100000', [a, b, line('z', on('20'))], { id: 'month', ...month }),
      statement('100000', [a], { id: 'noon' }),
    ],
    'a day up to noon, and all of it within its month': [
      statement('100000', [a], { id: 'noon' }),
      statement('100000', [a, b, line('z', on('20'))], { id: 'month', ...month }),
    ],
    'a day, and the month that ends with it': [
      statement('100000', [a, b], { id: 'day' }),
      statement('100000', [a, b], { id: 'month', from: '2026-04-01' }),
    ],
    'three of one day, the last before the second and with the opening of the first': [
      statement('100000', [a], { id: 'first' }),
      statement('100000', [b], { id: 'third' }),
      statement('90000', [plus('p')], { id: 'second' }),
    ],
    'noon, and what goes on there until the next day': [
      statement('100000', [a], { id: 'noon' }),
      statement('90000', [b, line('z', on('16'))], { id: 'two days' }),
    ],
    'a day late that moved nothing in sum': [
      statement('100000', [a], { id: 'first' }),
      statement('90000', [line('z', on('17'))], { id: 'third' }),
      statement('90000', [line('m', on('16')), line('p', { ...on('16'), side: 'credit' })]),
    ],
    'a day on which nothing moved, twice': [
      statement('100000', [], { id: 'quiet' }),
      statement('100000', [], { id: 'quiet again' }),
    ],
  };

  it.each(Object.entries(LEGAL))('takes in %s', (_, statements) => {
    const book = registered().reads(...statements);
    const keys = new Set(statements.flatMap(({ lines }) => lines.map(({ key }) => key)));
    expect([book.state.waiting, book.state.lines.size]).toEqual([[], keys.size]);
    expect(Object.values(book.breaks)).not.toContain('B11 continuity');
    book.checkSums();
  });

  const DAYS = ['15', '16', '17'];
  const moved = fc.record({
    day: fc.nat({ max: 2 }),
    amount: fc.constantFrom('100', '200', '300'),
    side: fc.constantFrom('credit' as const, 'debit' as const),
  });
  const period = fc.record({
    first: fc.nat({ max: 2 }),
    more: fc.nat({ max: 2 }),
    cut: fc.nat({ max: 4 }),
  });

  /** From the beginning of a day until somewhere within that or a later one. */
  function toldOf(
    lines: readonly BankLine[],
    { first, more, cut }: { readonly [K in 'cut' | 'first' | 'more']: number },
    id: string,
  ) {
    const [from, until] = [DAYS[first], DAYS[Math.min(first + more, 2)]].map(
      (day) => `2026-04-${day ?? ''}`,
    );
    if (from === undefined || until === undefined) throw new Error('There are three days.');
    const before = lines.filter(({ bookedOn }) => bookedOn < from);
    const opening = before.reduce((sum, each) => sum + signedOf(each), 100_000n);
    const whole = lines.filter(({ bookedOn }) => bookedOn >= from && bookedOn < until);
    const last = lines.filter(({ bookedOn }) => bookedOn === until).slice(0, cut);
    return statement(String(opening), [...whole, ...last], { id, from, until });
  }

  it('is taken in however often, cut off wherever and in any order', () => {
    fc.assert(
      fc.property(
        fc.array(moved, { maxLength: 8 }),
        fc.array(period, { maxLength: 6 }),
        (movements, periods) => {
          const lines = movements
            .map(({ day, ...said }, n) =>
              line(`l${String(n)}`, { ...said, ...on(DAYS[day] ?? '') }),
            )
            .sort((x, y) => x.bookedOn.localeCompare(y.bookedOn));
          const parts = periods.map((each, n) => toldOf(lines, each, `part ${String(n)}`));
          const all = toldOf(lines, { first: 0, more: 2, cut: 8 }, 'all');
          const book = registered().reads(...parts, all);
          expect(book.state.waiting).toEqual([]);
          expect(book.state.lines.size).toBe(lines.length);
          book.checkSums();
        },
      ),
      { numRuns: 200 },
    );
  });
});
