import { csvOf } from './csv';

const columns = { name: (row: { name: string }) => row.name, n: () => -5, none: () => null };

describe('writing CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['a, b', '"a, b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-8333', '-8333'],
    ['-1+1', "'-1+1"],
    ['-cmd', "'-cmd"],
    ['@sum(a1)', "'@sum(a1)"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['=a,"b"', '"\'=a,""b"""'],
  ])('writes %j', (name, written) => {
    expect(csvOf(columns, [{ name }])).toBe(`name,n,none\r\n${written},-5,\r\n`);
  });

  it('writes its headings where there is no row', () => {
    expect(csvOf(columns, [])).toBe('name,n,none\r\n');
  });
});
