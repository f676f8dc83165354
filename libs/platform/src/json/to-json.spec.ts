import { toJson } from './to-json';

describe('writing an answer as JSON', () => {
  it('writes a bigint as its digits, wherever it stands', () => {
    const value = {
      amount: -170910n,
      lines: [{ position: 2n ** 63n }],
      none: undefined,
      at: new Date(0),
    };
    expect(toJson(value)).toBe(
      '{"amount":"-170910","lines":[{"position":"9223372036854775808"}],"at":"1970-01-01T00:00:00.000Z"}',
    );
    expect(toJson(7n)).toBe('"7"');
  });

  it('writes everything else as JSON does, and changes no prototype', () => {
    expect(toJson({ a: [1, 'x', null, true] })).toBe('{"a":[1,"x",null,true]}');
    expect('toJSON' in BigInt.prototype).toBe(false);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => toJson(circle)).toThrow(TypeError);
  });
});
