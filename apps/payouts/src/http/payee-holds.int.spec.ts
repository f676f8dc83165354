import { setTimeout } from 'node:timers/promises';
import { CommandBus } from '@nestjs/cqrs';
import { uuidV5, withoutDashes } from '@tributary/kernel';
import { DecideAccount } from '../application/accounts';
import { rulesInForce } from '../application/withholding';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import { reservationOf } from '../domain/account/reserve';
import type { Account } from '../domain/account/state';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import { itemOf } from '../domain/item';
import { BRAZIL_COMPANIES } from '../domain/withholding/starter';
import { AT, type Answer, type PayeeSite, startPayees } from './payees.fixture';

const OF: OfAccount = { partner: 'h1', entity: 'main', asset: 'BRL/2' };
const STREAM = accountStreamOf('acme', OF);
const RUN = uuidV5('run', 'april');

let site: PayeeSite;
let revision = -1;

beforeAll(async () => {
  site = await startPayees();
  await release(500_000);
});

afterAll(async () => {
  await site.close();
});

describe('holding what a partner is paid until nothing is missing', () => {
  it('waits for bank details, and then for the second person', async () => {
    expect(await reservation()).toMatchObject({ declined: { reason: 'bank_details' } });
    const proposed = await propose('12ABC34501DE35');
    expect(await reservation()).toMatchObject({ declined: { reason: 'bank_details' } });
    await confirm(proposed);
  });

  it('waits for the profile, for rules, and for a rule that covers the payee, each by its name', async () => {
    const waiting = (detail: string) => ({
      declined: { reason: 'tax', detail, payable: '500000' },
    });
    expect(await reservation()).toMatchObject(waiting('tax_profile'));
    await declare('person', 'cpf', '529.982.247-25');
    // Whose account it is differs from who is taxed now, and is asked first.
    expect(await reservation()).toMatchObject({
      declined: { reason: 'kyc', detail: 'account_of_the_payee' },
    });
    await declare('company', 'cnpj', '12.ABC.345/01DE-35');
    expect(await reservation()).toMatchObject(waiting('withholding_rule:BR:company'));
    await activateStarter();
  });

  it('then keeps back what the rules say, and pays the rest to the confirmed account', async () => {
    expect(await reservation()).toMatchObject({
      reserved: {
        gross: '500000',
        withheld: [{ tax: 'IRRF', amount: '7500' }],
        net: '492500',
        method: { version: 1, display: 'PIX cnpj **********DE35' },
      },
    });
  });

  it('holds everything again while a change waits, and pays to the new account afterwards', async () => {
    const proposed = await propose('12ABC34501DE35', 'Another Name Ltda.');
    expect(await reservation()).toMatchObject({ declined: { reason: 'bank_details' } });
    await confirm(proposed);
    expect(await reservation()).toMatchObject({ reserved: { method: { version: 2 } } });
  });

  it('keeps nothing back of a declared Simples, and waits once the declaration is over', async () => {
    const until = '2026-04-01T00:00:00-03:00';
    await declare('company', 'cnpj', '12ABC34501DE35', 'simples');
    expect(await reservation()).toMatchObject({ reserved: { withheld: [], net: '500000' } });
    await declare('company', 'cnpj', '12ABC34501DE35', 'simples', until);
    expect(await reservation()).toMatchObject({
      declined: { reason: 'tax', detail: 'declaration:simples' },
    });
  });
});

const propose = (key: string, name = 'A Name Ltda.'): Promise<Answer> => {
  const payee = { name, document: { kind: 'cnpj', number: key }, pix: { kind: 'cnpj', key } };
  return told(site.post('/v1/payees/h1/bank-details', { payee }));
};

const confirm = ({ id }: Answer): Promise<Answer> => {
  const path = `/v1/payees/h1/bank-details/${String(id)}/confirmation`;
  return told(site.post(path, undefined, 'bea'));
};

const declare = (
  kind: string,
  documentKind: string,
  number: string,
  regime?: string,
  until?: string,
): Promise<Answer> => {
  const regimeHolds = { from: '2026-01-01T00:00:00-03:00', ...(until !== undefined && { until }) };
  const document = { kind: documentKind, number };
  const profile = { country: 'BR', kind, document, evidence: ['case 1'] };
  const body = { ...profile, ...(regime !== undefined && { regime, regimeHolds }) };
  return told(site.post('/v1/payees/h1/tax-profile', body));
};

async function activateStarter(): Promise<void> {
  const { source, rules } = BRAZIL_COMPANIES;
  const body = { effectiveFrom: '2026-01-01T00:00:00-03:00', source, rules };
  await site.post('/v1/withholding/main/proposals', body);
  const { proposal } = await site.get('/v1/withholding/main');
  const { hash } = proposal as { readonly hash: string };
  await site.post('/v1/withholding/main/activations', { hash }, 'bea');
}

async function release(amount: number): Promise<void> {
  const command = {
    type: 'TakeRelease',
    account: OF,
    at: AT,
    release: uuidV5('release', '1'),
    line: withoutDashes(uuidV5('line', '1')),
    key: { sale: 's1', payment: 'pay1', line: '1', rule: 'base' },
    programme: 'main',
    plan: 'brcommercial',
    window: '2026-03',
    amount: String(amount),
  } as const;
  const none = { causationId: null, traceParent: null };
  const who = { fingerprint: 'test', actor: 'test', correlationId: 'test' };
  const cause = { commandId: uuidV5('test', 'release'), ...who, ...none };
  const bus = site.serving.app.get(CommandBus, { strict: false });
  await bus.execute(new DecideAccount(command, { tenant: 'acme', cause }));
}

/** Once the account has heard of it. */
async function told(sending: Promise<Answer>): Promise<Answer> {
  const answer = await sending;
  expect(answer.status).toBeLessThan(300);
  revision++;
  for (let attempt = 0; attempt < 600; attempt++) {
    if (((await state()).payee?.revision ?? -1) >= revision) return answer;
    await setTimeout(50);
  }
  throw new Error(`The account has not heard of revision ${String(revision)}.`);
}

/** What a run would get now, without asking for it. */
async function reservation() {
  const item = itemOf(RUN, STREAM);
  const rules = await rulesInForce(site.runtime.log, { tenant: 'acme', entity: 'main', payAt: AT });
  const terms = { run: RUN, item, payAt: AT, minimum: '10000', rules };
  return reservationOf(await state(), { stream: STREAM, terms, at: AT });
}

async function state(): Promise<Account> {
  let folded = account.initial;
  for await (const { type, data, occurredAt } of site.runtime.log.read(STREAM))
    folded = account.evolve(folded, { type, data, occurredAt } as unknown as AccountEvent);
  return folded;
}
