import type { PaymentFile } from '../rail';
import { atOnce } from '../../turns';
import { atTheSameBank, byLetters, byMail, byTed, fileOf, paid } from '../payments.fixture';
import { itau341 } from './itau-341';
import { readBack } from './read-back';
import { writeFile } from './write';

const pix = fileOf(
  'pix',
  paid('0123456789ABCDE', 25_000n, byMail),
  paid('ZYXWVTSRQPNMKJH', 1_234_567n, byLetters),
);
const ted = fileOf(
  'ted',
  paid('A00000000000001', 10_000n, byTed),
  paid('A00000000000002', 20_000n, atTheSameBank),
);

type Change = (lines: string[]) => readonly string[] | string;

/** Puts a text at a column of a line, both counted from 1. */
const put =
  (line: number, column: number, text: string): Change =>
  (lines) =>
    lines.map((each, i) =>
      i + 1 === line
        ? each.slice(0, column - 1) + text + each.slice(column - 1 + text.length)
        : each,
    );
const without =
  (...gone: readonly number[]): Change =>
  (lines) =>
    lines.filter((_, i) => !gone.includes(i + 1));
const all =
  (...changes: readonly Change[]): Change =>
  (lines) =>
    changes.reduce<string[]>((now, change) => [...(change(now) as readonly string[])], lines);

function faultsAfter(change: Change, file: PaymentFile, asked = file): readonly string[] {
  const lines = Buffer.from(atOnce(writeFile(itau341, file)))
    .toString('latin1')
    .split('\r\n');
  lines.pop();
  const changed = change(lines);
  const text =
    typeof changed === 'string' ? changed : changed.map((each) => `${each}\r\n`).join('');
  const { faults } = atOnce(readBack(Buffer.from(text, 'latin1'), asked, '341'));
  return faults.map(({ code }) => code);
}

describe('the gate behind the writer', () => {
  it.each([pix, ted])('passes what says what was asked', (file) => {
    expect(faultsAfter((lines) => lines, file)).toEqual([]);
  });

  // Seeded defects: what public validators find, what they let pass, and what was rejected by banks in public reports.
  it.each<readonly [defect: string, code: string, change: Change]>([
    [
      'lines that end with LF only',
      'line_end',
      (lines) => lines.map((each) => `${each}\n`).join(''),
    ],
    ['a last line without an end', 'line_end', (lines) => lines.join('\r\n')],
    [
      'a line cut at 120',
      'line_length',
      (lines) => lines.map((each, i) => (i === 1 ? each.slice(0, 120) : each)),
    ],
    [
      'a line of 241',
      'line_length',
      (lines) => lines.map((each, i) => (i === 2 ? `${each} ` : each)),
    ],
    ['an accent', 'character', put(3, 44, 'JOÃO')],
    ['a tab', 'character', put(3, 60, '\t')],
    ['another bank', 'bank', put(4, 1, '237')],
    ['no file header', 'record_order', without(1)],
    ['no file trailer', 'record_order', without(8)],
    ['an unknown record', 'record_type', put(4, 8, '4')],
    ['another file layout', 'layout', put(1, 15, '089')],
    ['another lot layout', 'layout', put(2, 14, '045')],
    ['a return instead of an instruction', 'direction', put(1, 143, '2')],
    ['another sequence number', 'sequence', put(1, 158, '000008')],
    ['another day of making', 'made_on', put(1, 144, '15042026')],
    ['a time that does not exist', 'made_at', put(1, 152, '250000')],
    ['another company', 'payer_document', put(1, 19, '11222333000182')],
    ['another account to pay from', 'payer_account', put(2, 59, '000000056780')],
    ['another company name', 'payer_name', put(2, 73, 'X')],
    ['another service', 'service', put(2, 10, '30')],
    ['a form that the service does not allow', 'form', put(2, 12, '44')],
    ['PIX in a lot of TED', 'mixed_file', put(2, 12, '41')],
    ['the chamber of TED for PIX', 'chamber', put(3, 18, '018')],
    ['a lot number that is not the next', 'lot_number', put(2, 4, '0002')],
    ['a detail of another lot', 'lot_number', put(4, 4, '0002')],
    ['a detail number twice', 'detail_number', put(4, 9, '00001')],
    ['a segment that is not written', 'segment', put(4, 14, 'C')],
    [
      'segment B before A',
      'segment_order',
      (lines) => [lines[0], lines[1], lines[3], lines[2], ...lines.slice(4)] as string[],
    ],
    ['no segment B', 'segment_order', without(4)],
    ['an item twice', 'item_twice', put(5, 74, '0123456789ABCDE')],
    ['an item that nobody asked for', 'item_not_asked', put(3, 74, '0123456789ABCDX')],
    [
      'an item left out, with everything counted anew',
      'item_missing',
      all(
        without(5, 6),
        put(5, 18, '000004'),
        put(5, 24, '000000000000025000'),
        put(6, 24, '000006'),
      ),
    ],
    [
      'another amount',
      'amount',
      all(put(3, 120, '000000000025001'), put(7, 24, '000000000001259568')),
    ],
    [
      'two amounts exchanged',
      'amount',
      all(put(3, 120, '000000001234567'), put(5, 120, '000000000025000')),
    ],
    ['an amount of nothing', 'amount', put(3, 120, '000000000000000')],
    ['a comma in an amount', 'amount', put(3, 131, ',')],
    ['a change instead of an instruction', 'movement', put(3, 15, '009')],
    ['another currency', 'currency', put(3, 102, 'USD')],
    ['another day', 'pay_on', put(3, 94, '16042026')],
    ['another name', 'name', put(3, 44, 'MARIA')],
    ['a document without its letters', 'document', put(5, 204, '00000123450135')],
    ['a document without its letters in segment B', 'document', put(6, 19, '00000123450135')],
    ['a company that is called a person', 'document', put(6, 18, '1')],
    ['an answer in an instruction', 'not_blank', put(3, 231, '00')],
    ['an account beside a key', 'destination', put(3, 36, '123456')],
    ['a bank beside a key', 'destination', put(3, 21, '341')],
    ['no sign that a key is meant', 'destination', put(3, 113, '  ')],
    ['no kind of key', 'key_type', put(4, 15, '  ')],
    ['another kind of key', 'key_type', put(4, 15, '03')],
    ['no key', 'destination', put(4, 128, ' '.repeat(40))],
    ['another key', 'destination', put(4, 128, 'joan')],
    ['a key in capitals', 'destination', put(4, 128, 'JOAO')],
    ['a lot that counts one too few', 'lot_count', put(7, 18, '000005')],
    ['a lot that sums one too few', 'lot_total', put(7, 24, '000000000001259566')],
    ['a lot without trailer', 'lot_open', without(7)],
    [
      'an empty lot',
      'lot_empty',
      all(
        without(3, 4, 5, 6),
        put(3, 18, '000002'),
        put(3, 24, '0'.repeat(18)),
        put(4, 24, '000004'),
      ),
    ],
    ['a file that counts lots that are not there', 'file_lots', put(8, 18, '000002')],
    ['a file that counts one too few', 'file_count', put(8, 24, '000007')],
  ])('finds %s', (_, code, change) => {
    expect(faultsAfter(change, pix)).toContain(code);
  });

  it.each<readonly [defect: string, code: string, change: Change]>([
    ['TED to the bank itself', 'form', put(2, 12, '41')],
    [
      'an account of the bank in the form of others',
      'destination',
      put(3, 24, '3741  000000002115'),
    ],
    ['column 42 filled', 'destination', put(7, 42, '4')],
    ['another digit', 'destination', put(7, 43, '1')],
    ['the chamber of the bank itself for TED', 'chamber', put(7, 18, '000')],
    ['the form for the same holder', 'form', put(6, 12, '43')],
    ['a key where an account is meant', 'destination', put(8, 128, 'joao@exemplo.com.br')],
  ])('finds %s', (_, code, change) => {
    expect(faultsAfter(change, ted)).toContain(code);
  });

  it.each([pix, ted])(
    'finds any one character that has changed, but for the time of day',
    (file) => {
      const bytes = atOnce(writeFile(itau341, file));
      const unseen: number[] = [];
      for (let i = 0; i < bytes.length; i++) {
        const changed = Uint8Array.from(bytes);
        changed[i] = bytes[i] === 0x31 ? 0x32 : 0x31;
        if (atOnce(readBack(changed, file, '341')).faults.length === 0) unseen.push(i + 1);
      }
      expect(unseen.filter((place) => place < 152 || place > 157)).toEqual([]);
    },
  );
});
