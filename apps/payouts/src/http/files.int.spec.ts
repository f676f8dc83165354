import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { addDays, dayOf, instantOfMs, sha256Hex, withoutDashes } from '@tributary/kernel';
import type { Reply } from '@tributary/testing';
import type { ReservedItem } from '../domain/account/terms';
import { FilesSite, eventually } from './files.fixture';
import type { PaidTo } from './files-run.fixture';

let site: FilesSite;
beforeAll(async () => {
  site = await FilesSite.start();
});
afterAll(() => site.stop());

const ACCOUNT = {
  id: 'itau1',
  name: 'Tributária Distribuição Ltda',
  entity: 'main',
  asset: 'BRL/2',
  zone: 'America/Sao_Paulo',
  format: 'cnab240-341',
  cnpj: '11222333000181',
  agreement: '0001',
  account: { bank: '341', branch: '1234', number: '56789', digit: '0', kind: 'checking' },
  opening: '500000',
  on: '2026-04-01',
};

const LETTERS: PaidTo = {
  partner: 'letters',
  net: 25_000,
  method: 'pix',
  payee: {
    name: 'Ação Comércio Ltda.',
    document: { kind: 'cnpj', number: '12.ABC.345/01DE-35' },
    pix: { kind: 'cnpj', key: '12ABC34501DE35' },
  },
};
const MAIL: PaidTo = {
  partner: 'mail',
  net: 10_000,
  method: 'pix',
  payee: {
    name: 'João da Conceição',
    document: { kind: 'cpf', number: '52998224725' },
    pix: { kind: 'email', key: 'joao@exemplo.com.br' },
  },
};
const TED: PaidTo = {
  partner: 'ted',
  net: 7_777,
  method: 'ted',
  payee: {
    name: 'Müller S/A',
    document: { kind: 'cnpj', number: '33000167000101' },
    account: { bank: '260', branch: '1', number: '5216125', digit: '0', kind: 'checking' },
  },
};

const filesOf = (run: string) => site.get(`/v1/payment-files?run=${withoutDashes(run)}`);
interface MadeFile {
  readonly sequence: number;
  readonly sha256: string;
  readonly state: string;
}

const filesIn = (reply: Reply) => reply.list('items') as readonly MadeFile[];
const exported = (count: number) => (reply: Reply) =>
  filesIn(reply).length === count && filesIn(reply).every(({ state }) => state !== 'numbered');

const put = (line: string, column: number, text: string): string =>
  line.slice(0, column - 1) + text + line.slice(column - 1 + text.length);

/** The file as a bank gives it back, with an answer for each item by its reference. */
function answeredBy(bytes: Buffer, answers: Readonly<Record<string, string>>, header = ''): Buffer {
  const lines = bytes.toString('latin1').split('\r\n').slice(0, -1);
  const told = lines.map((line, i) => {
    if (i === 0) return put(put(line, 143, '2'), 231, header);
    const codes = line[13] === 'A' ? answers[line.slice(73, 88)] : undefined;
    if (codes === undefined) return line;
    const amount = codes === '00' ? line.slice(119, 134) : '0'.repeat(15);
    return put(
      put(put(line, 231, codes), 155, codes === '00' ? '15042026' : '00000000'),
      163,
      amount,
    );
  });
  return Buffer.from(told.map((line) => `${line}\r\n`).join(''), 'latin1');
}

describe('an account to pay from', () => {
  it('is registered once, and shown to who may see it', async () => {
    const made = await site.post('/v1/paying-accounts', ACCOUNT);
    expect(made.status).toBe(201);
    expect(await site.post('/v1/paying-accounts', { ...ACCOUNT, name: 'Other' })).toMatchObject({
      status: 409,
      body: { code: 'account_registered' },
    });
    const path = `/v1/paying-accounts/itau1?token=${made.text('token')}`;
    const shown = await site.get(path, 'auditor');
    expect(shown.body).toMatchObject({
      id: 'itau1',
      opening: '500000',
      settings: { cnpj: ACCOUNT.cnpj },
    });
    expect((await site.get('/v1/paying-accounts')).list('items')).toHaveLength(1);
    expect(await site.get('/v1/paying-accounts/other')).toMatchObject({ status: 404 });
    expect(await site.get('/v1/paying-accounts', 'programme')).toMatchObject({ status: 403 });
    expectEveryRouteDeclared(site.serving.app);
  });

  it('pays no currency that its files cannot name', async () => {
    const dollars = { ...ACCOUNT, id: 'x3', asset: 'USD/2' };
    expect(await site.post('/v1/paying-accounts', dollars)).toMatchObject({
      status: 422,
      body: { code: 'format_of_another_currency', errors: [{ pointer: '/asset' }] },
    });
    const register = { ...dollars, format: 'csv-register' };
    expect(await site.post('/v1/paying-accounts', register)).toMatchObject({ status: 201 });
  });

  it('says what is wrong with its settings', async () => {
    const wrong = { ...ACCOUNT, id: 'x2', format: 'swift', cnpj: '12', on: '2026-13-01' };
    const refused = await site.post('/v1/paying-accounts', wrong);
    expect(refused.status).toBe(422);
    const pointers = refused.list('errors').map((each) => (each as { pointer: string }).pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/format', '/cnpj', '/on']));
  });
});

describe('asking before a run is locked what a file could not carry', () => {
  const asked = (partner: string, version = 1) =>
    ({
      item: 'A00000000000001',
      partner,
      net: '100',
      method: { version },
    }) as unknown as ReservedItem;
  const faultsOf = async (...items: readonly ReservedItem[]) => {
    const found = await site.faults('itau1', items);
    return [...found].map(([item, faults]) => [item, faults.map(({ code }) => code)]);
  };

  it('finds nothing of whom the bank can pay', async () => {
    await site.payee('plain', { ...MAIL.payee });
    expect(await faultsOf(asked('plain'))).toEqual([]);
  });

  it('names what is wrong, and says nothing that is personal', async () => {
    await site.payee('kanji', { ...MAIL.payee, name: '東京' });
    expect(await faultsOf(asked('kanji'))).toEqual([['A00000000000001', ['name_unwritable']]]);
    expect(await faultsOf(asked('plain', 2))).toEqual([['A00000000000001', ['payee_unknown']]]);
    await site.erase('kanji');
    expect(await faultsOf(asked('kanji'))).toEqual([['A00000000000001', ['erased']]]);
  });
});

describe('from an instructed run to files, answers and a void', () => {
  let run: string;
  let pix: MadeFile;
  let ted: MadeFile;
  let bytes: Buffer;
  const items: Record<string, string> = {};

  it('makes a file of each kind, numbers them, and offers what it has read back', async () => {
    for (const { partner, payee } of [LETTERS, MAIL, TED]) await site.payee(partner, payee);
    run = await site.instructed('april', 'itau1', [LETTERS, MAIL, TED]);
    const files = filesIn(await eventually(() => filesOf(run), exported(2)));
    expect(files).toMatchObject([
      {
        sequence: 1,
        kind: 'pix',
        state: 'exported',
        count: 2,
        total: '35000',
        payOn: '2026-04-15',
      },
      { sequence: 2, kind: 'ted', state: 'exported', count: 1, total: '7777' },
    ]);
    [pix, ted] = files as [MadeFile, MadeFile];

    const file = await site.get('/v1/payment-files/itau1/1');
    ({ bytes } = file);
    expect(sha256Hex(bytes)).toBe(pix.sha256);
    expect(file.headers.get('x-sha256')).toBe(pix.sha256);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="itau1-000001.rem"');
    expect(bytes.toString('latin1')).toContain('12ABC34501DE35');
    expect((await site.get('/v1/payment-files/itau1/1')).bytes.equals(bytes)).toBe(true);
    expect(await site.get('/v1/payment-files/itau1/1', 'auditor')).toMatchObject({ status: 403 });
    expect(await site.get('/v1/payment-files/itau1/9')).toMatchObject({ status: 404 });
  });

  it('writes nothing anew when it is told of its items again', async () => {
    const { file, from } = (await site.places('itau1'))[0] ?? { file: '', from: 0n };
    expect(await site.writeAgain('itau1', file, from)).toEqual({ kind: 'nothing' });
    expect((await filesOf(run)).list('items')).toHaveLength(2);
  });

  it('shows its items, and writes them as a register', async () => {
    const shown = await site.get('/v1/payment-files/itau1/1/items', 'auditor');
    const paid = shown.list('items') as readonly Record<'amount' | 'item' | 'partner', string>[];
    for (const { partner, item } of paid) items[partner] = item;
    expect(paid.map(({ amount }) => amount).sort()).toEqual(['10000', '25000']);
    const register = await site.get('/v1/payment-files/itau1/1/register');
    expect(register.headers.get('content-type')).toContain('text/csv');
    expect(register.bytes.toString()).toContain(
      `${items['mail'] ?? ''},BRL/2,10000,100.00,João da Conceição`,
    );
  });

  it('reads what the bank answers, tells the accounts, and adds nothing the second time', async () => {
    const answers = { [items['letters'] ?? '']: '00', [items['mail'] ?? '']: 'AN' };
    const returned = answeredBy(bytes, answers);
    const taken = await site.upload('/v1/payment-files/itau1/returns', returned);
    expect(taken).toMatchObject({
      status: 200,
      body: { sequence: 1, duplicate: false, answers: { claimed_paid: 1, rejected: 1 } },
    });
    const again = await site.upload('/v1/payment-files/itau1/returns', returned, 'bea');
    expect(again).toMatchObject({ status: 200, body: { duplicate: true } });

    const told = (type: string) => (types: readonly string[]) => types.includes(type);
    expect(await eventually(() => site.accountOf('letters'), told('PayoutAccepted'))).toContain(
      'PayoutAccepted',
    );
    expect(await eventually(() => site.accountOf('mail'), told('PayoutRejected'))).toContain(
      'PayoutRejected',
    );
    const path = `/v1/payment-files/itau1/returns?token=${again.text('token')}`;
    expect((await site.get(path)).list('items')).toMatchObject([
      { items: 2, answered: 2, strangers: 0 },
    ]);
  });

  it('declares a payment unpaid by two persons, and of none that the bank has rejected', async () => {
    const path = (partner: string) =>
      `/v1/payment-files/itau1/items/${items[partner] ?? ''}/unpaid`;
    const evidence = { evidence: ['letter of the bank'] };
    expect(await site.post(path('mail'), evidence)).toMatchObject({
      status: 409,
      body: { code: 'item_rejected' },
    });
    expect(await site.post(path('letters'), evidence, 'auditor')).toMatchObject({ status: 403 });
    expect(await site.post(path('letters'), evidence)).toMatchObject({ status: 201 });
    expect(await site.post(`${path('letters')}/approval`)).toMatchObject({
      status: 403,
      body: { code: 'same_person' },
    });
    const shown = await eventually(
      () => site.get('/v1/payment-files/itau1/1/items'),
      (page) => JSON.stringify(page.list('items')).includes('letter of the bank'),
    );
    expect(shown.list('items')).toContainEqual(
      expect.objectContaining({
        partner: 'letters',
        answer: 'claimed_paid',
        unpaid: { ...evidence, proposedBy: expect.any(String), proposedAt: expect.any(String) },
      }),
    );

    const rejected = { [items['letters'] ?? '']: 'AN', [items['mail'] ?? '']: 'AN' };
    await site.upload('/v1/payment-files/itau1/returns', answeredBy(bytes, rejected));
    const heard = await eventually(
      () => site.get('/v1/payment-files/itau1/1/items'),
      (page) => JSON.stringify(page.list('items')).includes('contradicts'),
    );
    expect(heard.list('items')).toContainEqual(
      expect.objectContaining({ partner: 'letters', answer: 'unknown', unpaid: null }),
    );
    expect(await site.post(`${path('letters')}/approval`, undefined, 'bea')).toMatchObject({
      status: 409,
      body: { code: 'no_unpaid_proposed' },
    });
  });

  it('refuses what is no return file', async () => {
    const refused = await site.upload(
      '/v1/payment-files/itau1/returns',
      Buffer.from('OFXHEADER:100'),
    );
    expect(refused).toMatchObject({ status: 422, body: { code: 'not_a_return_file' } });
    expect(await site.upload('/v1/payment-files/other/returns', bytes)).toMatchObject({
      status: 404,
    });
    expect(await site.post('/v1/payment-files/itau1/returns', {})).toMatchObject({ status: 415 });
    expect(await site.upload('/v1/paying-accounts', bytes)).toMatchObject({ status: 415 });
  });

  it('voids by two persons a file of which the bank took nothing, and sends its items once more', async () => {
    const tedFile = await site.get('/v1/payment-files/itau1/2');
    const refusal = answeredBy(tedFile.bytes, {}, 'HM');
    const taken = await site.upload('/v1/payment-files/itau1/returns', refusal);
    expect(taken.body).toMatchObject({ sequence: 2, fileRefused: ['HM'] });

    const { zone } = ACCOUNT;
    const payOn = dayOf(addDays(instantOfMs(Date.now()), 30, zone), zone);
    const evidence = { evidence: ['return file of 15 April'], then: 'new_file', payOn };
    expect(await site.post('/v1/payment-files/itau1/1/void', evidence)).toMatchObject({
      status: 409,
      body: { code: 'void_blocked', facts: { blocking: 1 } },
    });
    expect(await site.post('/v1/payment-files/itau1/2/void', evidence)).toMatchObject({
      status: 201,
    });
    const path = '/v1/payment-files/itau1/2/void/approval';
    expect(await site.post(path)).toMatchObject({ status: 403, body: { code: 'same_person' } });
    expect(await site.post(path, undefined, 'bea')).toMatchObject({ status: 200 });

    const files = filesIn(await eventually(() => filesOf(run), exported(3)));
    expect(files).toMatchObject([
      { sequence: 1, state: 'exported' },
      { sequence: 2, state: 'voided', void: { then: 'new_file' } },
      { sequence: 3, state: 'exported', replaces: 2, total: '7777', payOn },
    ]);
    expect(await site.accountOf('ted')).toEqual([
      'AccountOpened',
      'PayeeLearned',
      'ReleaseTaken',
      'PayoutReserved',
      'PayoutInstructed',
      'PayoutVoided',
      'PayoutInstructed',
    ]);
    const resent = await site.get('/v1/payment-files/itau1/3');
    const reference = (each: Buffer) => each.toString('latin1').split('\r\n')[2]?.slice(73, 88);
    expect(reference(resent.bytes)).toBe(reference(tedFile.bytes));
    expect((await site.get('/v1/payment-files/itau1/2')).bytes.equals(tedFile.bytes)).toBe(true);
    expect(sha256Hex(tedFile.bytes)).toBe(ted.sha256);
  });

  it('takes the items of a voided file back where nothing is to be sent again', async () => {
    const evidence = { evidence: ['message 4711'], then: 'back', payOn: '2026-04-16' };
    await site.post('/v1/payment-files/itau1/3/void', evidence);
    await site.post('/v1/payment-files/itau1/3/void/approval', undefined, 'bea');
    const freed = (types: readonly string[]) => types.at(-1) === 'ReservationCancelled';
    expect((await eventually(() => site.accountOf('ted'), freed)).slice(-2)).toEqual([
      'PayoutVoided',
      'ReservationCancelled',
    ]);
  });

  it('cannot make a file again once a payee of it was erased', async () => {
    await site.erase('mail');
    expect(await site.get('/v1/payment-files/itau1/1')).toMatchObject({
      status: 410,
      body: { code: 'erased' },
    });
    expect(await site.get('/v1/payment-files/itau1/2')).toMatchObject({ status: 200 });
  });
});
