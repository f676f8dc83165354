import { type TestBooks, entryOf } from './books.fixture';

const EXPENSE = 'Expenses:Commission';
const HELD = 'Liabilities:Commission:Held';
const RELEASED = 'Liabilities:Commission:Released';
const PAYABLE = 'Liabilities:Commission:Payable';
const IN_TRANSIT = 'Liabilities:InTransit';

export const SAO_PAULO = 'America/Sao_Paulo';
export const TOKYO = 'Asia/Tokyo';

/** Events of two services for two entities in three currencies: backdated, late, and recorded by clocks that disagree. */
export async function tell(books: TestBooks): Promise<void> {
  await books.entity('br', SAO_PAULO, 'BRL/2');
  await books.entity('jp', TOKYO, 'JPY/0');
  await booked(
    books,
    'earnings-acme.p1.standard.2026',
    'CommissionPosted',
    '2026-03-15T12:00:00Z',
    {
      entry: entryOf('BRL/2', 'br', { [EXPENSE]: 10_000n }, { [HELD]: 10_000n }, { partner: 'p1' }),
    },
  );
  // Half an hour after midnight in Tokyo: April there, March everywhere west of it.
  await booked(
    books,
    'earnings-acme.p2.standard.2026',
    'CommissionPosted',
    '2026-03-31T15:30:00Z',
    {
      entry: entryOf(
        'JPY/0',
        'jp',
        { [EXPENSE]: 1_500n },
        { [HELD]: 1_500n },
        {
          partner: 'p2; "x" | y, z% [9/99]',
          country: 'JP',
        },
      ),
      recorded: '2026-03-16T00:00:00Z',
    },
  );
  await books.happen({
    stream: 'note-acme.1',
    type: 'NoteTaken',
    at: '2026-03-20T00:00:00Z',
    recorded: '2026-03-20T12:00:00Z',
  });
  // Its writer's clock is behind, but we cannot have known it before the note.
  const released = await booked(
    books,
    'earnings-acme.p1.standard.2026',
    'CommissionReleased',
    '2026-03-18T00:00:00Z',
    {
      entry: entryOf(
        'BRL/2',
        'br',
        { [HELD]: 10_000n },
        { [RELEASED]: 10_000n },
        { partner: 'p1' },
      ),
      recorded: '2026-03-20T11:59:00Z',
    },
  );
  await books.cut('soft', 'br', SAO_PAULO, '2026-03', '2026-04-02T00:00:00Z');
  await booked(
    books,
    'earnings-acme.p1.standard.2026',
    'CommissionPosted',
    '2026-03-30T00:00:00Z',
    {
      entry: entryOf('BRL/2', 'br', { [EXPENSE]: 250n }, { [HELD]: 250n }, { partner: 'p1' }),
      recorded: '2026-04-03T00:00:00Z',
    },
  );
  await booked(books, 'account-acme.p1.br.brl', 'ReleaseTaken', '2026-03-18T00:00:00Z', {
    entry: entryOf(
      'BRL/2',
      'br',
      { [RELEASED]: 10_000n },
      { [PAYABLE]: 10_000n },
      { partner: 'p1' },
    ),
    recorded: '2026-04-03T01:00:00Z',
    because: released,
  });
  await booked(books, 'rail-acme.bank1', 'FeeCharged', '2026-04-01T01:00:00Z', {
    entry: entryOf('BRL/2', 'br', { 'Expenses:PayoutFees': 90n }, { 'Assets:Cash': 90n }),
    recorded: '2026-04-03T02:00:00Z',
  });
  await books.cut('closed', 'br', SAO_PAULO, '2026-03', '2026-04-04T00:00:00Z');
  await booked(books, 'account-acme.p1.br.brl', 'BalanceAdjusted', '2026-03-31T12:00:00Z', {
    entry: entryOf(
      'BRL/2',
      'br',
      { 'Expenses:Commission:Adjustments': 500n },
      { [PAYABLE]: 500n },
      { partner: 'p1' },
    ),
    recorded: '2026-04-05T00:00:00Z',
  });
  const brl = entryOf(
    'BRL/2',
    'br',
    { [PAYABLE]: 1_000n },
    { 'Equity:FXTrading': 999n, 'Expenses:Rounding': 1n },
    { partner: 'p1' },
  );
  const usd = entryOf(
    'USD/2',
    'br',
    { 'Equity:FXTrading': 180n },
    { [IN_TRANSIT]: 180n },
    { partner: 'p1' },
  );
  await booked(books, 'account-acme.p1.br.brl', 'PayoutInstructed', '2026-04-06T00:00:00Z', {
    entry: { legs: [...brl.legs, ...usd.legs] },
  });
}

interface More {
  readonly entry: ReturnType<typeof entryOf>;
  readonly recorded?: string;
  readonly because?: string;
}

const booked = (
  books: TestBooks,
  stream: string,
  type: string,
  at: string,
  { entry, ...more }: More,
) => books.happen({ stream, type, at, data: { entry }, ...more });
