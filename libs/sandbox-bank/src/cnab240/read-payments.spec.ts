import { ACCOUNT, bytesOf, fileOf, linesOf, pix, ted } from '../remittance.fixture';
import { overwrite } from './lines';
import { readPayments } from './read-payments';

const read = (bytes: Uint8Array) => readPayments(bytes, ACCOUNT);
const codesOf = (bytes: Uint8Array) => [...new Set(read(bytes).faults.map(({ code }) => code))];

describe('reading a file of payments', () => {
  it('reads TED and transfers, each lot in its form', () => {
    const { file, faults } = read(
      fileOf(
        7,
        [ted('TEDONE'), ted('TEDTWO', { amountMinor: '25050' })],
        [ted('OWN', { bank: '341' })],
      ),
    );
    expect(faults).toEqual([]);
    expect(file.sequence).toBe(7);
    expect(file.payments).toMatchObject([
      { lot: 1, method: 'ted', item: 'TEDONE', amountMinor: '10000', payOn: '2026-04-15' },
      { lot: 1, method: 'ted', item: 'TEDTWO', amountMinor: '25050' },
      { lot: 2, method: 'transfer', item: 'OWN' },
    ]);
    expect(file.payments[0]?.payee).toEqual({
      name: 'MARIA DA SILVA',
      document: '52998224725',
      destination: {
        kind: 'account',
        bank: '237',
        branch: '04321',
        number: '000000012345',
        digit: '6',
      },
    });
  });

  it('reads a PIX with its key, and a document with letters as it is', () => {
    const { file, faults } = read(
      fileOf(8, [pix('PIXONE', { document: '12ABC34501DE35', key: ['03', '12ABC34501DE35'] })]),
    );
    expect(faults).toEqual([]);
    expect(file.payments[0]?.payee).toMatchObject({
      document: '12ABC34501DE35',
      destination: { kind: 'key', keyKind: '03', key: '12ABC34501DE35' },
    });
  });
});

describe('refusing a file whole', () => {
  const good = linesOf(3, [ted('ONE'), ted('TWO')]);
  const spoilt = (line: number, from: number, to: number, text: string) =>
    bytesOf(
      good.map((one, index) => (index === line - 1 ? overwrite(one, [[from, to, text]]) : one)),
    );

  it.each<[string, Uint8Array, string]>([
    ['nothing in it', new Uint8Array(), 'empty_file'],
    [
      'a line that is too short',
      bytesOf(good.map((line, i) => (i === 2 ? line.slice(1) : line))),
      'wrong_line_length',
    ],
    ['lines that end in LF alone', new TextEncoder().encode(good.join('\n')), 'wrong_line_end'],
    ['an accent', spoilt(3, 44, 44, 'Á'), 'wrong_line_length'],
    ['small letters in a name', spoilt(3, 44, 48, 'maria'), 'invalid_character'],
    ['no file header', bytesOf(good.slice(1)), 'record_missing'],
    ['no file trailer', bytesOf(good.slice(0, -1)), 'record_missing'],
    ['another bank', spoilt(1, 1, 3, '237'), 'unknown_bank'],
    ['another account', spoilt(1, 59, 70, '000000056788'), 'unknown_account'],
    ['another customer', spoilt(1, 19, 32, '11222333000181'), 'unknown_account'],
    ['another account in a lot', spoilt(2, 72, 72, '1'), 'unknown_account'],
    ['an unknown layout', spoilt(1, 15, 17, '089'), 'unknown_layout'],
    ['a return instead of a remittance', spoilt(1, 143, 143, '2'), 'wrong_direction'],
    ['a day that does not exist', spoilt(1, 144, 151, '31022026'), 'invalid_date'],
    ['no sequence', spoilt(1, 158, 163, '000000'), 'sequence_missing'],
    ['letters in a number', spoilt(3, 120, 134, '00000000001A000'), 'not_numeric'],
    ['an unknown form of payment', spoilt(2, 12, 13, '44'), 'unknown_form'],
    ['a lot out of order', spoilt(2, 4, 7, '0002'), 'wrong_lot'],
    ['a gap in the records', spoilt(4, 9, 13, '00003'), 'record_number_gap'],
    ['a segment that is not offered', spoilt(4, 14, 14, 'J'), 'unknown_segment'],
    ['a TED through the chamber of PIX', spoilt(3, 18, 20, '009'), 'wrong_chamber'],
    ['a foreign currency', spoilt(3, 102, 104, 'USD'), 'unknown_currency'],
    ['a payment without our number', spoilt(3, 74, 93, ''), 'item_missing'],
    ['a sum that is not the payments', spoilt(5, 24, 41, '000000000000020001'), 'lot_sum_wrong'],
    ['a wrong count in a lot', spoilt(5, 18, 23, '000005'), 'lot_count_wrong'],
    ['a wrong count of lots', spoilt(6, 18, 23, '000002'), 'lot_count_wrong'],
    ['a wrong count of records', spoilt(6, 24, 29, '000007'), 'record_count_wrong'],
    ['one payment twice', fileOf(3, [ted('ONE'), ted('ONE')]), 'item_repeated'],
    ['PIX beside TED', fileOf(3, [ted('ONE')], [pix('TWO')]), 'pix_mixed'],
    ['a lot that pays nobody', fileOf(3, []), 'lot_empty'],
  ])('for %s', (_, bytes, code) => {
    expect(codesOf(bytes)).toContain(code);
  });

  it('for a PIX that is not addressed', () => {
    const [header, lot, a, b, ...rest] = linesOf(3, [pix('ONE')]) as [
      string,
      string,
      string,
      string,
    ];
    const without = (line: string, from: number, to: number) => overwrite(line, [[from, to, '']]);
    expect(codesOf(bytesOf([header, lot, without(a, 113, 114), b, ...rest]))).toEqual([
      'wrong_addressing',
    ]);
    expect(codesOf(bytesOf([header, lot, a, without(b, 128, 227), ...rest]))).toEqual([
      'key_missing',
    ]);
    expect(codesOf(bytesOf([header, lot, a, without(b, 15, 16), ...rest]))).toEqual([
      'unknown_key_kind',
    ]);
    expect(codesOf(bytesOf([header, lot, a, ...rest]))).toContain('segment_missing');
    expect(codesOf(bytesOf([header, lot, b, a, ...rest]))).toContain('segment_order');
  });

  it('and says where everything is that has to be mended', () => {
    const twice = overwrite(good[2] as string, [
      [74, 93, ''],
      [102, 104, 'USD'],
    ]);
    const { faults } = read(bytesOf(good.map((line, index) => (index === 2 ? twice : line))));
    expect(faults).toEqual([
      {
        line: 3,
        columns: '102-104',
        code: 'unknown_currency',
        message: 'Currency is "USD", not REA or BRL',
      },
      { line: 3, columns: '74-93', code: 'item_missing', message: expect.any(String) as string },
    ]);
  });
});
