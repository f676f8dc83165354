import { instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import {
  FILE_A,
  FILE_B,
  HASH,
  RAIL,
  answered,
  exportFile,
  exported,
  files,
  list,
  listed,
  listing,
  numberFile,
  numbered,
  register,
  registered,
  returnRead,
  said,
  settings,
  voidProposed,
  voided,
} from './file.fixture';
import type { FileEvent, ListedItem } from './file-events';

const { given } = specFor(files);
const A = listing('ITEM0000000000A', '100');
const B = listing('ITEM0000000000B', '250');
const whole = { chunk: 0, last: true };
const sent: readonly FileEvent[] = [
  registered,
  numbered(FILE_A, 1, 2, '350'),
  listed(FILE_A, 1, whole, A, B),
  exported(FILE_A, 1, 2, '350'),
];

describe('registering an account to pay from', () => {
  const cash = (side: 'credit' | 'debit', other: 'credit' | 'debit') => ({
    legs: [
      {
        account: 'Assets:Cash',
        side,
        amount: '5000',
        asset: 'BRL/2',
        dimensions: { entity: 'main', programme: '-', bank: RAIL },
      },
      {
        account: 'Equity:Opening',
        side: other,
        amount: '5000',
        asset: 'BRL/2',
        dimensions: { entity: 'main', programme: '-' },
      },
    ],
  });
  const with_ = (opening: string, entry: ReturnType<typeof cash>): FileEvent => ({
    type: 'PayingAccountRegistered',
    data: { rail: RAIL, settings, opening, on: '2026-04-01', by: 'anna', entry },
    occurredAt: instant('2026-04-01T03:00:00Z'),
  });

  it('books the balance that it starts with', () =>
    given()
      .when(register('5000'))
      .then(with_('5000', cash('debit', 'credit'))));

  it('books an overdrawn one the other way round', () =>
    given()
      .when(register('-5000'))
      .then(with_('-5000', cash('credit', 'debit'))));

  it('books nothing of an empty one', () => given().when(register()).then(registered));

  it('is done once', () => given(registered).when(register()).thenNothing());

  it('refuses other settings under the same name', () => {
    const command = { ...register(), settings: { ...settings, name: 'Other' } } as ReturnType<
      typeof register
    >;
    given(registered).when(command).thenRejected({ code: 'account_registered', rail: RAIL });
  });

  it('comes before anything else', () =>
    given()
      .when(numberFile(FILE_A, 1, '100'))
      .thenRejected({ code: 'account_unknown', rail: RAIL }));
});

describe('numbering a file', () => {
  it('takes the next number, and never one that was given before', () => {
    given(registered)
      .when(numberFile(FILE_A, 2, '350'))
      .then(numbered(FILE_A, 1, 2, '350'));
    given(...sent)
      .when(numberFile(FILE_B, 1, '100'))
      .then(numbered(FILE_B, 2, 1, '100'));
    given(...sent, voidProposed(FILE_A, 1), voided(FILE_A, 1))
      .when(numberFile(FILE_B, 1, '100'))
      .then(numbered(FILE_B, 2, 1, '100'));
  });

  it('numbers a file once', () =>
    given(...sent)
      .when(numberFile(FILE_A, 2, '350'))
      .thenNothing());

  it('refuses to make another file of it', () =>
    given(...sent)
      .when(numberFile(FILE_A, 2, '351'))
      .thenRejected({ code: 'file_differs', field: 'total' }));
});

describe('listing what a file says', () => {
  const gone = [...sent, voidProposed(FILE_A, 1), voided(FILE_A, 1)];
  const listedWithout = (leftOut: readonly ListedItem[], event: FileEvent): FileEvent =>
    ({ ...event, data: { ...event.data, leftOut } }) as FileEvent;
  const begun = [registered, numbered(FILE_A, 1, 2, '350')];

  it('takes it in chunks and knows the last one', () => {
    given(...begun)
      .when(list(FILE_A, 0, A))
      .then(listed(FILE_A, 1, { chunk: 0, last: false }, A));
    given(...begun, listed(FILE_A, 1, { chunk: 0, last: false }, A))
      .when(list(FILE_A, 1, B))
      .then(listed(FILE_A, 1, { chunk: 1, last: true }, B));
  });

  it('takes a chunk once', () =>
    given(...sent)
      .when(list(FILE_A, 0, A, B))
      .thenNothing());

  it('leaves no chunk out', () =>
    given(...begun)
      .when(list(FILE_A, 1, B))
      .thenRejected({ code: 'chunk_out_of_order', expected: 0 }));

  it('adds up to what was asked, or is refused', () => {
    given(...begun)
      .when(list(FILE_A, 0, A, { ...B, amount: '251' }))
      .thenRejected({ code: 'totals_differ', asked: '350', found: '351' });
    given(...begun)
      .when(list(FILE_A, 0, A, B, listing('ITEM0000000000C', '1')))
      .thenRejected({ code: 'totals_differ', asked: '350', found: '351' });
  });

  it('never lists an item that stands in another file, nor one twice', () => {
    const sequence = 1;
    given(...sent, numbered(FILE_B, 2, 1, '100'))
      .when(list(FILE_B, 0, A))
      .thenRejected({ code: 'item_in_another_file', item: A.item, sequence });
    given(...begun)
      .when(list(FILE_A, 0, A, A))
      .thenRejected({ code: 'item_in_another_file', item: A.item, sequence });
  });

  it('lists it again once the bank has taken nothing of that file', () =>
    given(...gone, numbered(FILE_B, 2, 1, '100'))
      .when(list(FILE_B, 0, A))
      .then(listed(FILE_B, 2, whole, A)));

  it.each(['claimed_paid', 'unknown'] as const)(
    'leaves out what the bank calls %s since it was voided, and is written without it',
    (state) => {
      const begun = [...gone, returnRead, answered(0, [said(A.item, state)])];
      const second = [...begun, numbered(FILE_B, 2, 2, '350')];
      const without = listedWithout([A], listed(FILE_B, 2, whole, B));
      given(...second)
        .when(list(FILE_B, 0, A, B))
        .then(without);
      given(...second, without)
        .when(exportFile(FILE_B, 1, '250'))
        .then(exported(FILE_B, 2, 1, '250'));
      given(...second, without)
        .when(numberFile(FILE_B, 2, '350'))
        .thenNothing();
      given(...second, without)
        .when(numberFile(FILE_B, 1, '250'))
        .thenRejected({ code: 'file_differs', field: 'count' });
    },
  );

  it('refuses a file that nobody numbered', () =>
    given(registered)
      .when(list(FILE_A, 0, A))
      .thenRejected({ code: 'file_unknown' }));
});

describe('exporting a file', () => {
  const ready = sent.slice(0, 3);

  it('keeps its hash and what was counted in its bytes', () =>
    given(...ready)
      .when(exportFile(FILE_A, 2, '350'))
      .then(exported(FILE_A, 1, 2, '350')));

  it('is done once, with one hash', () => {
    given(...sent)
      .when(exportFile(FILE_A, 2, '350'))
      .thenNothing();
    const other = { ...exportFile(FILE_A, 2, '350'), sha256: HASH.replace('a', 'c') } as ReturnType<
      typeof exportFile
    >;
    given(...sent)
      .when(other)
      .thenRejected({ code: 'file_differs', field: 'sha256' });
  });

  it('waits for all of its items', () =>
    given(
      registered,
      numbered(FILE_A, 1, 2, '350'),
      listed(FILE_A, 1, { chunk: 0, last: false }, A),
    )
      .when(exportFile(FILE_A, 1, '100'))
      .thenRejected({ code: 'file_incomplete', listed: 1, count: 2 }));

  it('refuses bytes that say something else', () =>
    given(...ready)
      .when(exportFile(FILE_A, 2, '349'))
      .thenRejected({ code: 'totals_differ', asked: '350', found: '349' }));
});
