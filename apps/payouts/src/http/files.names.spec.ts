import { FileNumber, afterOf } from './files.names';

describe('the number of a file', () => {
  const read = (name: string) => new FileNumber().transform(name);

  it('is read as banks write it', () => {
    expect(['1', '42', '999999'].map(read)).toEqual([1, 42, 999_999]);
  });

  it.each(['0', '-1', '01', '1e3', '1.0', 'x', '', '1000000', '2147483648', '9'.repeat(30)])(
    'is no file where it says %p',
    (name) => {
      expect(() => read(name)).toThrow(expect.objectContaining({ code: 'file_unknown' }));
    },
  );
});

describe('the cursor of a list of files', () => {
  it('is where the page before ended, and the start where there is none', () => {
    expect(afterOf('itau1.42')).toEqual(['itau1', 42]);
    expect(afterOf(undefined)).toEqual(['', 0]);
  });

  it.each(['garbage', 'itau1', 'itau1.', '.1', 'itau1.1234567'])('is refused: %p', (cursor) => {
    expect(() => afterOf(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  });
});
