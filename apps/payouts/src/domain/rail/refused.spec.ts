import { RAIL } from './file.fixture';
import { AT, RailBook, line, listed, naming, statement } from './rail.fixture';

const refusal = (key: string, item: string) =>
  ({ type: 'RefuseMatch', rail: RAIL, line: key, item, because: 'item_rejected', at: AT }) as const;
const hand = (key: string) =>
  ({ rail: RAIL, line: key, reason: 'as the bank says', by: 'anna', at: AT }) as const;

describe('a match that an account does not book', () => {
  it('ends with its line as a break, where the line is of that item alone', () => {
    const book = RailBook.registered()
      .sends([listed('A')])
      .reads(statement('100000', [naming('a', 'A')]))
      .tell(refusal('a', 'A'));
    expect([book.matches, book.breaks]).toEqual([{}, { a: 'B07 account_refused: item_rejected' }]);
    book.checkSums();
  });

  it('is a break of its item, where the line pays others too, until that match is taken back', () => {
    const book = RailBook.registered()
      .sends([listed('A'), listed('B')])
      .reads(statement('100000', [line('two', { amount: '20000' })]))
      .tell({ type: 'MatchByHand', ...hand('two'), kind: 'settled', items: ['A', 'B'] })
      .tell(refusal('two', 'B'));
    expect([book.matches, book.breaks]).toEqual([
      { two: 'manual settled A B' },
      { B: 'B07 account_refused: item_rejected' },
    ]);
    book.tell({ type: 'UnmatchLine', ...hand('two') });
    // The line has all of the money that nothing explains.
    expect([book.matches, Object.keys(book.breaks)]).toEqual([{}, ['two']]);
    book.checkSums();
  });

  it('is a break of its item, where the line gives back others too, until that match is taken back', () => {
    const book = RailBook.registered()
      .sends([listed('A'), listed('B')])
      .reads(
        statement('100000', [
          naming('a', 'A'),
          naming('b', 'B'),
          line('back', { amount: '20000', side: 'credit' }),
        ]),
      )
      .tell({ type: 'MatchByHand', ...hand('back'), kind: 'returned', items: ['A', 'B'] })
      .tell(refusal('back', 'B'));
    expect(book.breaks).toMatchObject({ B: 'B07 account_refused: item_rejected' });
    book.tell({ type: 'UnmatchLine', ...hand('back') });
    expect(Object.keys(book.breaks)).toEqual(['back']);
    book.checkSums();
  });

  it('is remembered where it was taken back in the same moment', () => {
    const book = RailBook.registered()
      .sends([listed('A')])
      .reads(statement('100000', [naming('a', 'A')]))
      .tell({ type: 'UnmatchLine', ...hand('a') });
    const { breaks, state } = book;
    book.tell(refusal('a', 'A'));
    expect(book.events.at(-1)?.type).toBe('RefusalOutdated');
    expect([book.breaks, book.state]).toEqual([breaks, state]);
  });
});
