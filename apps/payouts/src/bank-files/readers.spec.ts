import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BankLine, BankStatement } from '../domain/rail/bank-line';
import { minorOf } from './amounts';
import { readBankFile } from './reader';

const SAMPLES = resolve(__dirname, '../../../../../shared/data/samples');

interface ExpectedStatement {
  readonly id?: string;
  readonly account: string;
  readonly currency?: string;
  readonly entries?: number;
  readonly transactions?: number;
  readonly credits?: string;
  readonly debits?: string;
  readonly returns?: number;
  readonly ledgerBalance?: string | null;
  readonly unreadableAmounts?: number;
  readonly byCurrency?: Readonly<
    Record<string, { readonly credits: string; readonly debits: string }>
  >;
  readonly balances?: readonly {
    readonly type: string;
    readonly amount: string;
    readonly currency: string;
  }[];
  readonly addsUp?: boolean | null;
}

const options = { zone: 'America/Sao_Paulo', counterpartyOf: (text: string) => `#${text}` };
const read = (bytes: Uint8Array) => readBankFile(bytes, options).statements;
const readText = (text: string) => read(new TextEncoder().encode(text));

const sumOf = (lines: readonly BankLine[], side: BankLine['side']) =>
  lines.filter((line) => line.side === side).reduce((sum, { amount }) => sum + BigInt(amount), 0n);

const addsUp = ({ opening, closing, lines, unreadable }: BankStatement): boolean | null => {
  if (unreadable.some(({ place, code }) => code === 'currency' || place !== null)) return false;
  if (opening === null || closing === null) return null;
  return BigInt(opening) + sumOf(lines, 'credit') - sumOf(lines, 'debit') === BigInt(closing);
};

const describeSamples = existsSync(resolve(SAMPLES, 'expected.json')) ? describe : describe.skip;

describeSamples('reading what banks have published (needs ../shared/data/samples)', () => {
  const expected = existsSync(resolve(SAMPLES, 'expected.json'))
    ? (JSON.parse(readFileSync(resolve(SAMPLES, 'expected.json'), 'utf8')) as Record<
        string,
        { readonly statements: readonly ExpectedStatement[] }
      >)
    : {};
  const files = (folder: string) => Object.keys(expected).filter((path) => path.startsWith(folder));

  it.each(files('camt053/'))('%s', (path) => {
    const statements = read(readFileSync(resolve(SAMPLES, path)));
    const wanted = expected[path]?.statements ?? [];
    expect(statements.map(({ id, account }) => ({ id, account }))).toEqual(
      wanted.map(({ id, account }) => ({ id, account })),
    );
    for (const [i, statement] of statements.entries()) {
      const { byCurrency, returns, balances, addsUp: wantedSum } = wanted[i] ?? {};
      const currency = statement.asset.slice(0, 3);
      const minor = (text = '0') => minorOf(text, statement.asset);
      const sums = byCurrency?.[currency];
      expect(sumOf(statement.lines, 'credit')).toBe(minor(sums?.credits));
      expect(sumOf(statement.lines, 'debit')).toBe(minor(sums?.debits));
      const strangers = Object.keys(byCurrency ?? {}).filter((each) => each !== currency);
      expect(statement.unreadable.filter(({ place }) => place !== null)).toHaveLength(
        strangers.length,
      );
      expect(statement.lines.filter(({ returnReason }) => returnReason !== null)).toHaveLength(
        returns ?? 0,
      );
      const balance = (...types: string[]) =>
        types
          .map((type) => balances?.find((each) => each.type === type))
          .find((each) => each?.currency === currency)?.amount;
      const text = (amount: string | undefined) =>
        amount === undefined ? null : String(minor(amount));
      expect(statement.opening).toBe(text(balance('OPBD', 'PRCD')));
      expect(statement.closing).toBe(text(balance('CLBD')));
      expect(addsUp(statement)).toBe(wantedSum);
    }
  });

  it.each(files('ofx/'))('%s', (path) => {
    const statements = read(readFileSync(resolve(SAMPLES, path)));
    const wanted = expected[path]?.statements ?? [];
    expect(statements).toHaveLength(wanted.length);
    for (const [i, statement] of statements.entries()) {
      const { account, currency, credits, debits, ledgerBalance, transactions, unreadableAmounts } =
        wanted[i] ?? {};
      expect([statement.account, statement.asset.slice(0, 3)]).toEqual([account, currency]);
      const minor = (text = '0') => minorOf(text, statement.asset);
      const undated = statement.unreadable.filter(({ code }) => code === 'date').length;
      const unread = statement.unreadable.filter(({ code }) => code === 'amount').length;
      expect(unread).toBe(unreadableAmounts);
      expect(statement.lines.length + unread + undated).toBe(transactions);
      if (undated === 0) {
        expect(sumOf(statement.lines, 'credit')).toBe(minor(credits));
        expect(sumOf(statement.lines, 'debit')).toBe(minor(debits));
      }
      const told = statement.closing ?? balanceOfAnotherDay(statement);
      expect(told).toBe(ledgerBalance == null ? null : String(minor(ledgerBalance)));
    }
  });

  function balanceOfAnotherDay({ warnings, asset }: BankStatement): string | null {
    const [, text] =
      warnings.map((each) => /^The balance (\S+) is of/.exec(each)).find(Boolean) ?? [];
    return text === undefined ? null : String(minorOf(text, asset));
  }
});
