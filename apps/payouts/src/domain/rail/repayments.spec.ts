import { uuidV5 } from '@tributary/kernel';
import { registered, by } from './decide.fixture';
import type { MatchRepayment, RailCommand, RailRejected } from './commands';
import { RAIL } from './file.fixture';
import { RailBook, line, listed, naming, statement } from './rail.fixture';
import { rail } from './decide';

const [FIRST, SECOND] = ['first', 'second'].map((name) => uuidV5('repayment', name)) as [
  string,
  string,
];
const credit = (key: string, amount = '5000') => line(key, { side: 'credit', amount });

const repaid = (key: string, said: Partial<MatchRepayment> = {}): MatchRepayment => ({
  ...{ type: 'MatchRepayment', ...by('anna'), line: key, repayment: FIRST },
  account: { partner: 'p1', entity: 'main', asset: 'BRL/2' },
  ...{ amount: '5000', owed: '8000' },
  ...said,
});
const paying = () =>
  registered()
    .sends([listed('A')])
    .reads(statement('100000', [credit('c'), naming('a', 'A')]));

describe('a line that a partner paid back with', () => {
  it('is taken by the repayment, and its break is closed', () => {
    const book = paying();
    expect(book.breaks).toEqual({ c: 'B02 unexpected_credit' });
    book.tell(repaid('c'));
    expect([book.matches['c'], book.breaks]).toEqual(['manual repaid', {}]);
    const match = book.events.findLast(({ type }) => type === 'LinesMatched');
    const repayment = { repayment: FIRST, partner: 'p1', amount: '5000' };
    expect(match?.data).toMatchObject({
      matches: [{ line: 'c', kind: 'repaid', bookedOn: '2026-04-15', by: 'anna', repayment }],
    });
    book.checkSums();
  });

  it('is taken by nothing else then, and nobody takes the match back', () => {
    const book = paying().tell(repaid('c'));
    const outside = { line: 'c', kind: 'outside', items: [], reason: 'other' } as const;
    for (const command of [
      repaid('c', { repayment: SECOND }),
      { type: 'MatchByHand', ...by('bruno'), ...outside } as const,
    ])
      expect(book.tell(command).rejected).toEqual({ code: 'line_matched', kind: 'repaid' });
    book.tell({ type: 'UnmatchLine', ...by('bruno'), line: 'c', reason: 'wrong' });
    expect(book.rejected).toEqual({ code: 'repayment_final' });
  });

  it('needs a second person above the limit', () => {
    const book = registered().reads(statement('100000', [credit('c', '2000000')]));
    book.tell(repaid('c', { amount: '2000000', owed: '2000000' }));
    expect([book.matches, book.breaks]).toEqual([{}, { c: 'B02 unexpected_credit' }]);
    book.tell({ type: 'ApproveMatch', ...by('anna'), line: 'c' });
    expect(book.rejected).toEqual({ code: 'same_person' });
    book.tell({ type: 'ApproveMatch', ...by('bruno'), line: 'c' });
    expect(book.matches).toEqual({ c: 'manual repaid' });
    const match = book.events.findLast(({ type }) => type === 'LinesMatched');
    expect(match?.data).toMatchObject({ matches: [{ proposedBy: 'anna', by: 'bruno' }] });
  });

  it('is open again where the account will not book it, and only for that repayment', () => {
    const book = paying().tell(repaid('c'));
    const refusal = { rail: RAIL, at: by('x').at, line: 'c', because: 'more_than_owed' };
    book.tell({ type: 'RefuseRepayment', ...refusal, repayment: SECOND });
    expect(book.matches['c']).toBe('manual repaid');
    book.tell({ type: 'RefuseRepayment', ...refusal, repayment: FIRST });
    expect([book.matches['c'], book.breaks]).toEqual([
      undefined,
      { c: 'B02 account_refused: more_than_owed' },
    ]);
    book.checkSums();
    book.tell(repaid('c', { repayment: SECOND }));
    expect([book.matches['c'], book.breaks]).toEqual(['manual repaid', {}]);
  });

  it('is known from a snapshot as from events', () => {
    const { events, state } = paying().tell(repaid('c'));
    const keys = new Set(events.flatMap(rail.snapshot?.touched ?? (() => [])));
    const rows = [...keys].flatMap((key) => {
      const row = rail.snapshot?.row(state, key);
      return row === undefined ? [] : [[key, row] as const];
    });
    const restored = rail.snapshot?.restore(new Map(rows));
    expect(restored?.lines.get('c')?.match).toEqual(state.lines.get('c')?.match);
  });

  const other = { partner: 'p1', entity: 'main', asset: 'BRL/2' } as const;
  it.each<[string, RailCommand, RailRejected]>([
    ['a line that is not there', repaid('made up'), { code: 'line_unknown' }],
    ['the line of a payout', repaid('a'), { code: 'line_matched', kind: 'settled' }],
    ['a debit', repaid('d'), { code: 'invalid_kind', kind: 'repaid', side: 'debit' }],
    [
      'another amount',
      repaid('c', { amount: '4999' }),
      { code: 'amount_mismatch', line: '5000', items: '4999' },
    ],
    ['what nobody owes', repaid('c', { owed: '0' }), { code: 'nothing_owed' }],
    ['more than is owed', repaid('c', { owed: '4999' }), { code: 'more_than_owed', owed: '4999' }],
    [
      'an account of another entity',
      repaid('c', { account: { ...other, entity: 'uk' } }),
      { code: 'account_differs', rail: RAIL },
    ],
    [
      'an account in another currency',
      repaid('c', { account: { ...other, asset: 'USD/2' } }),
      { code: 'account_differs', rail: RAIL },
    ],
    [
      'a match of this kind that names no repayment',
      { type: 'MatchByHand', ...by('a'), line: 'c', kind: 'repaid', items: [], reason: 'r' },
      { code: 'invalid_kind', kind: 'repaid', side: 'credit' },
    ],
  ])('is not %s', (_, command, rejected) => {
    const lines = [credit('c'), naming('a', 'A'), line('d', { amount: '5000' })];
    const book = registered()
      .sends([listed('A')])
      .reads(statement('100000', lines));
    expect(book.tell(command).rejected).toEqual(rejected);
  });

  it('is of an account that somebody has registered', () => {
    expect(new RailBook().tell(repaid('c')).rejected).toEqual({
      code: 'account_unknown',
      rail: RAIL,
    });
  });
});
