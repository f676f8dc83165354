import { instantOfMs } from '@tributary/kernel';
import { valuesIn } from './reader-copy';
import { momentReader } from './stored-events';

describe('Reading what COPY sends', () => {
  it('takes rows apart, and undoes the escapes of texts that have some', () => {
    expect(valuesIn('7\tplain\t')).toEqual(['7', 'plain', '']);
    expect(valuesIn('7\ta\\tb\\\\c\\nd\t\\N')).toEqual(['7', 'a\tb\\c\nd', null]);
    expect(valuesIn('{"a": "\\\\n\\\\u001e"}')).toEqual(['{"a": "\\n\\u001e"}']);
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
