import { type TypedBankAccount, readBankAccount } from './bank-account';
import { codesOf } from './reading.fixture';

describe('reading a bank account', () => {
  it.each([
    ['Banco do Brasil', account('001', '1584-9', '210169-6')],
    ['Bradesco', account('237', '1425-7', '0238069-2')],
    ['Caixa', account('104', '2004', '00100000448-6')],
    ['Nubank', account('260', '1', '5216125-0')],
    ['Itaú', account('341', '2545', '2366-1')],
    ['Itaú, with zeros in front', account('341', '2545', '0002366-1')],
  ])('takes one of %s whose digits fit', (_bank, typed) => {
    expect(readBankAccount(typed)).toMatchObject({ value: { isChecked: true } });
  });

  it('keeps one normal form, whatever zeros were typed', () => {
    const normal = { branch: '0001', number: '5216125', digit: '0', branchDigit: null };
    for (const [branch, number] of [
      ['1', '5216125-0'],
      ['0001', '0005216125-0'],
    ] as const)
      expect(readBankAccount(account('260', branch, number))).toMatchObject({
        value: { account: normal },
      });
  });

  it('says when nobody could check the digits, because the bank publishes no rule', () => {
    expect(readBankAccount(account('077', '1', '1234567-9'))).toMatchObject({
      value: { isChecked: false },
    });
  });

  it('cannot check accounts of a newer kind than the rule of their bank', () => {
    expect(readBankAccount(account('104', '2004', '3701000123456-7'))).toMatchObject({
      value: { isChecked: false, account: { number: '3701000123456', digit: '7' } },
    });
    expect(codesOf(readBankAccount(account('104', '2004', '00100000448-7')))).toMatchObject([
      { code: 'account_check_digit' },
    ]);
  });

  it.each([
    ['a bank that does not exist', account('999', '1', '1-1'), [['/bank', 'bank_unknown']]],
    ['a bank of two digits', account('77', '1', '1-1'), [['/bank', 'bank_malformed']]],
    [
      'a wrong digit of the account',
      account('341', '2545', '2366-2'),
      [['/digit', 'account_check_digit']],
    ],
    [
      'two digits of the account swapped',
      account('341', '2545', '3266-1'),
      [['/digit', 'account_check_digit']],
    ],
    ['a wrong branch', account('341', '2546', '2366-1'), [['/digit', 'account_check_digit']]],
    [
      'a wrong digit of the branch',
      account('001', '1584-8', '210169-6'),
      [['/branchDigit', 'branch_check_digit']],
    ],
    [
      'a branch of letters and an account of zeros',
      account('001', 'abcd', '000-0'),
      [
        ['/branch', 'branch_malformed'],
        ['/number', 'account_malformed'],
      ],
    ],
    [
      'an account that is too long, with a letter for its digit',
      account('001', '1584', '12345678901234-A'),
      [
        ['/number', 'account_too_long'],
        ['/digit', 'account_digit_malformed'],
      ],
    ],
  ])('refuses %s', (_what, typed, expected) => {
    const faults = codesOf(readBankAccount(typed));
    expect(faults.map(({ pointer, code }) => [pointer, code])).toEqual(expected);
  });
});

function account(bank: string, branch: string, number: string): TypedBankAccount {
  const [digits = '', branchDigit] = branch.split('-');
  const [significant = '', digit = ''] = number.split('-');
  return { bank, branch: digits, branchDigit, number: significant, digit, kind: 'checking' };
}
