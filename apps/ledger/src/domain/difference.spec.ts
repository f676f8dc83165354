import { type ChangedLeg, differenceOf, effectOf } from './difference';

const account = (name: string) => ({ entity: 'br', asset: 'BRL/2' as const, account: name });

describe('telling what lies between two points of the books', () => {
  it('accounts for every cent by legs, on accounts that only one point shows as well', () => {
    const from = [
      { ...account('Assets:Cash'), balance: 500n },
      { ...account('Expenses:Commission'), balance: 70n },
    ];
    const to = [
      { ...account('Assets:Cash'), balance: 300n },
      { ...account('Liabilities:Tax'), balance: -20n },
    ];
    const changed = [
      { ...account('Assets:Cash'), legs: 2, effect: -200n },
      { ...account('Expenses:Commission'), legs: 1, effect: -70n },
      { ...account('Liabilities:Tax'), legs: 1, effect: -20n },
    ];
    const difference = differenceOf(from, to, changed);
    expect(difference.map(({ account: name, remainder }) => [name, remainder])).toEqual([
      ['Assets:Cash', 0n],
      ['Expenses:Commission', 0n],
      ['Liabilities:Tax', 0n],
    ]);
    expect(difference[1]).toMatchObject({ from: 70n, to: 0n, legs: 1 });
  });

  it('says how much no leg accounts for', () => {
    const to = [{ ...account('Assets:Cash'), balance: 300n }];
    const changed = [{ ...account('Assets:Cash'), legs: 1, effect: 299n }];
    expect(differenceOf([], to, changed)).toMatchObject([{ remainder: 1n }]);
    expect(differenceOf(to, to, [])).toMatchObject([{ legs: 0, effect: 0n, remainder: 0n }]);
  });

  it('takes off what only the first point shows', () => {
    const leg = { debit: 90n, credit: 0n } as ChangedLeg;
    expect(effectOf({ ...leg, change: 'added' })).toBe(90n);
    expect(effectOf({ ...leg, change: 'removed' })).toBe(-90n);
  });
});
