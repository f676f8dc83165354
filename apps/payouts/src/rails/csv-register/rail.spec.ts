import fc from 'fast-check';
import {
  byLetters,
  byMail,
  byTed,
  company,
  fileOf,
  itemsTo,
  paid,
  pixDestinations,
  tedDestinations,
} from '../payments.fixture';
import { atOnce } from '../../turns';
import { writtenFile } from '../rails';
import { csvRegister } from './rail';

describe('writing the register of a run', () => {
  const file = fileOf(
    'register',
    paid('0123456789ABCDE', 25_005n, byMail),
    paid('ZYXWVTSRQPNMKJH', 7n, byTed),
  );

  it('has a row for every item, with the name as it is', () => {
    const text = Buffer.from(atOnce(csvRegister.write(file))).toString();
    expect(text.split('\r\n')).toEqual([
      'sequence,run,pay_on,item,asset,amount_minor,amount,name,document_kind,document,method,pix_key_kind,pix_key,bank,branch,branch_digit,account,account_digit,account_kind',
      `7,${file.run},2026-04-15,0123456789ABCDE,BRL/2,25005,250.05,João da Conceição,cpf,52998224725,pix,email,joao.conceicao@exemplo.com.br,,,,,,`,
      `7,${file.run},2026-04-15,ZYXWVTSRQPNMKJH,BRL/2,7,0.07,Müller Importação e Exportação de Equipamentos S/A,cnpj,33000167000101,ted,,,237,0123,4,567890,X,checking`,
      '',
    ]);
  });

  it.each([
    ['an amount', '25005', '25006', 'amount_minor'],
    ['letters of a document', '33000167000101', '33000167000102', 'document'],
    ['a key', 'joao.', 'joan.', 'pix_key'],
    ['an account', '567890', '567891', 'account'],
    ['a name', 'Müller', 'Muller', 'name'],
    ['an item', 'ZYXWVTSRQPNMKJH', 'ZYXWVTSRQPNMKJX', 'item_missing'],
    ['a heading', 'pay_on', 'paid_on', 'headings'],
    ['the last line end', 'checking\r\n', 'checking', 'line_end'],
    ['a cell more', ',checking', ',checking,', 'columns'],
  ])('is refused when %s has changed', (_, before, after, code) => {
    const text = Buffer.from(atOnce(csvRegister.write(file)))
      .toString()
      .replace(before, after);
    const { faults } = atOnce(csvRegister.readBack(Buffer.from(text), file));
    expect(faults.map((fault) => fault.code)).toContain(code);
  });

  it('is read back as it was asked, whatever names hold', async () => {
    const spreadsheet = { ...byLetters, name: '=cmd|" /C calc",A1' };
    const phone = {
      ...byMail,
      destination: { kind: 'pix', keyKind: 'phone', key: '+5511999998888' } as const,
    };
    const tricky = fileOf(
      'register',
      paid('A00000000000001', 1n, spreadsheet),
      paid('A00000000000002', 1n, phone),
    );
    expect((await writtenFile(csvRegister, tricky)).count).toBe(2);
    const items = fc.uniqueArray(itemsTo(fc.oneof(pixDestinations, tedDestinations)), {
      selector: ({ item }) => item,
    });
    await fc.assert(
      fc.asyncProperty(items, async (some) => {
        const writable = some.filter((item) => csvRegister.faultsOf(item, company).length === 0);
        const { count } = await writtenFile(csvRegister, fileOf('register', ...writable));
        expect(count).toBe(writable.length);
      }),
      { numRuns: 150 },
    );
  });

  it('is answered by nobody', () => {
    expect(() => csvRegister.readReturn(Buffer.from('x'))).toThrow('Nobody answers a register');
  });
});
