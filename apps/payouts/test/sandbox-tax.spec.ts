import { uuidV5 } from '@tributary/kernel';
import { SandboxBank, STATEMENT_FORMATS, openBank } from '@tributary/sandbox-bank';
import { readBankFile } from '../src/bank-files/reader';
import { RAIL, settings } from '../src/domain/rail/file.fixture';
import { AT, RailBook } from '../src/domain/rail/rail.fixture';

const [FROM, PAID, UNTIL] = ['2026-04-15', '2026-04-20', '2026-04-21'] as const;
const REMITTANCE = uuidV5('spec', 'remittance');
const OPTIONS = { zone: settings.zone, counterpartyOf: () => null };
const HOLDER = { holder: 'TRIBUTARIA LTDA', document: settings.cnpj };

describe('tax that was paid at the bank, past our files', () => {
  it.each(STATEMENT_FORMATS)('is known by its document in %s', (format) => {
    const { bank: code, branch, number, digit } = settings.account;
    const account = { bank: code, branch, number, digit: digit ?? '0', ...HOLDER };
    const bank = new SandboxBank(openBank({ account, openingMinor: '100000', on: FROM }));
    bank.advance(PAID);
    const said = { side: 'debit', amountMinor: '1500', text: 'PAGAMENTO DE TRIBUTO' } as const;
    bank.enter({ ...said, reference: '07.16.26110.0000001-1' });
    bank.enter({ ...said, reference: '07.16.26110.0000002-2' });
    bank.advance('2026-04-22');

    const declared = { remittance: REMITTANCE, amount: '1500', paidOn: PAID, by: 'bea', at: AT };
    const { statements } = readBankFile(bank.statement(FROM, UNTIL, format), OPTIONS);
    const book = RailBook.registered()
      .tell({ ...declared, type: 'ExpectRemittance', rail: RAIL, reference: '0716261100000002-2' })
      .reads(...statements);
    expect(Object.values(book.matches)).toEqual(['T2 tax']);
    expect(Object.values(book.breaks)).toEqual(['B02 no_instruction']);
    book.checkSums();
  });

  it('carries no reference that a statement cannot', () => {
    const account = { bank: '341', branch: '1234', number: '56789', digit: '0', ...HOLDER };
    const bank = new SandboxBank(openBank({ account, openingMinor: '1', on: FROM }));
    const entry = {
      side: 'debit',
      amountMinor: '1',
      text: 'TRIBUTO',
      reference: '<DARF>',
    } as const;
    expect(() => {
      bank.enter(entry);
    }).toThrow('A reference is up to 35 letters and digits.');
  });
});
