import { type Refusal } from '../errors/problem';
import { readItems, readJson } from './read-json';

describe('reading JSON as it was sent', () => {
  it.each([
    ['{}'],
    ['[]'],
    ['null'],
    ['"a:b"'],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}'],
    [String.raw`{"a\":":1,"\\":{"x":":"},"b":"\\\""}`],
    [' { "a" : [ ":" , { } ] , "10" : 1 , "9" : 2 } '],
  ])('takes what is in order: %s', (text) => {
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  it('goes as deep as it has to', () => {
    const levels = 100_000;
    const text = (inmost: string) => `${'[{"a":'.repeat(levels)}${inmost}${'}]'.repeat(levels)}`;
    expect(typeof readJson(text('{"x":1,"y":1}'))).toBe('object');
    expect(refused(text('{"x":1,"x":1}'))).toMatchObject({ code: 'duplicate_key' });
  });

  it.each([
    ['{"a":1,"a":1}', '/a'],
    ['{"a":{"b":1,"c":[],"b":2}}', '/a/b'],
    ['[{"x":1},{"x":1,"y":[0,{"z":"}","z":1}]}]', '/1/y/1/z'],
    [String.raw`{"a":1,"\u0061":2}`, '/a'],
    ['{"a/b":1,"~":2,"a/b":3}', '/a~1b'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ])('points at the key that stands twice in %s', (text, pointer) => {
    expect(refused(text)).toMatchObject({
      status: 400,
      code: 'duplicate_key',
      more: { errors: [{ pointer, code: 'duplicate_key' }] },
    });
  });

  it.each([['{'], [''], ['{"a":1}x'], ["{'a':1}"], ['NaN']])('refuses %s', (text) => {
    expect(refused(text)).toMatchObject({ status: 400, code: 'malformed_json' });
  });
});

describe('reading a list of things that do not hang together', () => {
  it('refuses those alone in which a key stands twice, each with its own place', () => {
    const items = readItems('[{"a":1},{"x":{"b":1,"b":2},"x":3},[],{"c":[{"d":1,"d":1}]},{"a":1}]');
    const at = (pointer: string) => ({
      code: 'duplicate_key',
      more: { errors: [{ pointer, code: 'duplicate_key' }] },
    });
    expect(items).toMatchObject([{ a: 1 }, at('/x/b'), [], at('/c/0/d'), { a: 1 }]);
  });

  it('takes what is in order, and refuses what is no list', () => {
    expect(readItems('[{"a":1},{"a":1}]')).toEqual([{ a: 1 }, { a: 1 }]);
    expect(() => readItems('[{]')).toThrow('This is not JSON.');
    expect(() => readItems('{"a":1}')).toThrow('This is not a list');
  });
});

function refused(text: string): Refusal {
  try {
    readJson(text);
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('It was taken.');
}
