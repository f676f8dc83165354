import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptsCsv, csvOf } from './csv';

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

describe('who accepts CSV', () => {
  const accepts = (accept: string | undefined): boolean => {
    const request = { headers: { accept } } as FastifyRequest;
    const reply = { header: () => reply } as unknown as FastifyReply;
    return acceptsCsv({ request, reply });
  };

  it.each(['text/csv', 'TEXT/CSV; header=present', 'application/json;q=0.1, text/csv;q=0.9'])(
    'names it: %j',
    (accept) => expect(accepts(accept)).toBe(true),
  );

  it.each([
    undefined,
    '*/*',
    'text/csv;q=0',
    'text/csv; q=0.000, application/json',
    'text/csv-schema',
  ])('does not ask for it: %j', (accept) => expect(accepts(accept)).toBe(false));
});
