import fc from 'fast-check';
import { categoryOf, idsOf, parseStreamName, streamOf, tenantOf } from './stream-name';

const part = fc.stringMatching(/^[a-z0-9]{1,32}$/);
const category = fc.stringMatching(/^[a-z][a-z0-9]{0,31}$/);

describe('naming a stream', () => {
  it('can be taken apart again', () => {
    fc.assert(
      fc.property(
        category,
        part,
        part,
        fc.array(part, { maxLength: 3 }),
        (kind, tenant, id, more) => {
          const stream = streamOf(kind, tenant, id, ...more);
          expect(parseStreamName(stream)).toBe(stream);
          expect([categoryOf(stream), tenantOf(stream), idsOf(stream)]).toEqual([
            kind,
            tenant,
            [id, ...more],
          ]);
        },
      ),
    );
    expect(streamOf('earnings', 'acme', 'p1', 'brcommercial', '2026q1')).toBe(
      'earnings-acme.p1.brcommercial.2026q1',
    );
  });

  it.each(['', 'A', 'a-b', 'a.b', 'a b', 'é', 'a\n', '*', 'a'.repeat(33), '__proto__'])(
    'refuses %p in any place',
    (text) => {
      const invalid = expect.objectContaining({ code: 'invalid_stream_name' });
      expect(() => streamOf(text, 'acme', 'a')).toThrow(invalid);
      expect(() => streamOf('sale', text, 'a')).toThrow(invalid);
      expect(() => streamOf('sale', 'acme', text)).toThrow(invalid);
      expect(() => streamOf('sale', 'acme', 'a', text)).toThrow(invalid);
    },
  );

  it.each([
    '',
    'sale',
    'sale-acme',
    'sale-acme.',
    'sale.acme-a',
    '1sale-acme.a',
    'sale-acme.a.',
    'sale-acme..a',
    'sale-acme.a\n',
    '$all',
  ])('does not read %p as a name', (text) => {
    expect(() => parseStreamName(text)).toThrow(
      expect.objectContaining({ code: 'invalid_stream_name' }),
    );
  });
});
