import { correlationIdOf, traceParentOf } from './trace-context';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('following a trace', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
    [`cc-${TRACE}-${SPAN}-01-more`, `cc-${TRACE}-${SPAN}-01`],
    [`00-${TRACE}-${SPAN}-01-more`, null],
    [`ff-${TRACE}-${SPAN}-01`, null],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, null],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, null],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
    [`00-${TRACE}-${SPAN}`, null],
    ['', null],
    [undefined, null],
    [['a', 'b'], null],
  ])('reads %s as %s', (header, expected) => {
    expect(traceParentOf(header)).toBe(expected);
  });

  it.each([
    ['order-2026.03_31', 'order-2026.03_31'],
    ['short', undefined],
    ['x'.repeat(65), undefined],
    ['has space', undefined],
    ['-leading-dash', undefined],
    ['"quoted-id"', undefined],
    [undefined, undefined],
  ])('takes %s as the correlation id %s', (header, expected) => {
    expect(correlationIdOf(header)).toBe(expected);
  });
});
