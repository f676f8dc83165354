import { setTimeout } from 'node:timers/promises';
import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { Client } from 'pg';
import { type Answer, type PayeeSite, startPayees } from './payees.fixture';

const CNPJ = '12ABC34501DE35';
const NAME = 'Agência Sucupira Ltda.';
const PHONE = '+5511987654321';
const ACCOUNT = '5216125';
const EMAIL = 'zuleica@example.com';

let site: PayeeSite;

beforeAll(async () => {
  site = await startPayees();
});

afterAll(async () => {
  await site.close();
});

describe('changing where a partner is paid by two persons', () => {
  it('proposes, holds, confirms and shows it masked', async () => {
    const proposed = await propose('p1', { pix: { kind: 'cnpj', key: '12.abc.345/01de-35' } });
    expect(proposed).toMatchObject({ status: 201, replayed: false });
    expect(await shown('p1', proposed)).toMatchObject({
      method: null,
      pending: {
        kind: 'pix',
        keyKind: 'cnpj',
        display: 'PIX cnpj **********DE35',
        isChecked: true,
      },
      missing: [{ hold: 'bank_details', what: 'confirmation' }],
      sharedWith: [],
    });

    const id = String(proposed['id']);
    expect(await confirm('p1', id, 'ana')).toMatchObject({ status: 403, code: 'same_person' });
    expect(await confirm('p1', 'another', 'bea')).toMatchObject({
      status: 409,
      code: 'proposal_changed',
      facts: { proposal: id },
    });
    const confirmed = await confirm('p1', id, 'bea');
    expect(confirmed).toMatchObject({ status: 200 });
    const after = await shown('p1', confirmed);
    expect(after).toMatchObject({
      method: { version: 1, display: 'PIX cnpj **********DE35', holder: 'CNPJ **********DE35' },
      pending: null,
      missing: [],
    });
    const { proposedBy, confirmedBy } = after['method'] as Record<string, string>;
    expect(proposedBy).not.toBe(confirmedBy);
  });

  it('gives back exactly what was typed, letters and all, to whoever writes the file', async () => {
    const open = await site.opening.open('acme', { partner: 'p1', version: 1 });
    expect(open).toEqual({
      name: NAME,
      document: { kind: 'cnpj', number: CNPJ },
      destination: { kind: 'pix', keyKind: 'cnpj', key: CNPJ },
    });
  });

  it('tells the accounts of the partner, under the revision of its stream', async () => {
    expect(await toldOf('p1', 1)).toMatchObject([
      {
        key: 'p1',
        revision: 1,
        data: { changePending: false, method: { version: 1, kind: 'pix' }, missing: [] },
      },
    ]);
  });

  it('answers the same proposal under the same key as then, and refuses another one', async () => {
    const body = { payee: payeeWith({ pix: { kind: 'phone', key: PHONE } }) };
    const first = await site.post('/v1/payees/p2/bank-details', body, 'ana', 'same-key-1');
    const again = await site.post('/v1/payees/p2/bank-details', body, 'ana', 'same-key-1');
    expect(again).toMatchObject({ status: 201, replayed: true, id: first['id'] });
    const other = { payee: payeeWith({ pix: { kind: 'phone', key: '+5511987654322' } }) };
    const refused = await site.post('/v1/payees/p2/bank-details', other, 'ana', 'same-key-1');
    expect(refused).toMatchObject({
      status: 409,
      code: 'idempotency_conflict',
      errors: [{ pointer: '/payee' }],
    });
  });

  it('goes on where it was when a proposal is withdrawn', async () => {
    const proposed = await propose('p1', { pix: { kind: 'email', key: EMAIL } });
    const path = `/v1/payees/p1/bank-details/${String(proposed['id'])}/withdrawal`;
    const withdrawn = await site.post(path, { reason: 'a typing error' });
    expect(withdrawn).toMatchObject({ status: 200 });
    expect(await shown('p1', withdrawn)).toMatchObject({ method: { version: 1 }, missing: [] });
  });

  it('shows two partners with one account, however it was spelled, before the second is confirmed', async () => {
    const one = { bank: '260', branch: '1', number: ACCOUNT, digit: '0', kind: 'checking' };
    const two = { ...one, branch: '0001', number: `000${ACCOUNT}` };
    const first = await propose('p3', { account: one });
    await confirm('p3', String(first['id']), 'bea');
    const second = await propose('p4', { account: two });
    expect(await shown('p4', second)).toMatchObject({ sharedWith: ['p3'] });
    expect(await shown('p3', second)).toMatchObject({ sharedWith: ['p4'] });
    const shared = await site.get(`/v1/payees?shared=true&token=${String(second['token'])}`);
    expect((shared['items'] as Answer[]).map(({ partner }) => partner)).toEqual(['p3', 'p4']);
  });

  it('lets a partner propose and see its own, and confirm nothing', async () => {
    const payee = payeeWith({ pix: { kind: 'email', key: EMAIL } });
    const own = await site.post('/v1/payees/p1/bank-details', { payee }, 'p1');
    expect(own).toMatchObject({ status: 201 });
    const seen = await site.get(`/v1/payees/p1?token=${String(own['token'])}`, 'p1');
    expect(seen).toMatchObject({ status: 200, pending: { keyKind: 'email' } });
    expect(seen).not.toHaveProperty('sharedWith');
    expect(await confirm('p1', String(own['id']), 'p1')).toMatchObject({ status: 403 });
    for (const path of ['/v1/payees/p2', '/v1/payees', '/v1/payees/p1/history'])
      expect(await site.get(path, 'p1')).toMatchObject({ status: 403 });
    expect(await site.post('/v1/payees/p2/bank-details', { payee }, 'p1')).toMatchObject({
      status: 403,
      code: 'not_your_partner',
    });
    expect(await confirm('p1', String(own['id']), 'bea')).toMatchObject({ status: 200 });
  });

  it('says which field and which digit is wrong, and repeats none of it', async () => {
    const typed = {
      name: NAME,
      document: { kind: 'cnpj', number: '12ABC34501DE36' },
      account: { bank: '341', branch: '2545', number: '2366', digit: '7', kind: 'checking' },
    };
    const refused = await site.post('/v1/payees/p5/bank-details', { payee: typed });
    expect(refused).toMatchObject({
      status: 422,
      code: 'bank_details_invalid',
      errors: [
        {
          pointer: '/payee/document/number',
          code: 'cnpj_check_digit',
          detail: expect.stringContaining('position 14') as string,
        },
        { pointer: '/payee/account/digit', code: 'account_check_digit' },
      ],
    });
    for (const secret of ['12ABC34501DE36', NAME, '2366'])
      expect(JSON.stringify(refused)).not.toContain(secret);
    expect(await site.get('/v1/payees/p5')).toMatchObject({ status: 404, code: 'payee_unknown' });
  });

  it('wants one destination, and answers everything that has another shape', async () => {
    const pix = { kind: 'phone', key: PHONE };
    const account = { bank: '341', branch: '2545', number: '2366', digit: '1', kind: 'checking' };
    for (const destination of [{}, { pix: null }, { pix, account }])
      expect(await propose('p5', destination)).toMatchObject({
        status: 422,
        errors: [{ pointer: '/payee', code: 'one_destination' }],
      });
    for (const wrong of [{ pix: [] }, { pix: { kind: 'magic', key: 'x' } }, { account: {} }])
      expect(await propose('p5', wrong)).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(await propose('P%205', { pix })).toMatchObject({ status: 422 });
  });

  it('shows who did what, and shows a tenant nothing of another', async () => {
    const { items } = (await site.get('/v1/payees/p1/history', 'auditor')) as unknown as {
      readonly items: readonly { readonly type: string }[];
    };
    expect(items.map(({ type }) => type)).toEqual([
      'BankDetailsProposed',
      'BankDetailsConfirmed',
      'BankDetailsProposed',
      'BankDetailsWithdrawn',
      'BankDetailsProposed',
      'BankDetailsConfirmed',
    ]);
    expect(JSON.stringify(items)).not.toContain('sealed');
    expect(await site.get('/v1/payees/p1', 'stranger')).toMatchObject({ status: 404 });
    expect(await site.get('/v1/payees', 'stranger')).toMatchObject({ items: [] });
    expect(await site.post('/v1/payees/p1/holds', {}, 'auditor')).toMatchObject({ status: 403 });
    expectEveryRouteDeclared(site.serving.app);
  });
});

describe('knowing how a payee is taxed', () => {
  it('keeps the number sealed, and holds what goes to the account of somebody else', async () => {
    const wrong = await site.post('/v1/payees/p3/tax-profile', {
      country: 'BR',
      kind: 'person',
      document: { kind: 'cnpj', number: CNPJ },
      evidence: ['case 1'],
    });
    expect(wrong).toMatchObject({
      status: 422,
      code: 'tax_profile_invalid',
      errors: [{ pointer: '/document/kind', code: 'document_of_another_kind' }],
    });
    const declared = await site.post('/v1/payees/p3/tax-profile', {
      country: 'BR',
      kind: 'company',
      document: { kind: 'cnpj', number: '11.222.333/0001-81' },
      regime: 'simples',
      regimeHolds: { from: '2026-01-01T00:00:00-03:00', until: '2027-01-01T00:00:00-03:00' },
      evidence: ['declaration of January, case 2'],
    });
    expect(declared).toMatchObject({ status: 201, id: 'p3' });
    expect(await shown('p3', declared)).toMatchObject({
      tax: { regime: 'simples', document: 'CNPJ **********0181' },
      missing: [{ hold: 'kyc', what: 'account_of_the_payee' }],
    });
    const held = await site.get('/v1/payees?hold=kyc');
    expect((held['items'] as Answer[]).map(({ partner }) => partner)).toEqual(['p3']);
  });

  it('records documents and holds, and lifts them with evidence', async () => {
    const recorded = await site.post('/v1/payees/p1/documents', {
      name: 'residence_certificate',
      from: '2026-01-01T00:00:00Z',
      evidence: ['file 3'],
    });
    expect(recorded).toMatchObject({ status: 201 });
    const hold = { hold: 'kyc', what: 'identity_check', reason: 'a new owner' };
    expect(await site.post('/v1/payees/p1/holds', hold)).toMatchObject({ status: 201 });
    const lift = { ...hold, reason: 'checked', evidence: ['case 9'] };
    const lifted = await site.post('/v1/payees/p1/holds/lifting', lift, 'bea');
    expect(lifted).toMatchObject({ status: 200 });
    expect(await site.post('/v1/payees/p1/holds/lifting', lift, 'bea')).toMatchObject({
      status: 409,
      code: 'hold_unknown',
    });
    expect(await shown('p1', lifted)).toMatchObject({ missing: [] });
  });
});

describe('keeping what is personal to oneself', () => {
  it('stores none of it in any table, in any event or in the log of the process', async () => {
    const secrets = [
      CNPJ,
      CNPJ.slice(0, 8),
      '12.abc',
      'Sucupira',
      PHONE,
      ACCOUNT,
      EMAIL,
      '11222333',
    ];
    expect(await tablesWith(secrets)).toEqual([]);
    for (const secret of secrets)
      expect(site.lines.filter((line) => line.includes(secret))).toEqual([]);
    // The search finds what stands there in the clear.
    expect(await tablesWith(['residence_certificate'])).not.toEqual([]);
  });

  it('opens many at once, and says of each whether it could be', async () => {
    const wanted = [
      { partner: 'p3', version: 1 },
      { partner: 'p1', version: 2 },
      { partner: 'p1', version: 1 },
      { partner: 'p4', version: 1 },
    ];
    const opened = await site.opening.openAll('acme', wanted);
    expect(opened).toMatchObject([
      { value: { destination: { kind: 'ted', account: { bank: '260', number: ACCOUNT } } } },
      { value: { destination: { keyKind: 'email', key: EMAIL } } },
      { value: { destination: { keyKind: 'cnpj', key: CNPJ } } },
      { reason: { code: 'payee_unknown' } },
    ]);
    const elsewhere = site.opening.open('globex', { partner: 'p1', version: 1 });
    await expect(elsewhere).rejects.toMatchObject({ code: 'payee_unknown' });
  });

  it('opens nothing of a payee that was erased, and keeps nothing more of it', async () => {
    const personal = await site.privacy.of('acme');
    const [subject = ''] = await personal.exchange([{ kind: 'payee', value: 'p3' }]);
    await personal.destroy(subject);
    await expect(site.opening.open('acme', { partner: 'p3', version: 1 })).rejects.toMatchObject({
      code: 'erased',
    });
    const opened = await site.opening.openAll('acme', [
      { partner: 'p3', version: 1 },
      { partner: 'p1', version: 1 },
    ]);
    expect(opened.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const refused = await propose('p3', { pix: { kind: 'cnpj', key: CNPJ } });
    expect(refused).toMatchObject({ status: 410, code: 'erased' });
  });
});

const payeeWith = (destination: object) => ({
  name: NAME,
  document: { kind: 'cnpj', number: '12.ABC.345/01DE-35' },
  ...destination,
});

const propose = (partner: string, destination: object, who = 'ana'): Promise<Answer> =>
  site.post(`/v1/payees/${partner}/bank-details`, { payee: payeeWith(destination) }, who);

const confirm = (partner: string, proposal: string, who: string): Promise<Answer> =>
  site.post(`/v1/payees/${partner}/bank-details/${proposal}/confirmation`, undefined, who);

const shown = (partner: string, { token }: Answer): Promise<Answer> =>
  site.get(`/v1/payees/${partner}?token=${String(token)}`);

/** A reaction has no caller to tell, so what it told is asked for until it is there. */
async function toldOf(partner: string, revision: number) {
  for (let attempt = 0; ; attempt++) {
    const told = await site.runtime.topics.told('acme', [`payee:${partner}`]);
    if (attempt === 600 || told.some((each) => each.revision >= revision)) return told;
    await setTimeout(50);
  }
}

/** Every row of every table of the database, as text. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const client = new Client({ connectionString: site.databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(10);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ found: boolean }>(
        `select exists (select 1 from ${name} t, unnest($1::text[]) s
           where position(lower(s) in lower(t::text)) > 0
              or position(encode(convert_to(s, 'utf8'), 'hex') in t::text) > 0) as found`,
        [texts],
      );
      if (rows[0]?.found === true) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}
