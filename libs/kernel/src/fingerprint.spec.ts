import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import {
  MAX_FINGERPRINT_LENGTH,
  type Keyed,
  differingFields,
  fingerprintByField,
  fingerprintOf,
} from './fingerprint';
import { sha256Hex } from './hash';
import type { JsonObject } from './json';

const body = { amount: { amount: '100', asset: 'BRL/2' }, partner: 'p1', email: 'zoe@example.com' };
const sent = { type: 'BookAdjustment', schemaVersion: 1, body };
const keyedBy = (key: string): Keyed => ({
  fields: ['email'],
  hmacHex: (text) => createHmac('sha256', key).update(text).digest('hex'),
});

describe('recognising a fact that was sent before', () => {
  it('is one hash of the canonical bytes', () => {
    expect(fingerprintOf({ b: 1, a: [null, 'é'] })).toBe(sha256Hex('{"a":[null,"é"],"b":1}'));
    expect(fingerprintOf({ a: 1, b: 2 })).toBe(fingerprintOf({ b: 2, a: 1 }));
  });

  it('hashes the empty text as published', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('recognising a command and naming what differs', () => {
  it('differs in nothing when the same was sent, whatever the order of the fields', () => {
    const again = { ...sent, body: Object.fromEntries(Object.entries(body).reverse()) };
    expect(fingerprintByField(again)).toBe(fingerprintByField(sent));
    expect(differingFields(fingerprintByField(sent), fingerprintByField(again))).toEqual([]);
  });

  it.each<[string, Parameters<typeof fingerprintByField>[0], string[]]>([
    [
      'another amount',
      { ...sent, body: { ...body, amount: { amount: '101', asset: 'BRL/2' } } },
      ['/amount'],
    ],
    ['a field that is gone', { ...sent, body: { partner: 'p1', email: body.email } }, ['/amount']],
    ['a new field', { ...sent, body: { ...body, 'a/b': null } }, ['/a~1b']],
    [
      'a swap of two values',
      { ...sent, body: { ...body, partner: body.email, email: 'p1' } },
      ['/email', '/partner'],
    ],
    [
      'another type and version',
      { ...sent, type: 'BookRefund', schemaVersion: 2 },
      ['schemaVersion', 'type'],
    ],
    ['a time', { ...sent, time: '2026-01-01T00:00:00Z' }, ['time']],
    ['a body field that is called time', { ...sent, body: { ...body, time: 'x' } }, ['/time']],
  ])('%s', (_what, other, differing) => {
    expect(differingFields(fingerprintByField(sent), fingerprintByField(other))).toEqual(differing);
  });

  it('names exactly the fields that differ, for any two bodies', () => {
    const bodies = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', '__proto__'),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(bodies, bodies, (one, other) => {
        const fields = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
        const [a, b] = [one, other].map((each) => fingerprintByField({ ...sent, body: each })) as [
          string,
          string,
        ];
        const valueOf = (of: JsonObject, field: string) =>
          Object.hasOwn(of, field) ? of[field] : undefined;
        const wanted = fields.filter((field) => valueOf(one, field) !== valueOf(other, field));
        expect(differingFields(a, b)).toEqual(wanted.map((field) => `/${field}`));
        expect(a === b).toBe(wanted.length === 0);
      }),
    );
  });

  it('keys the hash of a personal field, and of no other', () => {
    const [plain, one, other] = [undefined, keyedBy('k1'), keyedBy('k2')].map((key) =>
      fingerprintByField(sent, key),
    );
    expect(differingFields(plain ?? '', one ?? '')).toEqual(['/email']);
    expect(differingFields(one ?? '', other ?? '')).toEqual(['/email']);
    expect(fingerprintByField(sent, keyedBy('k1'))).toBe(one);
    expect(one).not.toContain('zoe');
  });

  it('does not show that two fields hold the same value', () => {
    const hashes = JSON.parse(
      fingerprintByField({ ...sent, body: { a: 'same', b: 'same' } }),
    ) as Record<string, string>;
    expect(hashes['/a']).not.toBe(hashes['/b']);
  });

  it('is the same text for ever', () => {
    expect(fingerprintByField({ type: 'T', schemaVersion: 1, body: { a: '1' } })).toBe(
      `{"/a":"${sha256Hex('["/a","1"]').slice(0, 32)}","schemaVersion":"${sha256Hex('["schemaVersion",1]').slice(0, 32)}",` +
        `"type":"${sha256Hex('["type","T"]').slice(0, 32)}"}`,
    );
  });

  it('can only tell that something differs where a fingerprint is one hash', () => {
    expect(differingFields(fingerprintOf(body), fingerprintByField(sent))).toBeUndefined();
  });

  it('refuses a body with more fields than a fingerprint has room for', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, i]));
    expect(fingerprintByField({ ...sent, body: many(32) }).length).toBeLessThanOrEqual(
      MAX_FINGERPRINT_LENGTH,
    );
    expect(() => fingerprintByField({ ...sent, body: many(60) })).toThrow(
      expect.objectContaining({ code: 'too_many_fields' }),
    );
  });
});
