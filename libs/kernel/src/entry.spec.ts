import fc from 'fast-check';
import { type Leg, assertBalanced } from './entry';

const dimensions = { entity: 'e1', programme: 'p1' };
const debit = (amount: string, more: Partial<Leg> = {}): Leg => ({
  account: 'Expenses:Commission',
  side: 'debit',
  amount,
  asset: 'BRL/2',
  dimensions,
  ...more,
});
const credit = (amount: string, more: Partial<Leg> = {}): Leg => ({
  ...debit(amount),
  account: 'Liabilities:Commission:Held',
  side: 'credit',
  ...more,
});
const usd = { asset: 'USD/2' };
const elsewhere = { dimensions: { entity: 'e2', programme: 'p1' } };

describe('balancing an entry', () => {
  it.each<[string, Leg[]]>([
    ['two legs', [debit('25000'), credit('25000')]],
    [
      'a negative posting that takes from held, then from released',
      [credit('8333', { account: 'Expenses:Commission' }), debit('8000'), debit('333')],
    ],
    ['eighteen digits', [debit('999999999999999999'), credit('999999999999999999')]],
    [
      'two currencies, each balanced by itself',
      [debit('123456'), credit('123455'), credit('1'), debit('22727', usd), credit('22727', usd)],
    ],
    [
      'more dimensions',
      [debit('1', { dimensions: { ...dimensions, partner: 'a7', plan: 'x' } }), credit('1')],
    ],
  ])('accepts %s', (_what, legs) => {
    expect(() => assertBalanced({ legs })).not.toThrow();
  });

  it('accepts exactly the legs that sum to zero', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(amounts, amounts, (debits, credits) => {
        const legs = [
          ...debits.map((n) => debit(String(n))),
          ...credits.map((n) => credit(String(n))),
        ];
        const sum = (of: number[]) => of.reduce((all, n) => all + n, 0);
        const judge = expect(() => assertBalanced({ legs }));
        if (sum(debits) === sum(credits)) judge.not.toThrow();
        else judge.toThrow(expect.objectContaining({ code: 'unbalanced_entry' }));
      }),
    );
  });

  it('says by how much, and where', () => {
    expect(() => assertBalanced({ legs: [debit('10'), credit('7')] })).toThrow(
      expect.objectContaining({
        code: 'unbalanced_entry',
        facts: { key: 'e1 BRL/2', difference: '3' },
      }),
    );
  });

  it.each<[string, unknown]>([
    ['no entry', null],
    ['a list', [debit('1'), credit('1')]],
    ['no legs', {}],
    ['an empty list of legs', { legs: [] }],
    ['one leg', { legs: [debit('1')] }],
    ['a leg that is no object', { legs: [debit('1'), null] }],
    ['a balance across entities', { legs: [debit('1'), credit('1', elsewhere)] }],
    ['a balance across currencies', { legs: [debit('1'), credit('1', usd)] }],
    ['two sides of one direction', { legs: [debit('1'), debit('1')] }],
    ['zero', { legs: [debit('0'), credit('0')] }],
    ['a negative amount', { legs: [debit('-1'), credit('-1')] }],
    ['an amount with leading zeros', { legs: [debit('01'), credit('01')] }],
    ['an amount as a number', { legs: [{ ...debit('1'), amount: 1 }, credit('1')] }],
    ['nineteen digits', { legs: [debit('1000000000000000000'), credit('1000000000000000000')] }],
    [
      'an asset without its digits',
      { legs: [debit('1', { asset: 'BRL' }), credit('1', { asset: 'BRL' })] },
    ],
    ['a side by its initial', { legs: [{ ...debit('1'), side: 'D' }, credit('1')] }],
    ['an account without a parent', { legs: [debit('1', { account: 'Cash' }), credit('1')] }],
    ['an account in lower case', { legs: [debit('1', { account: 'assets:cash' }), credit('1')] }],
    ['no programme', { legs: [{ ...debit('1'), dimensions: { entity: 'e1' } }, credit('1')] }],
    [
      'an entity that is no text',
      { legs: [{ ...debit('1'), dimensions: { entity: {}, programme: 'p1' } }, credit('1')] },
    ],
    [
      'a partner that is no text',
      { legs: [{ ...debit('1'), dimensions: { ...dimensions, partner: 7 } }, credit('1')] },
    ],
  ])('refuses %s', (_what, entry) => {
    expect(() => assertBalanced(entry)).toThrow(
      expect.objectContaining({ code: 'unbalanced_entry' }),
    );
  });
});
