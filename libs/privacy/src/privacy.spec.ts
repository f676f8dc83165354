import { inspect } from 'node:util';
import { type Json, canonicalJson, fingerprintByField, sha256Hex } from '@tributary/kernel';
import type { SubjectKey } from './key-store';
import { inMemoryPrivacy } from './in-memory';
import { type PlaceOfTenant } from './privacy';
import { type Sealed, isSealed, keyIdOf } from './seal';

const PLACE: PlaceOfTenant = {
  stream: 'prospect-acme.p1',
  type: 'LeadRegistered',
  field: '/pii/contact',
};
const ANNA = { name: 'Anna Ω', phone: '+49 30 901820' };
const SUBJECT = '0'.repeat(32);

describe('sealing a personal value', () => {
  const privacy = inMemoryPrivacy();

  const sealed = async (value: Json = ANNA, place = PLACE) => {
    const personal = await privacy.of('acme');
    const key = (await personal.keyFor(SUBJECT, 'contact')) as SubjectKey;
    return { personal, key, sealed: personal.seal(key, place, value) };
  };

  it.each<Json>([ANNA, 'a text', '', 0, null, [], ['ü', { b: 1, a: 2 }]])(
    'opens again at its place: %j',
    async (value) => {
      const { personal, sealed: closed } = await sealed(value);
      expect(await personal.open(JSON.parse(JSON.stringify(closed)) as Sealed, PLACE)).toEqual(
        value,
      );
    },
  );

  it('has a form of its own, in which the value does not stand', async () => {
    const { key, sealed: closed } = await sealed();
    expect(closed.sealed).toMatch(/^v1\.[0-9a-f]{32}\.[\w-]{16}\.[\w-]+$/);
    expect(keyIdOf(closed)).toBe(key.id);
    expect(isSealed(closed)).toBe(true);
    const bytes = Buffer.from(closed.sealed.split('.')[3] as string, 'base64url').toString(
      'latin1',
    );
    expect(canonicalJson(closed) + bytes).not.toMatch(/Anna|901820/);
    expect(inspect(key, { depth: 9 })).not.toContain(key.key.export().toString('hex'));
    for (const other of [null, 'x', [], ANNA, { ...closed, more: 1 }, { sealed: closed.sealed }])
      expect(isSealed(other)).toBe(false);
  });

  it('is another text each time, and shows by its HMAC that the content is the same', async () => {
    const { personal, sealed: first } = await sealed({ name: 'Anna', age: 30 });
    const { sealed: again } = await sealed({ age: 30, name: 'Anna' });
    const { sealed: other } = await sealed({ age: 31, name: 'Anna' });
    expect(again.sealed).not.toBe(first.sealed);
    expect(again.hmac).toBe(first.hmac);
    expect(other.hmac).not.toBe(first.hmac);
    expect(first.hmac).toBe(personal.hmacHex(canonicalJson({ name: 'Anna', age: 30 })));
  });

  it('opens at no other place', async () => {
    const { personal, key, sealed: closed } = await sealed();
    const elsewhere: PlaceOfTenant[] = [
      { ...PLACE, stream: 'prospect-acme.p2' },
      { ...PLACE, type: 'LeadUpdated' },
      { ...PLACE, field: '/pii/company' },
      // The same letters in another division.
      { ...PLACE, stream: `${PLACE.stream}L`, type: PLACE.type.slice(1) },
      { ...PLACE, type: `${PLACE.type}13:/pii/contact`, field: '' },
    ];
    for (const place of elsewhere)
      await expect(personal.open(closed, place)).rejects.toMatchObject({ code: 'seal_broken' });
    await expect((await privacy.of('umbrella')).open(closed, PLACE)).rejects.toMatchObject({
      code: 'key_unknown',
      facts: { keyId: key.id },
    });
  });

  it('opens with no other key of the same tenant', async () => {
    const { personal, sealed: closed } = await sealed();
    const other = (await personal.keyFor('1'.repeat(32), 'contact')) as SubjectKey;
    const moved = { ...closed, sealed: closed.sealed.replace(keyIdOf(closed), other.id) };
    await expect(personal.open(moved, PLACE)).rejects.toMatchObject({ code: 'seal_broken' });
  });

  it('opens no more once a single character was changed', async () => {
    const { personal, sealed: closed } = await sealed('x');
    for (let at = 0; at < closed.sealed.length; at++) {
      const letter = closed.sealed[at] === 'A' ? 'B' : 'A';
      const changed = closed.sealed.slice(0, at) + letter + closed.sealed.slice(at + 1);
      await expect(personal.open({ ...closed, sealed: changed }, PLACE)).rejects.toMatchObject({
        code: 'seal_broken',
      });
    }
    const hmac = closed.hmac.startsWith('0')
      ? `1${closed.hmac.slice(1)}`
      : `0${closed.hmac.slice(1)}`;
    for (const changed of [
      { ...closed, hmac },
      { ...closed, hmac: '' },
      { ...closed, sealed: `${closed.sealed}AAAA` },
      { ...closed, sealed: closed.sealed.slice(0, -4) },
      { ...closed, sealed: '' },
    ])
      await expect(personal.open(changed, PLACE)).rejects.toMatchObject({ code: 'seal_broken' });
  });

  it('says that it was erased once the keys of its subject are destroyed', async () => {
    const personal = await privacy.of('acme');
    const key = (await personal.keyFor('2'.repeat(32), 'contact')) as SubjectKey;
    const closed = personal.seal(key, PLACE, ANNA);
    await personal.destroy('2'.repeat(32));
    await expect(personal.open(closed, PLACE)).rejects.toMatchObject({ code: 'erased' });
    expect(await personal.keyFor('2'.repeat(32), 'contact')).toBe('erased');
  });
});

describe('comparing personal content', () => {
  it('takes a key that each tenant has of its own, and serves as the key of a fingerprint', async () => {
    const privacy = inMemoryPrivacy();
    const [acme, umbrella] = [await privacy.of('acme'), await privacy.of('umbrella')];
    const hmac = acme.hmacHex('+49 30 901820');
    expect(hmac).toMatch(/^[0-9a-f]{32}$/);
    expect((await privacy.of('acme')).hmacHex('+49 30 901820')).toBe(hmac);
    expect(umbrella.hmacHex('+49 30 901820')).not.toBe(hmac);
    expect(sha256Hex('+49 30 901820')).not.toContain(hmac);

    const sent = { type: 't', schemaVersion: 1, body: { email: 'anna' } };
    const { hmacHex } = acme;
    const keyed = fingerprintByField(sent, { fields: ['email'], hmacHex });
    expect(keyed).not.toBe(fingerprintByField(sent));
    expect(keyed).not.toBe(
      fingerprintByField(sent, { fields: ['email'], hmacHex: umbrella.hmacHex }),
    );
  });
});
