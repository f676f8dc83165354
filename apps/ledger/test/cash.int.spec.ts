import type { BalancedEntry, Leg } from '@tributary/kernel';

import { TestBooks } from './books.fixture';
import { bookCheckers } from '@tributary/testing';

let books: TestBooks;

beforeAll(async () => {
  books = await TestBooks.open();
  await books.entity('br', 'America/Sao_Paulo', 'BRL/2');
  await payOut(books);
});

afterAll(() => books.close());

const CASH = 'Assets:Cash';
const PAYABLE = 'Liabilities:Commission:Payable';
const IN_TRANSIT = 'Liabilities:InTransit';
const WITHHELD = 'Liabilities:Tax:Withholding';
const FEES = 'Expenses:PayoutFees';

type Side = readonly [account: string, amount: number, bank?: string];

/** Payouts through two banks: one payment settles, one comes back, and both banks take their fee. */
async function payOut(to: TestBooks): Promise<void> {
  const account = 'account-acme.p1.br.brl';
  const story: readonly (readonly [string, string, string, readonly Side[], readonly Side[]])[] = [
    [
      'rail-acme.itau1',
      'PayingAccountRegistered',
      '04-01',
      [[CASH, 500_000, 'itau1']],
      [['Equity:Opening', 500_000]],
    ],
    [
      'rail-acme.brad1',
      'PayingAccountRegistered',
      '04-01',
      [[CASH, 70_000, 'brad1']],
      [['Equity:Opening', 70_000]],
    ],
    [
      account,
      'AdjustmentBooked',
      '04-02',
      [['Expenses:Commission:Adjustments', 30_000]],
      [[PAYABLE, 30_000]],
    ],
    [
      account,
      'PayoutInstructed',
      '04-15',
      [[PAYABLE, 30_000]],
      [
        [IN_TRANSIT, 29_550],
        [WITHHELD, 450],
      ],
    ],
    [account, 'PayoutSettled', '04-15', [[IN_TRANSIT, 19_700]], [[CASH, 19_700, 'itau1']]],
    [account, 'PayoutSettled', '04-16', [[IN_TRANSIT, 9_850]], [[CASH, 9_850, 'brad1']]],
    ['rail-acme.itau1', 'LinesBooked', '04-15', [[FEES, 150]], [[CASH, 150, 'itau1']]],
    ['rail-acme.brad1', 'LinesBooked', '04-16', [[FEES, 290]], [[CASH, 290, 'brad1']]],
    [
      account,
      'PayoutReturned',
      '04-17',
      [
        [CASH, 9_850, 'brad1'],
        [WITHHELD, 150],
      ],
      [[PAYABLE, 10_000]],
    ],
  ];
  for (const [stream, type, day, debits, credits] of story) {
    const entry: BalancedEntry = {
      legs: [...debits.map(legOf('debit', stream)), ...credits.map(legOf('credit', stream))],
    };
    await to.happen({ stream, type, at: `2026-${day}T03:00:00Z`, data: { entry } });
  }
}

const legOf =
  (side: Leg['side'], stream: string) =>
  ([account, amount, bank]: Side): Leg => ({
    account,
    side,
    amount: String(amount),
    asset: 'BRL/2',
    dimensions: {
      entity: 'br',
      programme: '-',
      ...(stream.startsWith('account') && { partner: 'p1' }),
      ...(bank !== undefined && { bank }),
    },
  });

describe('tying cash to the accounts at banks', () => {
  it('tells for each of them what its statement has to show', async () => {
    const { items } = await books.get(`balances?by=bank&account=${CASH}`);
    expect(items).toMatchObject([
      { bank: 'brad1', debit: '79850', credit: '10140', balance: '69710' },
      { bank: 'itau1', debit: '500000', credit: '19850', balance: '480150' },
    ]);
    const { items: entries } = await books.get(`entries?account=${CASH}&bank=brad1`);
    expect(entries).toHaveLength(4);
  });

  it('rolls what is owed forward over payments and what came back', async () => {
    const { months } = await books.get('roll-forward?from=2026-04&to=2026-04');
    expect(months).toMatchObject([
      {
        adjusted: '30000',
        settled: '-29550',
        withheld: '-300',
        received: '9850',
        closing: '10000',
      },
    ]);
  });

  it('comes to the trial balance of the accounts that it names, also where a loss is allowed for', async () => {
    const stream = 'account-acme.p1.br.brl';
    const receivable = 'Assets:ClawbackReceivable';
    for (const [debit, credit, amount] of [
      [receivable, PAYABLE, 4_000],
      ['Expenses:BadDebt', `${receivable}:Allowance`, 1_500],
    ] as const) {
      const legs = [
        legOf('debit', stream)([debit, amount]),
        legOf('credit', stream)([credit, amount]),
      ];
      const data = { entry: { legs } };
      await books.happen({ stream, type: 'Told', at: '2026-04-20T03:00:00Z', data });
    }
    const rolled = await books.get('roll-forward?from=2026-04&to=2026-04');
    const { accounts: all } = await books.get('trial-balance');
    const isBelow = (account: string, tops: unknown) =>
      (tops as string[]).some((top) => `${account}:`.startsWith(`${top}:`));
    const owed = (all as { account: string; balance: string }[])
      .filter(({ account }) => isBelow(account, rolled['accounts']))
      .filter(({ account }) => !isBelow(account, rolled['except']))
      .reduce((sum, { balance }) => sum - BigInt(balance), 0n);
    expect(rolled).toMatchObject({ months: [{ closing: '10000' }] });
    expect(String(owed)).toBe('10000');
  });
});

describe('exporting the journal of payouts (M125)', () => {
  it.each(['csv', 'jsonl', 'hledger', 'beancount'])(
    'comes out byte for byte the same as %s',
    async (format) => {
      const path = `exports?entity=br&format=${format}&position=${books.position}`;
      const first = await books.text(path);
      expect(first).toContain('itau1');
      await books.happen({
        stream: `note-acme.${format}`,
        type: 'NoteTaken',
        at: '2026-05-01T00:00:00Z',
      });
      expect(await books.text(path)).toBe(first);
    },
  );

  it('has as much debit as credit in each currency of a file', async () => {
    const [heading = '', ...rows] = (await books.text('exports?entity=br&format=csv'))
      .trimEnd()
      .split('\r\n');
    const names = heading.split(',');
    const sums = new Map<string, bigint>();
    for (const row of rows) {
      const cells = row.split(',');
      const cell = (name: string) => cells[names.indexOf(name)] ?? '';
      if (cell('kind') !== 'leg') continue;
      const before = sums.get(cell('asset')) ?? 0n;
      sums.set(cell('asset'), before + BigInt(cell('debitMinor')) - BigInt(cell('creditMinor')));
    }
    expect([...sums]).toEqual([['BRL/2', 0n]]);
  });

  for (const { name, format, missing, complaintsAbout } of bookCheckers()) {
    const where = missing === undefined ? it : it.skip;
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    where(`passes the strictest check of ${name}${reason}`, async () => {
      expect(complaintsAbout(await books.text(`exports?entity=br&format=${format}`))).toBe('');
    });
  }
});
