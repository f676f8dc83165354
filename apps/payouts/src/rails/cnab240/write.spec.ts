import fc from 'fast-check';
import {
  atTheSameBank,
  byLetters,
  byMail,
  byTed,
  company,
  fileOf,
  itemsTo,
  itself,
  paid,
  pixDestinations,
  tedDestinations,
  withSavings,
} from '../payments.fixture';
import { atOnce } from '../../turns';
import { writtenFile } from '../rails';
import { itau341 } from './itau-341';
import { cnab240 } from './rail';
import { writeFile } from './write';

const itau = cnab240(itau341);
const linesOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').split('\r\n');

/** A line of 240 spaces with texts put at their columns, counted by hand from the tables that the bank's users publish. */
function line(...parts: readonly (readonly [from: number, text: string])[]): string {
  const columns = [...' '.repeat(240)];
  for (const [from, text] of parts) columns.splice(from - 1, text.length, ...text);
  return columns.join('');
}

const PAYER = [
  [18, '211222333000181'],
  [53, '01234 000000056789 0'],
  [73, 'DISTRIBUICAO TRIBUTARIA E CIA'],
] as const;
const HEADER = line(
  [1, '34100000'],
  [15, '080'],
  ...PAYER,
  [103, 'BANCO ITAU SA'],
  [143, '114042026220509'],
  [158, '00000700000000'],
);

describe('writing CNAB 240 for Itaú', () => {
  it('writes PIX by key: header, lot, A and B for each item, trailers', () => {
    const file = fileOf(
      'pix',
      paid('0123456789ABCDE', 25_000n, byMail),
      paid('ZYXWVTSRQPNMKJH', 1_234_567n, byLetters),
    );
    expect(linesOf(atOnce(writeFile(itau341, file)))).toEqual([
      HEADER,
      line([1, '34100011C2045040'], ...PAYER, [173, '00000'], [213, '00000000']),
      line(
        [1, '3410001300001A000009000'],
        [24, '00000000000000000000'],
        [44, 'JOAO DA CONCEICAO'],
        [74, '0123456789ABCDE'],
        [94, '15042026REA0000000004'],
        [115, '00000000000000025000'],
        [155, '00000000000000000000000'],
        [198, '000000'],
        [204, '00052998224725'],
        [230, '0'],
      ),
      line(
        [1, '3410001300002B02'],
        [18, '100052998224725'],
        [128, 'joao.conceicao@exemplo.com.br'],
      ),
      line(
        [1, '3410001300003A000009000'],
        [24, '00000000000000000000'],
        [44, 'ACAO COMERCIO LTDA.'],
        [74, 'ZYXWVTSRQPNMKJH'],
        [94, '15042026REA0000000004'],
        [115, '00000000000001234567'],
        [155, '00000000000000000000000'],
        [198, '000000'],
        [204, '12ABC34501DE35'],
        [230, '0'],
      ),
      line([1, '3410001300004B03'], [18, '212ABC34501DE35'], [128, '12ABC34501DE35']),
      line([1, '34100015'], [18, '000006000000000001259567'], [42, '000000000000000000']),
      line([1, '34199999'], [18, '000001000008']),
      '',
    ]);
  });

  it('gives every form of transfer a lot of its own', () => {
    const file = fileOf(
      'ted',
      paid('A00000000000001', 100n, byTed),
      paid('A00000000000002', 200n, atTheSameBank),
      paid('A00000000000003', 400n, withSavings),
      paid('A00000000000004', 800n, itself),
    );
    const lines = linesOf(atOnce(writeFile(itau341, file)));
    const lots = lines.filter((each) => each[7] === '1').map((each) => each.slice(3, 16));
    expect(lots).toEqual(['00011C2001040', '00021C2005040', '00031C2041040', '00041C2043040']);
    const details = lines.filter((each) => each[13] === 'A').map((each) => each.slice(17, 43));
    expect(details).toEqual([
      '00034103741 000000002115 2',
      '00034103741 000000002115 2',
      '01823700123 000000567890 X',
      '01823700123 000000567890 X',
    ]);
    const totals = lines.filter((each) => each[7] === '5').map((each) => each.slice(17, 41));
    expect(totals.map((each) => [Number(each.slice(0, 6)), Number(each.slice(6))])).toEqual([
      [4, 200],
      [4, 400],
      [4, 100],
      [4, 800],
    ]);
    expect(lines.at(-2)).toBe(line([1, '34199999'], [18, '000004000018']));
  });

  it('starts another lot where the numbering of one is full', () => {
    const small = { ...itau341, mostDetailsInLot: 4 };
    const items = [1, 2, 3].map((i) => paid(`A0000000000000${i}`, 100n, byMail));
    const file = fileOf('pix', ...items);
    const bytes = atOnce(writeFile(small, file));
    expect(linesOf(bytes).filter((each) => each[7] === '1')).toHaveLength(2);
    expect(atOnce(cnab240(small).readBack(bytes, file))).toEqual({
      count: 3,
      totalMinor: 300n,
      faults: [],
    });
  });

  it('refuses PIX beside other payments', () => {
    const file = fileOf(
      'pix',
      paid('A00000000000001', 1n, byMail),
      paid('A00000000000002', 1n, byTed),
    );
    expect(() => atOnce(writeFile(itau341, file))).toThrow(coded('mixed_file'));
  });

  it('has the same bytes whenever it is written', async () => {
    const file = fileOf('pix', paid('0123456789ABCDE', 25_000n, byMail));
    const { sha256 } = await writtenFile(itau, file);
    const again = await writtenFile(itau, { ...file, items: [...file.items] });
    expect(again.sha256).toBe(sha256);
    expect(sha256).toBe('b3cca5fb007fa3764b5ca2d1217c3f41d633bade1df591fb9d1fff044f65bc92');
  });
});

describe('promising that an item can be written', () => {
  it.each([
    ['amount_not_positive', paid('A00000000000001', 0n, byMail)],
    ['amount_not_positive', paid('A00000000000001', -1n, byMail)],
    ['amount_too_large', paid('A00000000000001', 10n ** 15n, byMail)],
    ['invalid_reference', paid('a0000000000001', 1n, byMail)],
    ['name_unwritable', paid('A00000000000001', 1n, { ...byMail, name: '東京 Ltda' })],
    ['name_missing', paid('A00000000000001', 1n, { ...byMail, name: '🍻!' })],
    [
      'invalid_document',
      paid('A00000000000001', 1n, { ...byMail, document: { kind: 'cpf', number: '12ABC345678' } }),
    ],
    [
      'invalid_document',
      paid('A00000000000001', 1n, {
        ...byMail,
        document: { kind: 'cnpj', number: '12abc34501de35' },
      }),
    ],
    ['invalid_pix_key', paid('A00000000000001', 1n, toKey('email', 'Joao@Exemplo.com'))],
    [
      'invalid_pix_key',
      paid('A00000000000001', 1n, toKey('email', `${'a'.repeat(70)}@exemplo.com`)),
    ],
    ['invalid_pix_key', paid('A00000000000001', 1n, toKey('phone', '11999998888'))],
    ['invalid_pix_key', paid('A00000000000001', 1n, toKey('evp', 'not-a-uuid'))],
    ['invalid_account', paid('A00000000000001', 1n, toAccount({ bank: '341', number: '1234567' }))],
    ['invalid_branch', paid('A00000000000001', 1n, toAccount({ bank: '341', branch: '12345' }))],
    ['invalid_branch', paid('A00000000000001', 1n, toAccount({ branch: '12-3' }))],
    ['invalid_bank', paid('A00000000000001', 1n, toAccount({ bank: '23' }))],
    ['invalid_digit', paid('A00000000000001', 1n, toAccount({ digit: '' }))],
    ['savings_elsewhere', paid('A00000000000001', 1n, toAccount({ kind: 'savings' }))],
  ])('finds %s', async (code, item) => {
    expect(itau.faultsOf(item, company).map((fault) => fault.code)).toEqual([code]);
    const file = fileOf(item.payee.destination.kind, item);
    await expect(writtenFile(itau, file)).rejects.toEqual(coded('items_unwritable'));
  });

  it('finds what is wrong with the account that is paid from', () => {
    const account = { ...company.account, bank: '237', digit: '' };
    const faults = itau.faultsOf(paid('A00000000000001', 1n, byMail), {
      ...company,
      cnpj: '1',
      account,
    });
    expect(faults.map(({ field }) => field)).toEqual(['from.bank', 'from.digit', 'from.cnpj']);
  });

  it.each([
    ['pix', pixDestinations],
    ['ted', tedDestinations],
  ])(
    'whatever has no fault is written and read back as it was asked: %s',
    async (kind, destinations) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(itemsTo(destinations), {
            selector: ({ item }) => item,
            minLength: 1,
            maxLength: 8,
          }),
          async (some) => {
            const items = some.filter((item) => itau.faultsOf(item, company).length === 0);
            const file = fileOf(kind, ...items);
            const { count, totalMinor } = await writtenFile(itau, file);
            expect(count).toBe(items.length);
            expect(totalMinor).toBe(items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n));
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});

function toKey(keyKind: 'email' | 'evp' | 'phone', key: string) {
  return { ...byMail, destination: { kind: 'pix' as const, keyKind, key } };
}

function toAccount(change: object) {
  if (byTed.destination.kind !== 'ted') throw new Error('the fixture is paid by TED');
  const account = { ...byTed.destination.account, ...change };
  return { ...byTed, destination: { kind: 'ted' as const, account } };
}

const coded = (code: string): Error => expect.objectContaining({ code }) as Error;
