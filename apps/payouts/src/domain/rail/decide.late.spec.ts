import { line, listed, naming, statement } from './rail.fixture';
import { registered } from './decide.fixture';

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
