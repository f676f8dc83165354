import { randomUUID } from 'node:crypto';
import { withoutDashes } from '@tributary/kernel';
import { ERASED, type Erased, type KeyStore, type SubjectKey } from '../key-store';

export const bytesOf = (key: SubjectKey | Erased | undefined): string =>
  key === undefined || key === ERASED
    ? String(key)
    : `${key.id} ${key.key.export().toString('hex')}`;

export const freshSubject = (): string => withoutDashes(randomUUID());

/** What every key store keeps, whatever it stands on. */
export function keyStoreContract(storeOf: () => KeyStore): void {
  it('gives each subject and purpose a key of its own, always the same', async () => {
    const [a, b] = [freshSubject(), freshSubject()];
    const names = [
      { subject: a, purpose: 'contact' },
      { subject: a, purpose: 'billing' },
      { subject: b, purpose: 'contact' },
      { subject: a, purpose: 'contact' },
    ];
    const keys = (await storeOf().keysFor('acme', names)).map(bytesOf);
    expect(new Set(keys).size).toBe(3);
    expect(keys[3]).toBe(keys[0]);
    expect(bytesOf(await storeOf().keyFor('acme', b, 'contact'))).toBe(keys[2]);
    expect(bytesOf(await storeOf().keyFor('umbrella', b, 'contact'))).not.toBe(keys[2]);
  });

  it('finds a key by the id that stands in what it sealed, within its tenant', async () => {
    const key = (await storeOf().keyFor('acme', freshSubject(), 'contact')) as SubjectKey;
    expect(bytesOf(await storeOf().keyOf('acme', key.id))).toBe(bytesOf(key));
    expect(await storeOf().keyOf('umbrella', key.id)).toBeUndefined();
    expect(await storeOf().keyOf('acme', freshSubject())).toBeUndefined();
    expect(await storeOf().keyOf('acme', 'no id at all')).toBeUndefined();
  });

  it('destroys every key of a subject, and gives it none again', async () => {
    const [gone, other] = [freshSubject(), freshSubject()];
    const key = (await storeOf().keyFor('acme', gone, 'contact')) as SubjectKey;
    const spared = bytesOf(await storeOf().keyFor('acme', other, 'contact'));
    const elsewhere = bytesOf(await storeOf().keyFor('umbrella', gone, 'contact'));
    await storeOf().destroy('acme', gone);
    await storeOf().destroy('acme', gone);
    expect(await storeOf().keyFor('acme', gone, 'contact')).toBe(ERASED);
    expect(await storeOf().keyFor('acme', gone, 'billing')).toBe(ERASED);
    expect(await storeOf().keyOf('acme', key.id)).toBe(ERASED);
    expect(bytesOf(await storeOf().keyFor('acme', other, 'contact'))).toBe(spared);
    expect(bytesOf(await storeOf().keyFor('umbrella', gone, 'contact'))).toBe(elsewhere);
  });

  it('remembers the erasure of a subject that never had a key', async () => {
    const stranger = freshSubject();
    await storeOf().destroy('acme', stranger);
    expect(await storeOf().keyFor('acme', stranger, 'contact')).toBe(ERASED);
  });

  it('refuses a subject that may be a reference, and does not repeat it', async () => {
    for (const subject of ['anna@example.com', 'Anna', '', 'x'.repeat(33)]) {
      await expect(storeOf().keyFor('acme', subject, 'contact')).rejects.toMatchObject({
        code: 'invalid_subject',
        message: expect.not.stringMatching(/anna@|Anna|xxx/) as string,
      });
      await expect(storeOf().destroy('acme', subject)).rejects.toMatchObject({
        code: 'invalid_subject',
      });
    }
    const odd = storeOf().keyFor('acme', freshSubject(), 'Any Purpose');
    await expect(odd).rejects.toMatchObject({ code: 'invalid_purpose' });
    await expect(storeOf().secretsOf('No-Tenant')).rejects.toMatchObject({
      code: 'invalid_tenant',
    });
  });
}
