import { getBankByCode } from '@brazilian-utils/brazilian-utils/get-bank-by-code';
import { isValidBankAccount } from '@brazilian-utils/brazilian-utils/is-valid-bank-account';
import type { BankAccountDetails } from '../rails/rail';
import { type Fault, type Reading, faultsAt, read, unreadable } from './reading';

/** As it was typed. */
export interface TypedBankAccount {
  readonly bank: string;
  readonly branch: string;
  readonly branchDigit?: string | null | undefined;
  readonly number: string;
  readonly digit: string;
  readonly kind: 'checking' | 'savings';
}

export interface ReadBankAccount {
  readonly account: BankAccountDetails;
  /** False where the bank publishes no rule for its digits: then nobody has checked what was typed. */
  readonly isChecked: boolean;
}

/** Banks whose rule for the digit of an account is published; of all others only the form is known. */
const PUBLISHED_RULES = new Set(['001', '033', '041', '104', '237', '260', '341', '399', '745']);
/** Caixa has accounts of a newer kind, which are longer and follow a rule that is not published. */
const LONGER_THAN_RULE: Readonly<Record<string, number>> = { '104': 11 };
/** Modulus 11 over the four digits of the branch; what they write for ten differs. */
const BRANCH_TEN: Readonly<Record<string, string>> = { '001': 'X', '237': 'P' };
const BRANCH_WEIGHTS = [5, 4, 3, 2];
const BRANCH_DIGITS = 4;
const MOST_ACCOUNT_DIGITS = 13;

export function readBankAccount(typed: TypedBankAccount): Reading<ReadBankAccount> {
  const bank = readBank(typed.bank);
  const branch = readBranch(typed.branch);
  const number = readNumber(typed.number);
  const digit = readDigit(typed.digit);
  const malformed = [
    ...faultsAt('/bank', bank),
    ...faultsAt('/branch', branch),
    ...faultsAt('/number', number),
    ...faultsAt('/digit', digit),
  ];
  if (!('value' in bank && 'value' in branch && 'value' in number && 'value' in digit))
    return { faults: malformed };

  const branchDigit = readBranchDigit(typed.branchDigit, bank.value, branch.value);
  const longest = LONGER_THAN_RULE[bank.value] ?? MOST_ACCOUNT_DIGITS;
  const isChecked = PUBLISHED_RULES.has(bank.value) && number.value.length <= longest;
  const wrong: Fault[] = [...faultsAt('/branchDigit', branchDigit)];
  if (isChecked && !digitFits(bank.value, branch.value, number.value, digit.value))
    wrong.push({
      pointer: '/digit',
      code: 'account_check_digit',
      detail: 'The digit of the account does not fit its number, its branch and its bank.',
    });
  if (!('value' in branchDigit) || wrong.length > 0) return { faults: wrong };
  const account = {
    bank: bank.value,
    branch: branch.value,
    branchDigit: branchDigit.value,
    number: number.value,
    digit: digit.value,
    kind: typed.kind,
  };
  return read({ account, isChecked });
}

function readBank(typed: string): Reading<string> {
  const value = typed.trim();
  if (!/^[0-9]{3}$/.test(value))
    return unreadable('bank_malformed', 'The code of a bank has 3 digits.');
  if (getBankByCode(value) === null)
    return unreadable('bank_unknown', 'The Central Bank lists no bank of this code.');
  return read(value);
}

function readBranch(typed: string): Reading<string> {
  const value = typed.trim();
  if (!/^[0-9]{1,5}$/.test(value) || /^0+$/.test(value))
    return unreadable(
      'branch_malformed',
      'A branch has 1 to 5 digits, not all zero; its check digit stands apart.',
    );
  return read(value.padStart(BRANCH_DIGITS, '0'));
}

function readNumber(typed: string): Reading<string> {
  const value = typed.trim();
  if (!/^[0-9]{1,20}$/.test(value))
    return unreadable(
      'account_malformed',
      'The number of an account has digits only; its check digit stands apart.',
    );
  const significant = value.replace(/^0+/, '');
  if (significant === '')
    return unreadable('account_malformed', 'The number of an account is not zero.');
  if (significant.length > MOST_ACCOUNT_DIGITS)
    return unreadable(
      'account_too_long',
      `The number of an account has at most ${String(MOST_ACCOUNT_DIGITS)} digits.`,
    );
  return read(significant);
}

function readDigit(typed: string): Reading<string> {
  const value = typed.trim().toUpperCase();
  if (!/^[0-9]{1,2}$|^[XP]$/.test(value))
    return unreadable(
      'account_digit_malformed',
      'The digit of an account is one or two digits, X or P.',
    );
  return read(value);
}

function readBranchDigit(
  typed: string | null | undefined,
  bank: string,
  branch: string,
): Reading<string | null> {
  const value = typed?.trim().toUpperCase() ?? '';
  if (value === '') return read(null);
  if (!/^[0-9XP]$/.test(value))
    return unreadable('branch_digit_malformed', 'The digit of a branch is one digit, X or P.');
  const ten = BRANCH_TEN[bank];
  if (ten !== undefined && branch.length === BRANCH_DIGITS && value !== branchDigitOf(branch, ten))
    return unreadable('branch_check_digit', 'The digit of the branch does not fit its number.');
  return read(value);
}

function branchDigitOf(branch: string, ten: string): string {
  const sum = BRANCH_WEIGHTS.reduce((total, weight, i) => total + weight * Number(branch[i]), 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? ten : String(digit);
}

/** The rules are written for numbers of one length; how many zeros stand in front is not for a payee to know. */
function digitFits(bankCode: string, agency: string, number: string, digit: string): boolean {
  for (let length = number.length; length <= MOST_ACCOUNT_DIGITS; length++) {
    const account = number.padStart(length, '0');
    if (isValidBankAccount({ bankCode, agency, account, digit })) return true;
  }
  return false;
}
