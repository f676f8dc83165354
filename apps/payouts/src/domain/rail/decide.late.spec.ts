import { FILE_B } from './file.fixture';
import { type RailBook, line, listed, naming, statement } from './rail.fixture';
import { by, registered } from './decide.fixture';

describe('what comes in another order than it happened', () => {
  it('matches a line that came before the bank told the number in it', () => {
    const book = registered().sends([listed('A')]);
    book.reads(statement('100000', [line('a', { references: { bank: 'n1' } })]));
    expect(book.matches).toEqual({});
    book.hears({ item: 'A', answer: 'claimed_paid', bankReference: 'n1' });
    expect(book.matches).toEqual({ a: 'T2 settled A' });
  });

  it('takes back what was charged, or guessed, when the line turns out to be a payment', () => {
    const fee = line('a', { amount: '900', code: 'FEE', references: { bank: 'n1' } });
    const charged = registered()
      .sends([listed('A', '900')])
      .reads(statement('100000', [fee]));
    expect(charged.matches).toEqual({ a: 'T7 fee' });
    charged.hears({ item: 'A', bankReference: 'n1' });
    expect(charged.matches).toEqual({ a: 'T2 settled A' });
    expect(charged.events.filter(({ type }) => type === 'LineUnmatched')).toHaveLength(1);

    // Paid to B by its money; then the bank says that the payment was A's.
    const guess = line('a', { counterparty: 'f B', references: { bank: 'n1' } });
    const back = line('b', { side: 'credit', bookedOn: '2026-04-16' });
    const sent = () =>
      registered()
        .sends([listed('B')])
        .sends([listed('A', '10000', 'f new')], FILE_B);
    const guessed = sent().reads(statement('100000', [guess]));
    expect(guessed.matches).toEqual({ a: 'T5 settled B' });
    guessed.hears({ item: 'A', bankReference: 'n1' });
    expect([guessed.matches, guessed.breaks]).toEqual([{}, { a: 'B08 account_of_another_payee' }]);
    expect(guessed.state.items.get('B')?.settledBy).toBeNull();
    for (const book of [charged, guessed]) book.checkSums();

    // A person has said what came back of it, so that it was B's.
    const settled = sent().reads(statement('100000', [guess, back]));
    const returned = { kind: 'returned', items: ['B'], reason: 'seen' } as const;
    settled.tell({ type: 'MatchByHand', ...by('anna'), line: 'b', ...returned });
    settled.hears({ item: 'A', bankReference: 'n1' });
    expect(settled.matches).toEqual({ a: 'T5 settled B', b: 'manual returned B' });
    settled.checkSums();
  });

  it('guesses no second payment of an item whose first was a guess and is named since', () => {
    const first = line('a', { counterparty: 'f A', references: { bank: 'n1' } });
    const book = registered().sends([listed('A')]);
    book.reads(statement('100000', [first])).hears({ item: 'A', bankReference: 'n1' });
    book.reads(statement('90000', [line('b', { counterparty: 'f A' })], { id: '2' }));
    expect(Object.keys(book.matches)).toEqual(['a']);
    book.checkSums();
  });

  it('keeps a guess that a person has built on, whatever comes that is like it', () => {
    const book = registered().sends([listed('A')]);
    const back = line('r', { side: 'credit', bookedOn: '2026-04-16' });
    book.reads(statement('100000', [line('a', { counterparty: 'f A' }), back]));
    const returned = { kind: 'returned', items: ['A'], reason: 'seen' } as const;
    book.tell({ type: 'MatchByHand', ...by('anna'), line: 'r', ...returned });
    const like = line('b', { counterparty: 'f A', bookedOn: '2026-04-16' });
    book.reads(statement('100000', [like], { id: '2' }));
    expect(book.matches).toEqual({ a: 'T5 settled A', r: 'manual returned A' });
    book.checkSums();
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

  it.each([['rejected', 'accepted'], ['unknown']] as const)(
    'asks a person once no line shows what the bank has called %s %s meanwhile',
    (...answers) => {
      const unmatch = { type: 'UnmatchLine', line: 'a', reason: 'of somebody else' } as const;
      const told = registered()
        .sends([listed('A')])
        .reads(statement('100000', [naming('a', 'A')]));
      for (const answer of answers) told.hears({ item: 'A', answer, codes: ['AG'] });
      expect(Object.keys(told.breaks)).toEqual(answers[0] === 'rejected' ? ['A'] : []);
      told.tell({ ...unmatch, ...by('anna') });
      expect(told.breaks).toEqual({ a: 'B02 taken_back', A: 'B15 unknown_answer' });
      const said = { kind: 'settled', items: ['A'], reason: 'it is' } as const;
      told.tell({ type: 'MatchByHand', ...by('anna'), line: 'a', ...said });
      expect(told.breaks).toEqual({});
      told.checkSums();
    },
  );

  it('asks one thing of a payment that the bank has told with another amount, whether before its line or after', () => {
    const others = { item: 'A', answer: 'claimed_paid', amount: '9900' } as const;
    const paid = statement('100000', [naming('a', 'A')]);
    const sent = () => registered().sends([listed('A')]);
    const idsOf = (book: RailBook) => book.state.breaks.entries().map(([id]) => id);
    const before = sent().hears(others);
    expect(idsOf(before)).toEqual(['B03.A']);
    for (const book of [before.reads(paid), sent().reads(paid).hears(others)]) {
      expect(idsOf(book)).toEqual([]);
      const unmatch = { type: 'UnmatchLine', line: 'a', reason: 'of somebody else' } as const;
      book.tell({ ...unmatch, ...by('anna') });
      expect(idsOf(book).sort()).toEqual(['B02.a', 'B15.A']);
    }
  });

  it.each([
    ['its money', [line('a', { counterparty: 'f A' })]],
    ['a batch', [line('a', { references: { batch: 'LOTE-000001' } })]],
    ['a person', [line('a')]],
  ])('asks nothing more of another amount once %s has shown the payment', (who, lines) => {
    const book = registered().sends([listed('A')]);
    book.hears({ item: 'A', answer: 'claimed_paid', amount: '9900' });
    book.reads(statement('100000', lines));
    const said = { kind: 'settled', items: ['A'], reason: 'it is' } as const;
    if (who === 'a person') book.tell({ type: 'MatchByHand', ...by('anna'), line: 'a', ...said });
    expect([book.state.items.get('A')?.settledBy, book.breaks]).toEqual(['a', {}]);
  });

  it('lets nobody match by hand what the bank has rejected and its account owes again', () => {
    const book = registered()
      .sends([listed('A')])
      .hears({ item: 'A', answer: 'rejected', codes: ['AG'] });
    book.reads(statement('100000', [naming('a', 'A')]));
    const said = { kind: 'settled', items: ['A'], reason: 'seen' } as const;
    book.tell({ type: 'MatchByHand', ...by('anna'), line: 'a', ...said });
    expect([book.rejected, book.matches]).toEqual([{ code: 'item_rejected', item: 'A' }, {}]);
    expect(book.breaks).toEqual({ a: 'B07 debited_after_rejection' });
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

  it('keeps a batch that a line paid, also when the bank calls one of its items as it calls the line', () => {
    const paid = line('a', { amount: '15000', references: { batch: '1', bank: 'n1' } });
    const book = registered()
      .sends([listed('A'), listed('B', '5000')])
      .reads(statement('100000', [paid]));
    book.hears({ item: 'A', bankReference: 'n1' });
    expect([book.matches, book.breaks]).toEqual([{ a: 'T3 settled batch' }, {}]);
    book.checkSums();
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
