import { by, registered } from './decide.fixture';
import {
  FILE_A,
  FILE_B,
  answered,
  exported,
  listed as listedIn,
  listing,
  numbered,
  returnRead,
  registered as opened,
  said,
  voidProposed,
  voided,
} from './file.fixture';
import type { BankAnswer } from './file-events';
import { evolveFile, initialFiles } from './files';
import { type RailBook, listed, naming, statement } from './rail.fixture';

type Happening = BankAnswer | 'unpaid';

function happens(book: RailBook, ...happenings: readonly Happening[]): RailBook {
  for (const each of happenings) {
    if (each !== 'unpaid') book.hears({ item: 'A', answer: each });
    else {
      const proposal = { type: 'ProposeItemUnpaid', item: 'A', evidence: ['letter'] } as const;
      book.tell({ ...proposal, ...by('anna') });
      book.tell({ type: 'ApproveItemUnpaid', item: 'A', ...by('bert') });
    }
  }
  return book;
}

const openOf = ({ state }: RailBook): readonly string[] => state.breaks.entries().map(([id]) => id);

const PAID = () =>
  registered()
    .sends([listed('A')])
    .reads(statement('100000', [naming('a', 'A')]));
const UNMATCH = { type: 'UnmatchLine', line: 'a', reason: 'of somebody else' } as const;

describe('what the bank says of a payment that is owed again', () => {
  const owed: readonly (readonly [string, () => RailBook])[] = [
    ...([['rejected'], ['accepted', 'unpaid'], ['unknown', 'unpaid']] as const).map(
      (before) =>
        [before.join(), () => happens(registered().sends([listed('A')]), ...before)] as const,
    ),
    [
      'rejected while a line showed it',
      () => {
        const book = happens(PAID(), 'rejected').tell({ ...UNMATCH, ...by('anna') });
        return book.tell({ type: 'MatchByHand', ...by('anna'), line: 'a', ...AS_FEE });
      },
    ],
  ];
  const AS_FEE = { kind: 'fee', items: [], reason: 'a fee' } as const;
  const late: readonly (readonly BankAnswer[])[] = [
    ['accepted', 'claimed_paid'],
    ['unknown', 'accepted'],
    ['claimed_paid', 'returned'],
    ['accepted', 'unknown', 'claimed_paid'],
  ];
  const cases = owed.flatMap(([name, begun]) => late.map((each) => [name, each, begun] as const));

  it.each(cases)('stays a break however often it is said: %s, then %s', (_name, answers, begun) => {
    const book = begun();
    expect(openOf(book)).toEqual([]);
    for (const answer of answers) {
      happens(book, answer);
      expect([openOf(book), book.state.files.items.get('A')?.state]).toEqual([
        ['B15.A'],
        'unknown',
      ]);
    }
    happens(book, 'rejected');
    expect(openOf(book)).toEqual([]);
    happens(book, ...answers);
    expect(openOf(book)).toEqual(['B15.A']);
    happens(book, 'unpaid');
    expect(openOf(book)).toEqual([]);
  });

  it('is taken for what it says as long as a line shows the payment, for its account owes nothing', () => {
    const book = happens(PAID(), 'rejected', 'accepted', 'claimed_paid');
    expect(book.state.files.items.get('A')?.state).toBe('claimed_paid');
  });

  it('is taken for what it says where a later file carries it', () => {
    const A = listing('ITEM0000000000A', '100');
    const whole = { chunk: 0, last: true };
    const again = [
      opened,
      numbered(FILE_A, 1, 1, '100'),
      listedIn(FILE_A, 1, whole, A),
      exported(FILE_A, 1, 1, '100'),
      returnRead,
      answered(0, [said(A.item, 'rejected')]),
      voidProposed(FILE_A, 1),
      voided(FILE_A, 1),
      numbered(FILE_B, 2, 1, '100'),
    ].reduce(evolveFile, initialFiles);
    expect(again.items.get(A.item)?.isOwedAgain).toBe(true);
    const listedAgain = evolveFile(again, listedIn(FILE_B, 2, whole, A));
    expect(listedAgain.items.get(A.item)?.isOwedAgain).toBeUndefined();
  });
});
