import { ENVELOPE_SCHEMA } from './envelope';
import { customerRef, leadRef, ref, sealed, valueOf, word } from './fields';
import { assertMarked } from './marks';
import { UPSTREAM_TYPES } from './registry';
import type { Schema } from './schema';

describe('marking how each field of a fact is kept', () => {
  it.each([...UPSTREAM_TYPES])('%s leaves nothing open', (_, { schema }) => {
    expect(() => assertMarked(schema)).not.toThrow();
  });

  it('the envelope leaves nothing open around the data', () => {
    const { data: _described, ...properties } = ENVELOPE_SCHEMA.properties;
    expect(() => assertMarked({ ...ENVELOPE_SCHEMA, properties })).not.toThrow();
  });

  const open: Schema = { type: 'string' };
  it.each<[string, Schema, string]>([
    ['a field', record({ a: open }), '/a'],
    ['a field of an object', record({ a: record({ b: open }) }), '/a/b'],
    ['the items of a list', record({ a: list(open) }), '/a/*'],
    ['a field of the items of a list', record({ a: list(record({ b: open })) }), '/a/*/b'],
    ['an object that names no fields', record({ a: { type: 'object' } }), '/a'],
    ['a reference to another schema', record({ a: { $ref: '/b' } }), '/a'],
    [
      'an object that takes more than it names',
      record({ a: { type: 'object', properties: { b: ref('b') } } }),
      '/a',
    ],
    ['a mark that nobody knows', record({ a: { ...open, 'x-data': 'private' as 'ledger' } }), '/a'],
    [
      'a field that is marked as forbidden',
      record({ a: { ...open, 'x-data': 'forbidden' } }),
      '/a',
    ],
    [
      'a field whose name is forbidden',
      { ...record({ a: list(record({ ip: ref('ip') })) }), 'x-forbidden': { ip: 'no' } },
      '/a/*/ip',
    ],
    ['a protected field outside pii', record({ a: sealed(10, 'a') }), '/a'],
    ['a field under pii that is kept', record({ pii: record({ a: ref('a') }) }), '/pii/a'],
    ['a field under pii that is exchanged', record({ pii: record({ leadRef }) }), '/pii/leadRef'],
    ['sealing under nobody’s key', record({ pii: record({ a: sealed(9, 'a') }) }), '/pii/a'],
    ['a subject that is not there', { ...record({ a: ref('a') }), 'x-subject': 'b' }, '/x-subject'],
    ['a subject that is kept', { ...record({ a: ref('a') }), 'x-subject': 'a' }, '/x-subject'],
    [
      'an exchange under no kind',
      record({ a: { ...customerRef, 'x-exchange': 'shoe' as 'ip' } }),
      '/a',
    ],
    ['an exchange by a field elsewhere', record({ a: valueOf('kind', 'a'), b: word('b') }), '/a'],
    ['an exchange of what is kept', record({ a: { ...customerRef, 'x-data': 'ledger' } }), '/a'],
  ])('refuses %s', (_, schema, pointer) => {
    expect(() => assertMarked(schema)).toThrow(
      expect.objectContaining({ code: 'unmarked_field', facts: { pointer } }),
    );
  });
});

/** Written by hand, because the builders of ours mark what they build. */
function record(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', additionalProperties: false, properties };
}
function list(items: Schema): Schema {
  return { type: 'array', items };
}
