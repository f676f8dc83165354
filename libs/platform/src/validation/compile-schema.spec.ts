import { compileSchema } from './compile-schema';

describe('checking a fact against its schema', () => {
  const check = compileSchema<{ amount: string }>({
    type: 'object',
    required: ['amount', 'paidAt'],
    additionalProperties: false,
    properties: {
      amount: { type: 'string', pattern: '^[0-9]+$' },
      paidAt: { type: 'string', format: 'date-time' },
      kind: { enum: ['paid', 'refunded'] },
      version: { const: '1.0' },
      lines: {
        type: 'array',
        maxItems: 2,
        items: { type: 'object', properties: { 'a/b': { type: 'integer' } } },
      },
    },
  });
  const paidAt = '2026-03-31T10:00:00Z';

  it('hands back what fits, untouched', () => {
    const value = { amount: '1', paidAt };
    expect(check(value)).toEqual({ valid: value });
  });

  it.each([
    ['a missing field', { paidAt }, '/amount', 'required'],
    ['an unknown field', { amount: '1', paidAt, tenant: 'x' }, '/tenant', 'unknown_field'],
    ['a number where text belongs', { amount: 1, paidAt }, '/amount', 'wrong_type'],
    ['text of another form', { amount: 'x', paidAt }, '/amount', 'wrong_format'],
    [
      'a time without a zone',
      { amount: '1', paidAt: '2026-03-31T10:00:00' },
      '/paidAt',
      'wrong_format',
    ],
    ['a value outside the list', { amount: '1', paidAt, kind: 'x' }, '/kind', 'not_allowed'],
    ['too many items', { amount: '1', paidAt, lines: [{}, {}, {}] }, '/lines', 'out_of_range'],
    [
      'something deep',
      { amount: '1', paidAt, lines: [{ 'a/b': 'x' }] },
      '/lines/0/a~1b',
      'wrong_type',
    ],
    ['something that is no object', null, '', 'wrong_type'],
  ])('points at %s', (_name, value, pointer, code) => {
    expect(check(value)).toMatchObject({ errors: [{ pointer, code }] });
  });

  it('names the allowed values and everything that is wrong at once', () => {
    const checked = check({ kind: 'x' });
    expect(checked).toMatchObject({
      errors: [{ pointer: '/amount' }, { pointer: '/paidAt' }, { pointer: '/kind' }],
    });
    expect(JSON.stringify(checked)).toContain('paid, refunded');
    expect(JSON.stringify(check({ version: '0.3', paidAt: 'today' }))).toMatch(
      /must be a date and time with an offset.*must be \\"1.0\\"/,
    );
  });
});
