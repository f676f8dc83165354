import type { Day } from '@tributary/kernel';
import type { Person } from '../people';
import type { Entry } from './registry';

const SINCE = '2026-01-01T00:00:00-03:00';
export const ZONE = 'America/Sao_Paulo';
const ASSET = 'BRL/2';
const CNPJ = '11222333000181';
const OPENING = '10000000';
const ACCOUNT = { bank: '341', branch: '1234', number: '56789', digit: '0' };

export const ENTITY = 'main';
/** What the account that we pay from is called. */
export const PAYING_ACCOUNT = 'itau';
export const PAYER = { entity: ENTITY, asset: ASSET };

/** What both have earned: 25% of what the refund has left of a sale, and of what was used behind a coupon. */
export const EARNED = { northwind: '44978', southwind: '308642' } as const;
export const PAYEES = {
  northwind: payee('Northwind Agência Ltda', '12ABC34501DE35', 'pay@northwind.example'),
  southwind: payee('Southwind Comércio S/A', '11444777000161', 'pay@southwind.example'),
} as const;

/** Everything that has to be there before anybody can be paid, besides what a second person confirms. */
export const PAYING: readonly Entry<Person>[] = [
  {
    key: 'demo-entity-main',
    by: 'programme',
    path: '/v1/entities',
    body: { id: ENTITY, name: 'Tributary Demo Ltda', currency: ASSET, zone: ZONE },
  },
  {
    key: 'demo-agreement-southwind',
    by: 'programme',
    path: '/v1/agreements',
    body: { id: 'southwindagency', partner: 'southwind', plan: 'agency', effectiveFrom: SINCE },
  },
  {
    key: 'demo-agreement-southwind-approval',
    by: 'admin',
    path: '/v1/agreements/southwindagency/approvals',
    body: { version: 1 },
  },
];

/** As the bank is opened: the first time, the account of southwind does not exist. */
export const bankOpened = (on: Day) => ({
  ...{ account: ACCOUNT, holder: 'Tributary Demo Ltda', document: CNPJ, opening: OPENING, on },
  scenario: {
    rules: [
      {
        when: { payee: 'SOUTHWIND', sequence: 1 },
        then: { kind: 'returned', afterDays: 1, reason: 'AC03' },
      },
    ],
  },
});

/** The same account, as we know it. */
export const payingAccount = (on: Day) => ({
  ...{ id: PAYING_ACCOUNT, name: 'Tributary Demo Ltda', entity: ENTITY, asset: ASSET },
  ...{ zone: ZONE, format: 'cnab240-341', cnpj: CNPJ, agreement: '123456' },
  ...{ account: { ...ACCOUNT, kind: 'checking' }, opening: OPENING, on },
});

function payee(name: string, number: string, key: string) {
  return { name, document: { kind: 'cnpj', number }, pix: { kind: 'email', key } };
}
