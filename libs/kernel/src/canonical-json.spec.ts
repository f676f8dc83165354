import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { MAX_JSON_DEPTH, canonicalJson } from './canonical-json';
import type { Json } from './json';

/** Whatever our profile allows, names that JavaScript treats in its own way included. */
const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\u0000'));
const name = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.constantFrom('__proto__', 'constructor', 'toString', '1', '10', '2'),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json[]>(null, true, false),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('json'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(name, tie('json')), { selector: ([key]) => key, maxLength: 30 })
      .map(objectOf),
  ),
}));

describe('writing the canonical bytes of a value', () => {
  it('gives the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(json, (value) => canonicalJson(backwards(value)) === canonicalJson(value)),
    );
  });

  it('gives the same bytes after a way through JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalJson(value);
        expect(canonicalJson(JSON.parse(bytes) as Json)).toBe(bytes);
      }),
    );
  });

  it('is JSON that reads back as the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('gives the same bytes when names come again, and among values of every kind', () => {
    fc.assert(
      fc.property(json, fc.string({ maxLength: 40 }), (value, plain) => {
        const around = { list: [value, plain, 0, -7, true], plain, inner: { plain, none: {} } };
        const members = `"inner":{"none":{},"plain":${JSON.stringify(plain)}}`;
        const list = `[${canonicalJson(value)},${JSON.stringify(plain)},0,-7,true]`;
        const expected = `{${members},"list":${list},"plain":${JSON.stringify(plain)}}`;
        expect(canonicalJson(around)).toBe(expected);
        expect(canonicalJson(around)).toBe(expected);
      }),
    );
  });

  it('gives the same bytes however long they are', () => {
    for (const length of [65_533, 65_534, 65_535, 70_000]) {
      const text = 'a'.repeat(length);
      expect(canonicalJson(text)).toBe(`"${text}"`);
      expect(canonicalJson({ a: [text] })).toBe(`{"a":["${text}"]}`);
    }
  });

  it('orders names by UTF-16 code units, long lists like short ones', () => {
    const names = ['\ufb33', '\u{1f602}', 'a', 'A', '10', '2', '', 'ab', '\u00e9'];
    const many = [...names, ...Array.from({ length: 40 }, (_, i) => `k${(i * 7) % 40}`)];
    for (const keys of [names, many]) {
      const members = [...keys].sort().map((key) => `${JSON.stringify(key)}:1`);
      expect(canonicalJson(objectOf(keys.map((key) => [key, 1])))).toBe(`{${members.join(',')}}`);
    }
  });

  it('writes minus zero as zero', () => {
    expect(canonicalJson([-0, 0])).toBe('[0,0]');
  });

  it('takes plain objects of any make', () => {
    const bare = Object.assign(Object.create(null) as object, { b: 1, a: 2 }) as Json;
    expect(canonicalJson(bare)).toBe('{"a":2,"b":1}');
    // A clone comes from the realm of the runtime, not from that of the test.
    expect(canonicalJson(structuredClone({ a: [{ b: 1 }] }))).toBe('{"a":[{"b":1}]}');
  });

  it('keeps a name like __proto__ an ordinary name', () => {
    const sent = JSON.parse('{"b":1,"__proto__":{"polluted":true}}') as Json;
    expect(canonicalJson(sent)).toBe('{"__proto__":{"polluted":true},"b":1}');
    expect('polluted' in {}).toBe(false);
  });

  it('writes as many levels as are allowed', () => {
    expect(canonicalJson(nested(MAX_JSON_DEPTH))).toBe(
      '['.repeat(MAX_JSON_DEPTH) + ']'.repeat(MAX_JSON_DEPTH),
    );
  });
});

describe('refusing what has no canonical bytes', () => {
  class Amount {
    readonly minor = 1;
  }
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;

  it.each<[string, unknown, string]>([
    ['undefined', { a: undefined }, '/a'],
    ['a hole in a list', { list: [1, , 3] }, '/list/1'],
    ['a fraction', { rate: { 'a/b~c': [0.1] } }, '/rate/a~1b~0c/0'],
    ['an integer beyond 2^53 - 1', [2 ** 53], '/0'],
    ['NaN', NaN, ''],
    ['an infinity', { a: -Infinity }, '/a'],
    ['a bigint', { amount: 1n }, '/amount'],
    ['a symbol', [Symbol('s')], '/0'],
    ['a function', { toJSON: () => 1 }, '/toJSON'],
    ['a Date', { at: new Date(0) }, '/at'],
    ['a Map', new Map([['a', 1]]), ''],
    ['a Set', [new Set([1])], '/0'],
    ['bytes', { bytes: new Uint8Array(1) }, '/bytes'],
    ['an instance of a class', { amount: new Amount() }, '/amount'],
    ['an object that inherits data', Object.create({ a: 1 }), ''],
    ['NUL in a text', { a: { b: 'x\u0000y' } }, '/a/b'],
    ['NUL in a name', { a: { 'x\u0000y': 1 } }, '/a/x\u0000y'],
    ['a lone high surrogate', ['\ud800'], '/0'],
    ['a lone low surrogate', ['a\udc00b'], '/0'],
    ['a surrogate pair the wrong way around', ['\udc00\ud800'], '/0'],
    ['a lone surrogate in a name', { '\ud800': 1 }, '/\ud800'],
    ['too many levels', nested(MAX_JSON_DEPTH + 1), '/0'.repeat(MAX_JSON_DEPTH)],
    ['a circle', circle, '/again'.repeat(MAX_JSON_DEPTH)],
  ])('%s', (_what, value, pointer) => {
    expect(() => canonicalJson(value as Json)).toThrow(
      expect.objectContaining({
        code: 'invalid_json',
        facts: expect.objectContaining({ pointer }),
      }),
    );
  });

  it('refuses a hundred thousand levels without running out of stack', () => {
    expect(() => canonicalJson(nested(100_000))).toThrow(
      expect.objectContaining({ code: 'invalid_json' }),
    );
  });
});

const VECTORS = resolve(__dirname, '../../../../shared/data/jcs');
const WITH_FLOATS = ['values.json'];

if (existsSync(VECTORS)) {
  describe('the public vectors of RFC 8785', () => {
    const read = (folder: string, file: string) => readFileSync(join(VECTORS, folder, file));

    it.each(readdirSync(join(VECTORS, 'input')).filter((file) => !WITH_FLOATS.includes(file)))(
      '%s gives the published bytes',
      (file) => {
        const bytes = Buffer.from(
          canonicalJson(JSON.parse(read('input', file).toString()) as Json),
        );
        expect(bytes).toEqual(read('output', file));
        const published = read('outhex', file.replace('.json', '.txt')).toString();
        expect(bytes.toString('hex')).toBe(published.replaceAll(/\s/g, ''));
      },
    );

    it.each(WITH_FLOATS)('%s holds fractions, which our profile refuses', (file) => {
      const value = JSON.parse(read('input', file).toString()) as Record<string, Json>;
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
      for (const field of ['literals', 'string']) {
        expect(read('output', file).toString()).toContain(
          canonicalJson({ [field]: value[field] ?? null }).slice(1, -1),
        );
      }
    });
  });
} else {
  it.skip('the public vectors of RFC 8785 (skipped: ../shared/data/jcs is not on this machine)', () =>
    undefined);
}

function objectOf(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

function backwards(value: Json): Json {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return objectOf(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, backwards(each)]),
  );
}

function nested(levels: number): Json {
  let value: Json = [];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
}
