import { withoutDashes } from '@tributary/kernel';
import { SandboxBank, noonOf, openBank, shiftDay } from '@tributary/sandbox-bank';
import type { BankLineShown } from '../read-model/bank-lines.queries';
import type { RegisterRow } from '../read-model/registers.queries';
import { FilesSite, eventually } from './files.fixture';
import type { PaidTo } from './files-run.fixture';

const CNPJ = '11222333000181';
const AT_BANK = { bank: '341', branch: '1234', number: '56789', digit: '0' };
const ACCOUNT = {
  ...{ id: 'itau1', name: 'Tributary Demo Ltda', entity: 'main', asset: 'BRL/2' },
  ...{ zone: 'America/Sao_Paulo', format: 'cnab240-341', cnpj: CNPJ, agreement: '0001' },
  ...{ account: { ...AT_BANK, kind: 'checking' }, opening: '500000', on: '2026-04-01' },
};

/** One of each kind, as it is typed, as the file carries it, and spoilt. */
const KEYS = {
  cpf: ['529.982.247-25', '52998224725', '529.982.247-24'],
  cnpj: ['12.abc.345/01de-35', '12ABC34501DE35', '12.abc.345/01de-36'],
  email: ['Anna.Silva@Example.COM', 'anna.silva@example.com', 'anna.silva'],
  phone: ['(11) 98765-4321', '+5511987654321', '98765-4321'],
  evp: [
    '71C7D9BE-4B85-4E43-9F1C-1F3B8B4E9A2D',
    '71c7d9be-4b85-4e43-9f1c-1f3b8b4e9a2d',
    '71c7d9be-4b85-4e43-9f1c',
  ],
} as const;
type Kind = keyof typeof KEYS;
const KINDS = Object.keys(KEYS) as readonly Kind[];

const payeeWith = (kind: Kind, key: string) => ({
  name: `Parceiro ${kind}`,
  document:
    kind === 'cnpj'
      ? { kind: 'cnpj', number: '12ABC34501DE35' }
      : { kind: 'cpf', number: '52998224725' },
  pix: { kind, key },
});

describe('M113: paying by PIX', () => {
  let site: FilesSite;
  let bank: SandboxBank;
  beforeAll(async () => {
    site = await FilesSite.start();
    bank = new SandboxBank(
      openBank({
        account: { ...AT_BANK, holder: 'TRIBUTARY DEMO LTDA', document: CNPJ },
        openingMinor: '500000',
        on: '2026-04-15',
      }),
    );
    expect((await site.post('/v1/paying-accounts', ACCOUNT)).status).toBe(201);
  });
  afterAll(() => site.stop());

  const registered = async () =>
    (await site.get('/v1/reports/payouts')).list('items') as readonly RegisterRow[];
  it.each(KINDS)('takes a key of kind %s that can be one, and no other', async (kind) => {
    const [typed, , spoilt] = KEYS[kind];
    const path = `/v1/payees/${kind}/bank-details`;
    const refused = await site.post(path, { payee: payeeWith(kind, spoilt) });
    expect([refused.status, refused.list('errors')]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/payee/pix/key' })],
    ]);
    await site.payee(kind, payeeWith(kind, typed));
  });

  it('writes each key into the file, and a bank reads it', async () => {
    const paid = KINDS.map((kind, i): PaidTo => ({
      ...{ partner: kind, net: 10_000 + i, method: 'pix' },
      payee: {},
    }));
    const run = withoutDashes(await site.instructed('april', 'itau1', paid));
    const path = `/v1/payment-files?run=${run}`;
    await eventually(
      () => site.get(path),
      (files) =>
        files.list('items').some((each) => (each as { state: string }).state === 'exported'),
    );
    const { bytes } = await site.get('/v1/payment-files/itau1/1');
    for (const kind of KINDS) expect(bytes.toString('latin1')).toContain(KEYS[kind][1]);
    expect(bank.receive(bytes, noonOf('2026-04-15'))).toMatchObject({
      outcome: 'taken',
      payments: KINDS.length,
    });
  });

  it('keeps the end-to-end id of each payment beside it, as the statement says it', async () => {
    bank.advance(shiftDay('2026-04-15', 1));
    const bytes = bank.statement('2026-04-15', '2026-04-15', 'camt053');
    const taken = await site.upload('/v1/paying-accounts/itau1/bank-statements', bytes);
    expect(taken.list('statements')).toMatchObject([{ outcome: 'imported' }]);
    const rows = await eventually(
      registered,
      (found) => found.filter(({ state }) => state === 'settled').length === KINDS.length,
    );
    const path = `/v1/paying-accounts/itau1/bank-lines?token=${taken.text('token')}`;
    const lines = (await site.get(path)).list('items') as readonly BankLineShown[];
    for (const { bankLine, bankReference, endToEndId, partner } of rows) {
      const shown = lines.find(({ line }) => line === bankLine)?.references;
      expect([partner, shown]).toEqual([
        partner,
        expect.objectContaining({ endToEnd: endToEndId, bank: bankReference }),
      ]);
      expect(endToEndId).toMatch(/^E60701190202604151200\d{11}$/);
    }
    expect(new Set(rows.map(({ endToEndId }) => endToEndId)).size).toBe(KINDS.length);
    const csv = (await site.get('/v1/reports/payouts', 'ana', 'text/csv')).bytes.toString();
    for (const { endToEndId } of rows) expect(csv).toContain(endToEndId);
  });
});
