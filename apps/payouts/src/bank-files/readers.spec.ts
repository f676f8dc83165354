import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BankLine, BankStatement } from '../domain/rail/bank-line';
import { minorOf } from './amounts';
import { readBankFile, readBankFileInTurns } from './reader';

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

const hasSamples = existsSync(resolve(SAMPLES, 'expected.json'));
const describeSamples = hasSamples ? describe : describe.skip;
const reason = hasSamples ? '' : ' (skipped: ../shared/data/samples is not on this machine)';

describeSamples(`reading what banks have published${reason}`, () => {
  const expected = hasSamples
    ? (JSON.parse(readFileSync(resolve(SAMPLES, 'expected.json'), 'utf8')) as Record<
        string,
        { readonly statements: readonly ExpectedStatement[] }
      >)
    : {};
  // A table without a row would leave its title unfilled in the list of what was skipped.
  const files = (folder: string) =>
    hasSamples
      ? Object.keys(expected).filter((path) => path.startsWith(folder))
      : [`every file of ${folder}`];

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

const camt = (entries: string, more: { balances?: string; head?: string } = {}) => {
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="BRL">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-15</Dt></Dt></Bal>`;
  const balances = more.balances ?? balance('OPBD', '10.00') + balance('CLBD', '4.00');
  return `<?xml version="1.0"?>${more.head ?? ''}<x:Document xmlns:x="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><x:BkToCstmrStmt><x:Stmt><x:Id>1</x:Id><x:Acct><x:Id><x:Othr><x:Id>77</x:Id></x:Othr></x:Id><x:Ccy>BRL</x:Ccy></x:Acct>${prefixed(balances)}${prefixed(entries)}</x:Stmt></x:BkToCstmrStmt></x:Document>`;
};
const prefixed = (xml: string) => xml.replaceAll(/<(\/?)([A-Z])/g, '<$1x:$2');
const entry = (amount: string, inside = '', status = '<Cd>BOOK</Cd>') =>
  `<Ntry><Amt Ccy="BRL">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>${status}</Sts><BookgDt><Dt>2026-04-15</Dt></BookgDt>${inside}</Ntry>`;
const detail = (item: string, amount?: string) =>
  `<TxDtls><Refs><InstrId>${item}</InstrId><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${amount === undefined ? '' : `<Amt Ccy="BRL">${amount}</Amt>`}</TxDtls>`;
const batch = (...details: string[]) =>
  `<NtryDtls><Btch><PmtInfId>000007</PmtInfId></Btch>${details.join('')}</NtryDtls>`;
const one = (text: string): BankStatement => {
  const [statement] = readText(text);
  if (!statement) throw new Error('There is one.');
  return statement;
};

describe('reading camt.053', () => {
  it('does not lose what follows an entry that never ends', () => {
    const open = entry('3.00').replace('</Ntry>', '');
    const { lines, unreadable } = one(camt(`${entry('6.00')}${open}`));
    expect(lines.map(({ amount }) => amount)).toEqual(['600']);
    expect(unreadable).toMatchObject([{ place: null, code: 'structure' }]);
  });

  it('takes a batch apart into its payments, whatever prefix the elements have', () => {
    const { lines } = one(camt(entry('6.00', batch(detail('A', '2.00'), detail('B', '4.00')))));
    expect(
      lines.map(({ amount, references: { item, batch: of, bank } }) => [amount, item, of, bank]),
    ).toEqual([
      ['200', 'A', '000007', null],
      ['400', 'B', '000007', null],
    ]);
    expect(new Set(lines.map(({ parent }) => parent)).size).toBe(1);
  });

  it('leaves a batch whole whose parts do not make its sum, and says so', () => {
    const { lines } = one(camt(entry('6.00', batch(detail('A', '2.00'), detail('B', '3.00')))));
    expect(lines).toMatchObject([{ amount: '600', partsDiffer: true }]);
    const quiet = one(camt(entry('6.00', batch(detail('A'), detail('B')))));
    expect(quiet.lines).toMatchObject([{ amount: '600', partsDiffer: false, parent: null }]);
  });

  it('gives the same line the same key in every export, and two alike two', () => {
    const keys = (...entries: string[]) => one(camt(entries.join(''))).lines.map(({ key }) => key);
    const [first, second] = keys(entry('1.00'), entry('1.00'));
    expect(first).not.toBe(second);
    expect(keys(entry('1.00'))).toEqual([first]);
    expect(keys(entry('5.00'), entry('1.00'))[1]).toBe(first);
  });

  it('leaves out what is not booked, in the words of every version', () => {
    const pending = [entry('1.00', '', 'PDNG'), entry('1.00', '', '<Cd>PDNG</Cd>')];
    const { lines, warnings } = one(camt([...pending, entry('6.00', '', 'BOOK')].join('')));
    expect(lines.map(({ amount }) => amount)).toEqual(['600']);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['an amount', entry('6.001'), 'amount'],
    ['a currency', entry('6.00').replace('BRL', 'USD'), 'currency'],
    ['a mark', entry('6.00').replace('DBIT', 'BOTH'), 'mark'],
    ['a date', entry('6.00').replace('2026-04-15', '2026-02-31x'), 'date'],
  ])('does not guess %s', (_, text, code) => {
    expect(one(camt(text))).toMatchObject({ lines: [], unreadable: [{ place: 0, code }] });
  });

  it('does not take a comment for an entry, nor a file that was cut off for a whole one', () => {
    const text = camt(`<!-- ${entry('3.00')} -->${entry('6.00')}`);
    expect(one(text).lines.map(({ amount }) => amount)).toEqual(['600']);
    expect(one(text.slice(0, -60)).unreadable).toMatchObject([{ place: null, code: 'structure' }]);
  });

  it('refuses entities of its own', () => {
    const head = '<!DOCTYPE a [<!ENTITY b "boom">]>';
    expect(() => readText(camt(entry('6.00'), { head }))).toThrow(
      expect.objectContaining({ code: 'invalid_bank_file' }),
    );
    expect(() => readText('Dear bank,')).toThrow(
      expect.objectContaining({ code: 'unknown_bank_file' }),
    );
  });
});

const ofx = (rows: string, balance = '<BALAMT>4,00<DTASOF>20260415') =>
  `OFXHEADER:100\nCHARSET:1252\n<OFX><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>341<ACCTID>77</BANKACCTFROM><BANKTRANLIST><DTSTART>20260401<DTEND>20260415${rows}</BANKTRANLIST><LEDGERBAL>${balance}</LEDGERBAL></STMTRS></OFX>`;
const row = (amount: string, more = '') =>
  `<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260415<TRNAMT>${amount}${more}</STMTTRN>`;

describe('reading OFX', () => {
  it.each([
    ['-6.00', '600', 'debit'],
    ['6,00', '600', 'credit'],
    ['-1.234,56', '123456', 'debit'],
    ['1,234.56', '123456', 'credit'],
    ['+5', '500', 'credit'],
    ['12.5', '1250', 'credit'],
  ])('reads the amount %s', (text, amount, side) => {
    expect(one(ofx(row(text))).lines).toMatchObject([{ amount, side }]);
  });

  it.each(['1.234', '', 'six', '6.001', '1,2,3'])('does not guess the amount "%s"', (text) => {
    expect(one(ofx(row(text)))).toMatchObject({ lines: [], unreadable: [{ code: 'amount' }] });
  });

  it('keeps a bare ampersand, reads 1252 under any header, and goes on where a tag was left open', () => {
    const bytes = Buffer.from(
      ofx(`${row('-1', '<MEMO>PÃO & CIA &amp; FILHOS').replace('</STMTTRN>', '')}${row('-2')}`),
      'latin1',
    );
    const lines = read(bytes)[0]?.lines ?? [];
    expect(lines.map(({ amount, text }) => [amount, text])).toEqual([
      ['100', 'PÃO & CIA & FILHOS'],
      ['200', ''],
    ]);
  });

  it('knows a line again when the bank numbers its rows anew, and tells two alike apart', () => {
    const keys = (...fitids: string[]) =>
      one(
        ofx(fitids.map((fitid) => row('-1', `<FITID>${fitid}<CHECKNUM>${fitid}`)).join('')),
      ).lines.map(({ key }) => key);
    const [first, second] = keys('1', '2');
    expect(first).not.toBe(second);
    expect(keys('9', '9')).toEqual([first, second]);
    expect(keys('', '7')).toEqual([first, second]);
  });

  it('finds our name of a payment in the reference or in the wording', () => {
    const rows =
      row('-1', '<REFNUM>PAY000000000001') + row('-2', '<MEMO>PIX PAY000000000002 MARIA');
    expect(one(ofx(rows)).lines.map(({ references: { item } }) => item)).toEqual([
      'PAY000000000001',
      'PAY000000000002',
    ]);
  });

  it('takes a balance of another day for none', () => {
    expect(one(ofx(row('-1'))).closing).toBe('400');
    const later = one(ofx(row('-1'), '<BALAMT>4,00<DTASOF>20260420'));
    expect(later.closing).toBeNull();
    expect(later.warnings).toContainEqual(expect.stringContaining('2026-04-20'));
  });
});

describe('reading a large file', () => {
  const many = (line: (i: number) => string) =>
    Array.from({ length: 5_000 }, (_, i) => line(i)).join('');

  it.each([
    ['camt.053', camt(many((i) => entry(`${String(i + 1)}.00`)))],
    ['OFX', ofx(many((i) => row(`-${String(i + 1)}.00`)))],
  ])('lets others have their turn in between: %s', async (_, text) => {
    const bytes = new TextEncoder().encode(text);
    let turns = 0;
    let isOver = false;
    const other = () => {
      turns += 1;
      if (!isOver) setImmediate(other);
    };
    other();
    const file = await readBankFileInTurns(bytes, options);
    isOver = true;
    expect(file).toEqual(readBankFile(bytes, options));
    expect(file.statements[0]?.lines).toHaveLength(5_000);
    expect(turns).toBeGreaterThan(15);
  });
});
