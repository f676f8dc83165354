import fc from 'fast-check';
import {
  byMail,
  byTed,
  company,
  fileOf,
  itemsTo,
  paid,
  pixDestinations,
} from '../payments.fixture';
import { atOnce } from '../../turns';
import { faultsOf } from './faults';
import { readReturn } from './read-return';
import { itau341 } from './itau-341';
import { writeFile } from './write';

const REFERENCES = ['A00000000000001', 'A00000000000002', 'A00000000000003'] as const;
const sent = fileOf(
  'pix',
  ...REFERENCES.map((item, i) => paid(item, BigInt(100 * (i + 1)), byMail)),
);

interface Answered {
  readonly codes?: string;
  readonly on?: string;
  readonly effective?: string;
  readonly number?: string;
}

/** The file as a bank gives it back: another direction, and an answer in each segment A. */
function answered(...answers: readonly Answered[]): string[] {
  const lines = Buffer.from(atOnce(writeFile(itau341, sent)))
    .toString('latin1')
    .split('\r\n')
    .slice(0, -1);
  let i = 0;
  return lines.map((line) => {
    if (line[7] === '0') return put(line, 143, '2');
    if (line[13] !== 'A') return line;
    const { codes = '', on = '00000000', effective = '', number = '' } = answers[i++] ?? {};
    const amount = effective.padStart(15, '0');
    return put(
      put(put(put(line, 231, codes.padEnd(10)), 155, on), 163, amount),
      135,
      number.padEnd(15),
    );
  });
}

const put = (line: string, column: number, text: string): string =>
  line.slice(0, column - 1) + text + line.slice(column - 1 + text.length);
const bytesOf = (lines: readonly string[], end = '\r\n') =>
  Buffer.from(lines.map((line) => line + end).join(''), 'latin1');
const readBytes = (bytes: Uint8Array) => atOnce(readReturn(itau341, bytes));
const read = (lines: readonly string[]) => readBytes(bytesOf(lines));

describe('reading what a bank answers', () => {
  it('finds every item that was written, by its reference and its amount', () => {
    const unique = { selector: ({ item }: { item: string }) => item, minLength: 1, maxLength: 8 };
    fc.assert(
      fc.property(fc.uniqueArray(itemsTo(pixDestinations), unique), (some) => {
        const items = some.filter((item) => faultsOf(itau341, item, company).length === 0);
        const bytes = Buffer.from(atOnce(writeFile(itau341, fileOf('pix', ...items))));
        bytes.write('2', 142, 'latin1');
        const read = readBytes(bytes);
        const asked = items.map(({ item, amountMinor }) => [item, amountMinor, 'unknown']);
        expect(read.items.map((each) => [each.item, each.amountMinor, each.answer])).toEqual(asked);
      }),
      { numRuns: 100 },
    );
  });

  it('takes each answer with the day, the amount and the reference of the bank', () => {
    const lines = answered(
      { codes: '00', on: '16042026', effective: '100', number: '987654321' },
      { codes: 'BD' },
      { codes: 'ANAM' },
    );
    expect(read(lines)).toEqual({
      sequence: 7,
      fileRefused: [],
      items: [
        {
          item: REFERENCES[0],
          answer: 'claimed_paid',
          codes: ['00'],
          amountMinor: 100n,
          bankReference: '987654321',
          on: '2026-04-16',
        },
        {
          item: REFERENCES[1],
          answer: 'accepted',
          codes: ['BD'],
          amountMinor: 200n,
          bankReference: null,
          on: null,
        },
        {
          item: REFERENCES[2],
          answer: 'rejected',
          codes: ['AN', 'AM'],
          amountMinor: 300n,
          bankReference: null,
          on: null,
        },
      ],
      warnings: [],
    });
  });

  it.each([
    ['a code that is not known', { codes: 'ZZ' }, 'unknown'],
    ['a known code beside one that is not', { codes: '00ZZ', on: '16042026' }, 'unknown'],
    ['a refused beside an accepted', { codes: 'BDAN' }, 'unknown'],
    ['no code at all', {}, 'unknown'],
    ['paid without a day', { codes: '00', effective: '100' }, 'unknown'],
    ['paid over the counter instead', { codes: 'BE' }, 'unknown'],
    ['paid later than asked', { codes: '00AE', on: '17042026' }, 'claimed_paid'],
    ['sent back', { codes: 'DV' }, 'returned'],
    ['no funds', { codes: 'SS' }, 'rejected'],
  ] as const)('%s', (_, answer, meant) => {
    expect(read(answered(answer)).items[0]?.answer).toBe(meant);
  });

  it('says for what amount it was answered, if not the one that was asked', () => {
    const lines = answered({ codes: '00', on: '16042026', effective: '99' });
    expect(read(lines).items[0]?.amountMinor).toBe(99n);
  });

  it('takes the receipt of segment Z for the reference where the bank gave no number', () => {
    const lines = answered({ codes: '00', on: '16042026' });
    const receipt = put(put(put(' '.repeat(240), 1, '3410001300007Z'), 15, 'AUT-1'), 8, '3');
    expect(read([...lines.slice(0, 4), receipt, ...lines.slice(4)]).items[0]?.bankReference).toBe(
      'AUT-1',
    );
  });

  it.each([
    [
      'in its header',
      (lines: string[]) => lines.map((line, i) => (i === 0 ? put(line, 231, 'HM') : line)),
    ],
    [
      'in its trailer',
      (lines: string[]) => [...lines.slice(0, -1), put(lines.at(-1) ?? '', 231, 'HM')],
    ],
    [
      'by an error of the header told at an item',
      (lines: string[]) => lines.map((line) => (line[13] === 'A' ? put(line, 231, 'HM') : line)),
    ],
    [
      'in each of its lots',
      (lines: string[]) => lines.map((line) => (line[7] === '5' ? put(line, 231, 'TA') : line)),
    ],
  ])('knows a file that was refused whole: %s', (_, refuse) => {
    const { fileRefused, items } = read(refuse(answered({ codes: 'AN' })));
    expect(fileRefused).toHaveLength(1);
    expect(items).toEqual([]);
  });

  it('says with the refusal what it was for', () => {
    const lines = answered().map((line, i) => (i === 0 ? put(line, 231, 'HMTA') : line));
    expect(read(lines).fileRefused).toEqual(['HM', 'TA']);
  });

  it('takes what is said of a lot for the items of which nothing is said', () => {
    const lines = answered().map((line) => (line[7] === '1' ? put(line, 231, 'LC') : line));
    expect(read(lines).items.map(({ answer, codes }) => [answer, ...codes])).toEqual([
      ['rejected', 'LC'],
      ['rejected', 'LC'],
      ['rejected', 'LC'],
    ]);
  });

  it('joins repeated answers, and believes neither of two that disagree', () => {
    const lines = answered({ codes: 'BD' }, { codes: 'BD' }, { codes: 'AN' });
    const renamed = lines.map((line) => (line[13] === 'A' ? put(line, 74, REFERENCES[0]) : line));
    const { items, warnings } = read(renamed);
    expect(items.map(({ answer, codes }) => [answer, codes])).toEqual([
      ['unknown', ['BD', 'BD', 'AN'].slice(1)],
    ]);
    expect(warnings).toContain(`${REFERENCES[0]} is answered more than once`);
  });

  it.each([
    ['LF only', (lines: string[]) => bytesOf(lines, '\n')],
    [
      'a mark in front',
      (lines: string[]) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytesOf(lines)]),
    ],
    [
      'an end mark of old systems',
      (lines: string[]) => Buffer.concat([bytesOf(lines), Buffer.from([0x1a])]),
    ],
    ['spaces cut off', (lines: string[]) => bytesOf(lines.map((line) => line.trimEnd()))],
    ['empty lines', (lines: string[]) => bytesOf([...lines, ''])],
    ['no trailer', (lines: string[]) => bytesOf(lines.slice(0, -1))],
    [
      'a record that nobody knows',
      (lines: string[]) =>
        bytesOf([...lines.slice(0, 2), put(' '.repeat(240), 8, '7'), ...lines.slice(2)]),
    ],
  ])('reads a file with %s', (_, bytes) => {
    const lines = answered({ codes: 'BD' }, { codes: 'AN' }, { codes: 'ZZ' });
    const { items } = readBytes(bytes(lines));
    expect(items.map(({ answer }) => answer)).toEqual(['accepted', 'rejected', 'unknown']);
  });

  it('warns of totals that do not add up', () => {
    const lines = answered({ codes: 'BD' }).map((line) =>
      line[7] === '5' ? put(line, 24, '9'.repeat(18)) : line,
    );
    expect(read(lines).warnings).toContainEqual(expect.stringContaining('lot 0001 says a total'));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another format', Buffer.from('OFXHEADER:100\r\n')],
    [
      'a file of ours',
      Buffer.from(atOnce(writeFile(itau341, fileOf('ted', paid('A00000000000001', 1n, byTed))))),
    ],
    ['another bank', bytesOf(answered().map((line) => put(line, 1, '237')))],
  ])('refuses %s', (_, bytes) => {
    expect(() => readBytes(bytes)).toThrow(
      expect.objectContaining({ code: 'not_a_return_file' }) as Error,
    );
  });

  it('pauses again and again in a large file', () => {
    const items = Array.from({ length: 3_000 }, (_, i) =>
      paid(`A${String(i).padStart(14, '0')}`, 100n, byMail),
    );
    const bytes = Buffer.from(atOnce(writeFile(itau341, fileOf('pix', ...items))));
    bytes.write('2', 142, 'latin1');
    const pauses = [...readReturn(itau341, bytes)];
    expect(pauses.length).toBeGreaterThan(6);
    expect(readBytes(bytes).items).toHaveLength(3_000);
  });
});
