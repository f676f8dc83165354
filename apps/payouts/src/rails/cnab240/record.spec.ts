import { fieldsOf } from './fields';
import { itau341 } from './itau-341';
import { type RecordSpec, assertComplete, dayIn, readRecord, writeRecord } from './record';

const spec: RecordSpec = {
  name: 'sample',
  length: 34,
  fields: fieldsOf(
    ['number', 1, 4, 'number'],
    ['text', 5, 9, 'text', ''],
    ['code', 10, 13, 'code', ''],
    ['amount', 14, 20, 'amount', '0'],
    ['day', 21, 28, 'day', ''],
    ['key', 29, 34, 'key', ''],
  ),
};

describe('a record as data', () => {
  it.each(Object.values(itau341.records))('$name covers every column once', (record) => {
    expect(() => assertComplete(record)).not.toThrow();
  });

  it.each([
    ['a gap', [1, 3], [5, 10]],
    ['an overlap', [1, 3], [3, 10]],
    ['an end that is too early', [1, 3], [4, 9]],
  ] as const)('is refused with %s', (_, [from, to], [from2, to2]) => {
    const fields = fieldsOf(['a', from, to, 'text'], ['b', from2, to2, 'text']);
    expect(() => assertComplete({ name: 'broken', length: 10, fields })).toThrow(
      coded('invalid_record'),
    );
  });

  it('is written in its columns', () => {
    const values = {
      number: 42,
      text: 'AB',
      code: 'A1',
      amount: 1234n,
      day: '2026-04-15',
      key: 'a@b',
    };
    expect(writeRecord(spec, values)).toBe('0042AB   00A1000123415042026a@b   ');
    expect(writeRecord(spec, { number: 1 })).toBe(`0001     0000${'0'.repeat(15)}      `);
  });

  it.each([
    ['more than the field has room for', { number: 12345 }],
    ['a letter for a number', { number: '12A' }],
    ['small letters', { number: 1, text: 'ab' }],
    ['an accent', { number: 1, text: 'Ã' }],
    ['a line end', { number: 1, text: 'A\r' }],
    ['a negative amount', { number: 1, amount: -5n }],
    ['a field that it does not have', { number: 1, other: 'X' }],
    ['nothing where something has to be', {}],
  ])('is not written with %s', (_, values) => {
    expect(() => writeRecord(spec, values)).toThrow(coded('unwritable_field'));
  });

  it('is read without what it was filled up with', () => {
    const read = readRecord(spec, '0042AB   00A1000123415042026a@b   ');
    expect(read).toEqual({
      number: '0042',
      text: 'AB',
      code: '00A1',
      amount: '0001234',
      day: '15042026',
      key: 'a@b',
    });
  });

  it.each([
    ['15042026', '2026-04-15'],
    ['00000000', null],
    ['        ', null],
    ['31022026', null],
  ])('reads %j as the day %j', (digits, day) => {
    expect(dayIn(digits)).toBe(day);
  });
});

const coded = (code: string): Error => expect.objectContaining({ code }) as Error;
