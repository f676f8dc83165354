import { instantOfMs } from '@tributary/kernel';
import { textsIn, valuesIn } from './reader-copy';
import { momentReader } from './stored-events';

describe('Reading what COPY sends', () => {
  it('takes rows apart, and undoes the escapes of texts that have some', () => {
    expect(valuesIn('7\tplain\t')).toEqual(['7', 'plain', '']);
    expect(valuesIn('7\ta\\tb\\\\c\\nd\t\\N')).toEqual(['7', 'a\tb\\c\nd', null]);
    expect(valuesIn('{"a": "\\\\n\\\\u001e"}')).toEqual(['{"a": "\\n\\u001e"}']);
  });

  it('takes texts of a binary row as long as they are, whatever stands in them', () => {
    const texts = ['["a\\tb\\n"]', 'zwölf €\u001e\\N', ''];
    const count = (n: number) => Buffer.from([n >> 8, n & 0xff]);
    const value = (text: string) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(Buffer.byteLength(text));
      return Buffer.concat([length, Buffer.from(text)]);
    };
    const row = Buffer.concat([count(texts.length), ...texts.map(value)]);
    const head = Buffer.alloc(19);
    expect(textsIn(Buffer.concat([head, row, row]), head.length)).toEqual([...texts, ...texts]);
    expect(textsIn(Buffer.concat([row, count(-1)]), 0)).toEqual(texts);
    expect(textsIn(Buffer.concat([head, count(-1)]), head.length)).toEqual([]);
  });

  it('writes moments as the kernel does, in whatever order they come', () => {
    const moment = momentReader();
    const minuteMs = Date.UTC(2026, 2, 31, 2, 59);
    const moments = [
      0,
      59_999,
      60_000,
      -1,
      -60_000,
      minuteMs,
      minuteMs + 7,
      minuteMs + 7,
      minuteMs - 1,
    ];
    expect(moments.map((ms) => moment(String(ms)))).toEqual(moments.map(instantOfMs));
  });
});
