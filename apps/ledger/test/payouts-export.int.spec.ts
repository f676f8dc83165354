import { TestBooks, entryOf } from './books.fixture';
import { bookCheckers } from '@tributary/testing';

const PAYABLE = 'Liabilities:Commission:Payable';
const RELEASED = 'Liabilities:Commission:Released';
const DISPUTED = 'Liabilities:Commission:Disputed';
const IN_TRANSIT = 'Liabilities:InTransit';
const TAX = 'Liabilities:Tax:Withholding';
const TAX_IN_TRANSIT = 'Liabilities:Tax:InTransit';
const OWED = 'Assets:ClawbackReceivable';
const ALLOWANCE = 'Assets:ClawbackReceivable:Allowance';
const CASH = 'Assets:Cash';

type Legs = Readonly<Record<string, bigint>>;

/** The entries of payouts, of every kind that its journal knows: an account from its first release to its last written-off cent. */
const ENTRIES: readonly (readonly [stream: string, type: string, debit: Legs, credit: Legs])[] = [
  [
    'rail-acme.itau1',
    'PayingAccountRegistered',
    { [CASH]: 500_000n },
    { 'Equity:Opening': 500_000n },
  ],
  ['account', 'ReleaseTaken', { [RELEASED]: 100_000n }, { [PAYABLE]: 100_000n }],
  [
    'account',
    'AdjustmentBooked',
    { 'Expenses:Commission:Adjustments': 5_000n },
    { [PAYABLE]: 5_000n },
  ],
  ['account', 'DisputeOpened', { [PAYABLE]: 3_000n }, { [DISPUTED]: 3_000n }],
  ['account', 'DisputeEnded', { [DISPUTED]: 3_000n }, { [PAYABLE]: 3_000n }],
  [
    'account',
    'PayoutInstructed',
    { [PAYABLE]: 105_000n },
    { [IN_TRANSIT]: 103_425n, [TAX]: 1_575n },
  ],
  ['account', 'PayoutRejected', { [IN_TRANSIT]: 103_425n, [TAX]: 1_575n }, { [PAYABLE]: 105_000n }],
  [
    'account',
    'PayoutInstructed',
    { [PAYABLE]: 105_000n },
    { [IN_TRANSIT]: 103_425n, [TAX]: 1_575n },
  ],
  ['account', 'PayoutSettled', { [IN_TRANSIT]: 103_425n }, { [CASH]: 103_425n }],
  ['rail-acme.itau1', 'LinesBooked', { 'Expenses:PayoutFees': 90n }, { [CASH]: 90n }],
  [
    'account',
    'PayoutReturned',
    { [CASH]: 103_335n, 'Expenses:PayoutFees': 90n, 'Assets:TaxRecoverable': 1_575n },
    { [PAYABLE]: 105_000n },
  ],
  [
    'account',
    'PayoutInstructed',
    { [PAYABLE]: 105_000n },
    { [IN_TRANSIT]: 103_425n, [TAX]: 1_575n },
  ],
  ['account', 'PayoutSettled', { [IN_TRANSIT]: 103_425n }, { [CASH]: 103_425n }],
  [
    'remittance-acme.main.brl.irrf',
    'TaxRemitted',
    { [TAX]: 3_150n },
    { [TAX_IN_TRANSIT]: 2_150n, 'Assets:TaxRecoverable': 1_000n },
  ],
  ['rail-acme.itau1', 'LinesBooked', { [TAX_IN_TRANSIT]: 2_150n }, { [CASH]: 2_150n }],
  // It came back before its account heard that its tax was remitted.
  ['account', 'PayoutReturned', { [CASH]: 103_425n, [TAX]: 1_575n }, { [PAYABLE]: 105_000n }],
  ['account', 'ItemTaxRemitted', { 'Assets:TaxRecoverable': 1_575n }, { [TAX]: 1_575n }],
  ['account', 'ReleaseTaken', { [PAYABLE]: 105_000n, [OWED]: 20_000n }, { [RELEASED]: 125_000n }],
  ['account', 'ReceivableRepaid', { [CASH]: 5_000n }, { [OWED]: 5_000n }],
  ['account', 'ReceivableAllowedFor', { 'Expenses:BadDebt': 10_000n }, { [ALLOWANCE]: 10_000n }],
  [
    'account',
    'ReceivableWrittenOff',
    { [ALLOWANCE]: 10_000n, 'Expenses:BadDebt': 5_000n },
    { [OWED]: 15_000n },
  ],
];

let books: TestBooks;
beforeAll(async () => {
  books = await TestBooks.open();
  await books.entity('main', 'America/Sao_Paulo', 'BRL/2');
  for (const [i, [stream, type, debit, credit]] of ENTRIES.entries()) {
    const isAccount = stream === 'account';
    // Legs of a whole item or entity belong to no programme; a rail's say which bank account.
    const more = isAccount ? { programme: '-', partner: 'p1' } : { programme: '-', bank: 'itau1' };
    await books.happen({
      stream: isAccount ? 'account-acme.p1.main.brl' : stream,
      type,
      at: new Date(Date.UTC(2026, 2, 1 + i, 15)).toISOString(),
      data: { entry: entryOf('BRL/2', 'main', debit, credit, more) },
    });
  }
});
afterAll(() => books.close());

describe('handing the entries of payouts to an accountant (M125)', () => {
  it('has every one of them, balanced by itself and in the file', async () => {
    const text = await books.text('exports?format=jsonl&entity=main');
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const sums = new Map<string, bigint>();
    for (const { position = '', debitMinor = '0', creditMinor = '0' } of rows.filter(
      ({ kind }) => kind === 'leg',
    ))
      sums.set(position, (sums.get(position) ?? 0n) + BigInt(debitMinor) - BigInt(creditMinor));
    expect(sums.size).toBe(ENTRIES.length);
    expect(new Set(sums.values())).toEqual(new Set([0n]));
    const closing = rows.filter(({ kind }) => kind === 'closing');
    const total = closing.reduce(
      (sum, { debitMinor = '0', creditMinor = '0' }) =>
        sum + BigInt(debitMinor) - BigInt(creditMinor),
      0n,
    );
    expect(total).toBe(0n);
    for (const account of [PAYABLE, DISPUTED, IN_TRANSIT, OWED, TAX, TAX_IN_TRANSIT])
      expect(closing).toContainEqual(
        expect.objectContaining({ account, debitMinor: '0', creditMinor: '0' }),
      );
  });

  it.each(['hledger', 'beancount', 'csv', 'jsonl'])(
    'gives the same bytes again, also after the log went on: %s',
    async (format) => {
      const path = `exports?format=${format}&entity=main&position=${String(books.position)}`;
      const first = await books.text(path);
      await books.happen({
        stream: `note-acme.${format}`,
        type: 'NoteTaken',
        at: '2026-05-01T00:00:00Z',
      });
      expect(await books.text(path)).toBe(first);
      expect(first).toContain('PayoutReturned');
    },
  );

  for (const { name, format, missing, complaintsAbout } of bookCheckers()) {
    const where = missing === undefined ? it : it.skip;
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    where(`passes the strictest check of ${name}${reason}`, async () => {
      const text = await books.text(`exports?format=${format}&entity=main`);
      expect(complaintsAbout(text)).toBe('');
    });
  }
});
