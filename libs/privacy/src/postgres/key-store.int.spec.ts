import { randomBytes } from 'node:crypto';
import { bytesOf, freshSubject, keyStoreContract } from '../contract/key-store-contract.fixture';
import { ERASED, type SubjectKey } from '../key-store';
import { openPrivacy } from '../open-privacy';
import type { Privacy } from '../privacy';
import { type PrivacySite, startPrivacySite } from './privacy-site.fixture';

const PLACE = { stream: 'prospect-acme.p1', type: 'LeadRegistered', field: '/pii/contact' };

let site: PrivacySite;
let here: Privacy;
beforeAll(async () => {
  site = await startPrivacySite();
  here = await site.process();
});
afterAll(() => site.stop());

describe('keeping keys in PostgreSQL', () => {
  describe('in a process that remembers', () => keyStoreContract(() => here.keys));

  it('agrees among processes that need the same new keys, and the same new tenant, at once', async () => {
    const processes = await Promise.all([site.process(), site.process(), site.process()]);
    const names = Array.from({ length: 100 }, () => ({
      subject: freshSubject(),
      purpose: 'contact',
    }));
    const answers = await Promise.all(
      processes.map(async ({ keys }, i) => {
        const keysFound = await keys.keysFor('newcomer', i === 1 ? names.toReversed() : names);
        return (i === 1 ? keysFound.toReversed() : keysFound).map(bytesOf);
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    const texts = await Promise.all(
      processes.map(async (process) => (await process.of('newcomer')).hmacHex('x')),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it('opens after a restart what was sealed before it', async () => {
    const personal = await here.of('acme');
    const key = (await personal.keyFor(freshSubject(), 'contact')) as SubjectKey;
    const sealed = personal.seal(key, PLACE, { name: 'Anna' });
    const restarted = await (await site.process()).of('acme');
    expect(await restarted.open(sealed, PLACE)).toEqual({ name: 'Anna' });
    expect(restarted.hmacHex('x')).toBe(personal.hmacHex('x'));
  });

  it('opens nothing of an erased subject, in other processes a moment later', async () => {
    const there = await (await site.process()).of('acme');
    const subject = freshSubject();
    const sealed = there.seal((await there.keyFor(subject, 'contact')) as SubjectKey, PLACE, 'x');
    await here.keys.destroy('acme', subject);
    await expect((await here.of('acme')).open(sealed, PLACE)).rejects.toMatchObject({
      code: 'erased',
    });
    site.letTimePass();
    await expect(there.open(sealed, PLACE)).rejects.toMatchObject({ code: 'erased' });
    expect(await there.keyFor(subject, 'contact')).toBe(ERASED);
    await expect(
      (await (await site.process()).of('acme')).open(sealed, PLACE),
    ).rejects.toMatchObject({
      code: 'erased',
    });
  });

  it('leaves no key behind that was being made while its subject was erased', async () => {
    const maker = await site.process();
    for (let i = 0; i < 20; i++) {
      const subject = freshSubject();
      await Promise.all([
        maker.keys.keyFor('acme', subject, 'contact'),
        here.keys.destroy('acme', subject),
      ]);
      site.letTimePass();
      expect(await maker.keys.keyFor('acme', subject, 'contact')).toBe(ERASED);
    }
    const left = await site.rowsOf(
      `select 1 from privacy.subject_key join privacy.erased_subject using (tenant, subject)
        where wrapped is not null`,
    );
    expect(left).toEqual([]);
  });

  it('wipes a key that was stored only after the erasure had looked for keys', async () => {
    const [model, subject] = [freshSubject(), freshSubject()];
    await here.keys.keyFor('acme', model, 'contact');
    const maker = await site.process();
    const made = await site.whileUncommitted({
      write: `insert into privacy.subject_key (tenant, subject, purpose, id, wrapped)
              select tenant, $2, purpose, gen_random_uuid(), wrapped
                from privacy.subject_key where subject = $1`,
      values: [model, subject],
      meanwhile: () => maker.keys.keyFor('acme', subject, 'contact'),
      beforeEnd: () => here.keys.destroy('acme', subject),
      end: 'rollback',
    });
    expect(made).toBe(ERASED);
    const stored = 'select wrapped from privacy.subject_key where subject = $1';
    expect(await site.rowsOf(stored, [subject])).toEqual([{ wrapped: null }]);
  });

  it('says which master key is missing, instead of working with another', async () => {
    await here.of('acme');
    const other = openPrivacy({ url: site.url, masterKey: randomBytes(32) });
    await expect(other).rejects.toMatchObject({
      code: 'wrong_master_key',
      message: expect.stringContaining('PRIVACY_MASTER_KEY') as string,
    });
  });

  it('notices a stored key that was moved to another subject', async () => {
    const [a, b] = [freshSubject(), freshSubject()];
    await here.keys.keyFor('acme', a, 'contact');
    await here.keys.keyFor('acme', b, 'contact');
    await site.rowsOf(
      `update privacy.subject_key set wrapped = (select wrapped from privacy.subject_key where subject = $1)
        where subject = $2`,
      [a, b],
    );
    const restarted = await site.process();
    await expect(restarted.keys.keyFor('acme', b, 'contact')).rejects.toMatchObject({
      code: 'key_damaged',
    });
  });
});

describe('what the tables hold of a person', () => {
  it('is nothing that was exchanged, sealed or compared, and no key as it is', async () => {
    const token = `canary-${freshSubject()}`;
    const personal = await (await site.process()).of('acme');
    const [pseudonym = ''] = await personal.exchange([{ kind: token, value: token }]);
    const key = (await personal.keyFor(pseudonym, 'contact')) as SubjectKey;
    personal.seal(key, PLACE, { name: token });
    personal.hmacHex(token);
    await personal.find({ kind: token, value: token });
    const tables = ['tenant_key', 'identifier', 'subject_key', 'erased_subject'];
    let dump = '';
    for (const table of tables)
      for (const { row } of await site.rowsOf(`select t::text as row from privacy.${table} t`))
        dump += `${String(row)}\n`;
    const present = pseudonym.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect(dump).toContain(present);
    for (const secret of [Buffer.from(token), key.key.export(), site.masterKey])
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const)
        expect(dump).not.toContain(secret.toString(encoding));
  });
});
