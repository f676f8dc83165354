import { uuidV5 } from '@tributary/kernel';
import type { ExpectRemittance, MatchByHand } from './commands';
import { FILE_A, RAIL } from './file.fixture';
import { AT, RailBook, type Said, line, listed, statement } from './rail.fixture';
import { snapshot } from './snapshot';

const DARF = 'DARF 07.16-1';
const [ONE, TWO] = [uuidV5('spec', 'one'), uuidV5('spec', 'two')];

const expects = (
  remittance = ONE,
  said: Partial<Pick<ExpectRemittance, 'amount' | 'paidOn'>> = {},
): ExpectRemittance => ({
  ...{ rail: RAIL, remittance, amount: '1500', reference: DARF, paidOn: '2026-04-20' },
  ...{ by: 'bea', at: AT },
  ...said,
  type: 'ExpectRemittance',
});

const paid = (key: string, said: Said = {}) =>
  line(key, { amount: '1500', bookedOn: '2026-04-20', ...said });
const byName = (key: string, said: Said = {}) =>
  paid(key, { ...said, references: { endToEnd: 'darf07161' } });
const byHand = (said: Partial<MatchByHand>): MatchByHand => ({
  ...{ rail: RAIL, line: 'a', kind: 'tax', items: [], reason: 'seen', by: 'anna', at: AT },
  ...said,
  type: 'MatchByHand',
});
const registered = () => RailBook.registered();
/** What was booked and taken back of the bank's balance, in order. */
const cashLegs = ({ events }: RailBook) =>
  events.flatMap(({ data }) =>
    'entry' in data && data.entry && 'bookedOn' in data
      ? data.entry.legs
          .filter(({ account }) => account === 'Assets:Cash')
          .map(({ side, amount }) => [side, amount])
      : [],
  );
const shownBy = ({ state }: RailBook, remittance = ONE) =>
  state.remittances.get(remittance)?.shownBy;

describe('a payment to the tax authority on a statement', () => {
  it('is recognised by its document on whatever day, and leaves our cash with it', () => {
    const late = byName('a', { bookedOn: '2026-04-28' });
    const book = registered()
      .tell(expects())
      .reads(statement('100000', [late]));
    expect(book.matches).toEqual({ a: 'T2 tax' });
    expect(book.breaks).toEqual({});
    const booked = book.events.find(({ type }) => type === 'LinesBooked');
    expect(booked?.data).toMatchObject({
      lines: [{ line: 'a', remittance: ONE }],
      entry: {
        legs: [
          { account: 'Liabilities:Tax:InTransit', side: 'debit', amount: '1500' },
          { account: 'Assets:Cash', side: 'credit', amount: '1500', dimensions: { bank: RAIL } },
        ],
      },
    });
    book.checkSums();
  });

  it('is recognised by amount and day where it is the only one', () => {
    const book = registered()
      .tell(expects())
      .reads(statement('100000', [paid('a')]));
    expect(book.matches).toEqual({ a: 'T5 tax' });
  });

  it('is recognised as soon as it is declared, where the statement came first', () => {
    const book = registered().reads(statement('100000', [byName('a')]));
    expect(book.breaks).toEqual({ a: 'B02 no_instruction' });
    book.tell(expects());
    expect([book.matches, book.breaks]).toEqual([{ a: 'T2 tax' }, {}]);
    const before = book.events.length;
    book.tell(expects());
    expect(book.events).toHaveLength(before);
    book.checkSums();
  });

  it('is nothing of another amount, on another day, or to an account that we pay', () => {
    const lines = [
      paid('amount', { amount: '1501', references: { endToEnd: DARF } }),
      paid('early', { bookedOn: '2026-04-17' }),
      paid('late', { bookedOn: '2026-04-23' }),
      paid('partner', { counterparty: 'f A' }),
    ];
    const book = registered()
      .sends([listed('A', '1500')], FILE_A, '2026-05-15')
      .tell(expects())
      .reads(statement('100000', lines));
    expect(book.matches).toEqual({});
    expect(Object.keys(book.breaks).sort()).toEqual(['amount', 'early', 'late', 'partner']);
    book.checkSums();
  });

  it('is left to a person where two lines, or two remittances, fit', () => {
    const lines = registered()
      .tell(expects())
      .reads(statement('100000', [paid('a'), paid('b')]));
    expect(lines.breaks).toEqual({ a: 'B02 ambiguous', b: 'B02 ambiguous' });
    expect(lines.breakAbout('a')?.candidates).toEqual([{ items: [], remittance: ONE, tier: 'T6' }]);
    const both = registered()
      .tell(expects())
      .reads(statement('100000', [paid('a')]));
    both.tell(expects(TWO));
    expect([both.matches, both.breaks]).toEqual([{}, { a: 'B02 ambiguous' }]);
    expect(shownBy(both)).toBeNull();
    both.checkSums();
    both.tell(byHand({ remittance: TWO }));
    expect(both.matches).toEqual({ a: 'manual tax' });
    expect([shownBy(both), shownBy(both, TWO)]).toEqual([null, 'a']);
    both.checkSums();
  });

  it('is looked for again when its line turns out to be a payment of ours', () => {
    const overdue = { [ONE]: 'B01 overdue' };
    const ages = { type: 'AgeBreaks', rail: RAIL, at: AT, asOf: '2026-04-30' } as const;
    const one = paid('a', { references: { bank: 'n1' } });
    const answered = registered()
      .sends([listed('A', '1500')])
      .tell(expects())
      .reads(statement('100000', [one]));
    expect(answered.matches).toEqual({ a: 'T5 tax' });
    answered.hears({ item: 'A', bankReference: 'n1' });
    expect([answered.matches, shownBy(answered)]).toEqual([{ a: 'T2 settled A' }, null]);
    expect(cashLegs(answered)).toEqual([
      ['credit', '1500'],
      ['debit', '1500'],
    ]);
    expect(answered.tell(ages).breaks).toEqual(overdue);
    answered.checkSums();

    // The other line was one too many as long as nobody knew whose the first is.
    const both = registered()
      .tell(expects())
      .reads(statement('100000', [paid('a', { references: { item: 'A' } }), paid('b')]));
    expect(both.breaks).toEqual({ a: 'B02 ambiguous', b: 'B02 ambiguous' });
    both.sends([listed('A', '1500')]);
    expect([both.matches, both.breaks]).toEqual([{ a: 'T1 settled A', b: 'T5 tax' }, {}]);
    expect(shownBy(both)).toBe('b');
    both.checkSums();
  });

  it('is taken back where its line names a payment of another amount, several, or a batch', () => {
    const taken = (references: Said['references']) =>
      registered()
        .tell(expects())
        .reads(statement('100000', [paid('a', { references: references ?? {} })]));
    const other = taken({ item: 'A' }).sends([listed('A', '1400')]);
    expect([other.matches, other.breaks]).toEqual([{}, { a: 'B03 amount_differs' }]);
    const several = taken({ bank: 'n1' }).sends([listed('A', '1500'), listed('B', '1500')]);
    several.hears({ item: 'A', bankReference: 'n1' }, { item: 'B', bankReference: 'n1' });
    expect([several.matches, several.breaks]).toEqual([{}, { a: 'B14 names_several_items' }]);
    const batch = taken({ batch: '1' }).sends([listed('A', '1000'), listed('B', '500')]);
    expect([batch.matches, batch.breaks]).toEqual([{ a: 'T3 settled batch' }, {}]);
    for (const book of [other, several, batch]) {
      expect([shownBy(book), cashLegs(book)]).toEqual([
        null,
        [
          ['credit', '1500'],
          ['debit', '1500'],
        ],
      ]);
      book.checkSums();
    }
  });

  it('leaves its line to its money when an item to that account is listed', () => {
    const taken = () =>
      registered()
        .tell(expects())
        .reads(statement('100000', [paid('a', { counterparty: 'f X' })]));
    const item = [listed('X', '1500')];
    const late = taken().sends(item, FILE_A, '2026-05-20');
    expect([late.matches, late.breaks]).toEqual([{}, { a: 'B09 outside_window' }]);
    late.tell(expects(TWO));
    expect([late.matches, late.breaks]).toEqual([{}, { a: 'B09 outside_window' }]);
    const inTime = taken().sends(item, FILE_A, '2026-04-20');
    expect([inTime.matches, inTime.breaks]).toEqual([{ a: 'T5 settled X' }, {}]);
    for (const book of [late, inTime]) {
      expect(shownBy(book)).toBeNull();
      book.checkSums();
    }
  });

  it('is named by letters and digits, never by signs alone', () => {
    const signs = { ...expects(), reference: '- / -' };
    const book = registered()
      .tell(signs)
      .reads(
        statement('100000', [paid('a', { bookedOn: '2026-04-28', references: { bank: '/' } })]),
      );
    expect(book.matches).toEqual({});
  });

  it('is a break once the bank should have made it, until a statement shows it', () => {
    const book = registered().tell(expects());
    const ages = (asOf: string) =>
      book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf }).breaks;
    // Tuesday 21 April is a holiday.
    expect(ages('2026-04-22')).toEqual({});
    expect(ages('2026-04-23')).toEqual({ [ONE]: 'B01 overdue' });
    const before = book.events.length;
    expect([ages('2026-04-24'), book.events.length]).toEqual([{ [ONE]: 'B01 overdue' }, before]);
    book.reads(statement('100000', [byName('a', { bookedOn: '2026-04-28' })]));
    expect([book.breaks, ages('2026-04-30')]).toEqual([{}, {}]);
    book.tell({ type: 'UnmatchLine', rail: RAIL, line: 'a', by: 'anna', at: AT, reason: 'not it' });
    expect(ages('2026-04-30')).toEqual({ a: 'B02 taken_back', [ONE]: 'B01 overdue' });
    book.tell(byHand({ remittance: ONE }));
    expect(book.breaks).toEqual({});
    book.checkSums();
  });

  it('is matched by hand only with what was declared, once, and to the cent', () => {
    const book = registered().reads(statement('100000', [paid('a'), paid('b')]));
    const refusal = (said: Partial<MatchByHand>) => book.tell(byHand(said)).rejected;
    expect(refusal({})).toMatchObject({ code: 'invalid_kind' });
    expect(refusal({ kind: 'fee', remittance: ONE })).toMatchObject({ code: 'invalid_kind' });
    expect(refusal({ remittance: ONE })).toEqual({ code: 'remittance_unknown' });
    book.tell(expects(ONE), expects(TWO, { amount: '1400' }));
    expect(refusal({ remittance: TWO })).toEqual({
      ...{ code: 'amount_mismatch', line: '1500', items: '1400' },
    });
    book.tell(byHand({ remittance: ONE }));
    expect(refusal({ line: 'b', remittance: ONE })).toEqual({
      code: 'remittance_matched',
      line: 'a',
    });
  });

  it('is on its way again when a person takes the match back', () => {
    const book = registered()
      .tell(expects())
      .reads(statement('100000', [byName('a')]));
    book.tell({ type: 'UnmatchLine', rail: RAIL, line: 'a', by: 'anna', at: AT, reason: 'not it' });
    expect(shownBy(book)).toBeNull();
    expect(book.breaks).toEqual({ a: 'B02 taken_back' });
    expect(book.events.find(({ type }) => type === 'LineUnmatched')?.data).toMatchObject({
      remittance: ONE,
      entry: { legs: [{ account: 'Assets:Cash' }, { account: 'Liabilities:Tax:InTransit' }] },
    });
    book.checkSums();
  });

  it('comes back from its snapshot', () => {
    const { state, events } = registered()
      .tell(expects(), expects(TWO, { amount: '1' }))
      .reads(statement('100000', [byName('a')]));
    const rows = new Map(
      events
        .flatMap(snapshot.touched)
        .map((key) => [key, snapshot.row(state, key) ?? null] as const),
    );
    const restored = snapshot.restore(new Map([...rows].filter(([, row]) => row !== null)));
    expect(restored.remittances.entries()).toEqual(state.remittances.entries());
  });
});
