import { type RolledForward, type Turnover, rollForward } from './roll-forward';

describe('rolling forward what is owed to partners', () => {
  it('names every movement by the account on its other side', () => {
    const [month] = rollForward(
      [
        ...entry('Expenses:Commission', 'Liabilities:Commission:Held', 1000n),
        ...entry('Liabilities:Commission:Payable', 'Expenses:Commission', 30n),
        ...entry('Expenses:Commission:Adjustments', 'Liabilities:Commission:Payable', 20n),
        ...entry('Liabilities:Commission:Payable', 'Liabilities:Tax:Withholding', 100n),
        ...entry('Liabilities:InTransit', 'Assets:Cash', 400n),
        ...entry('Assets:Cash', 'Assets:ClawbackReceivable', 5n),
        ...entry('Assets:ClawbackReceivable:Allowance', 'Assets:ClawbackReceivable', 7n),
        ...entry('Liabilities:Commission:Payable', 'Equity:FXTrading', 50n),
        ...entry('Equity:Opening', 'Liabilities:Commission:Held', 1n),
        ...entry('Assets:Inventory', 'Assets:PartnerAdvance', 2n),
      ],
      '2026-03',
      '2026-03',
    );
    expect(month).toMatchObject({
      opening: 0n,
      broughtIn: 1n,
      posted: 970n,
      adjusted: 20n,
      writtenOff: 7n,
      received: 5n,
      settled: -400n,
      withheld: -100n,
      fx: -50n,
      other: 2n,
      closing: 455n,
    } satisfies Partial<RolledForward>);
  });

  it('opens with what was before, and each month with the closing of the last', () => {
    const post = (amount: bigint, period: string) =>
      entry('Expenses:Commission', 'Liabilities:Commission:Held', amount, period);
    const months = rollForward(
      [...post(7n, '2026-01'), ...post(10n, '2026-03'), ...post(5n, '2026-04')],
      '2026-03',
      '2026-04',
    );
    expect(months.map(({ period, opening, closing }) => [period, opening, closing])).toEqual([
      ['2026-03', 7n, 17n],
      ['2026-04', 17n, 22n],
    ]);
  });

  it.each([
    ['after all that happened', '2026-05', '2026-05', [['2026-05', 17n, 17n]]],
    [
      'around it',
      '2026-02',
      '2026-06',
      [
        ['2026-02', 7n, 7n],
        ['2026-03', 7n, 17n],
        ['2026-06', 17n, 17n],
      ],
    ],
    ['before anything was owed', '2025-11', '2026-01', [['2026-01', 0n, 7n]]],
  ])('tells what is owed where nothing moved: %s', (_case, from, to, told) => {
    const post = (amount: bigint, period: string) =>
      entry('Expenses:Commission', 'Liabilities:Commission:Held', amount, period);
    const all = [...post(7n, '2026-01'), ...post(10n, '2026-03')];
    const months = rollForward(
      all.filter(({ period }) => period <= to),
      from,
      to,
    );
    expect(months.map(({ period, opening, closing }) => [period, opening, closing])).toEqual(told);
  });
});

const entry = (debit: string, credit: string, amount: bigint, period = '2026-03'): Turnover[] => {
  const of = { entity: 'br', asset: 'BRL/2', period };
  return [
    { ...of, account: debit, debit: amount, credit: 0n },
    { ...of, account: credit, debit: 0n, credit: amount },
  ];
};
