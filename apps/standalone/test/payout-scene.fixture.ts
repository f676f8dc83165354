import { SandboxBank, openBank, scenarioOf } from '@tributary/sandbox-bank';
import type { Answer, PatientClient } from './patient-client.fixture';

export const ENTITY = { id: 'main', name: 'Main', currency: 'BRL/2', zone: 'America/Sao_Paulo' };
export const RAIL = 'itau';
export const OPENING = '900000000';

const SIGNED = '2026-01-01T00:00:00-03:00';
export const CNPJ = '11222333000181';
export const ACCOUNT = {
  bank: '341',
  branch: '1234',
  number: '56789',
  digit: '0',
  kind: 'checking',
};
const PAYEE_DOCUMENT = { kind: 'cnpj', number: '11444777000161' };
const DAY_MS = 86_400_000;
const FIRST_PAYMENT_MS = Date.parse('2026-02-01T10:00:00Z');
const SHOP = 'https://shop.example/production';

/** What the bank does to each of them; all others are paid. */
const SPECIAL = {
  delayed: { kind: 'delayed', days: 1 },
  rejected: { kind: 'rejected', codes: ['AN'] },
  returned: { kind: 'returned', afterDays: 1, reason: 'AC03' },
  unknown: { kind: 'unknown', code: 'ZZ', booked: true },
} as const;
const PLAIN = ['ashton', 'briars', 'contoso', 'dunes', 'everest', 'fabrikam', 'gables', 'harbor'];
export const PARTNERS: readonly string[] = [...PLAIN, ...Object.keys(SPECIAL)];

export const today = (): string => new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 10);

export const bankOfScene = (): SandboxBank =>
  new SandboxBank(
    openBank({
      account: { ...ACCOUNT, holder: 'TRIBUTARY DEMO LTDA', document: CNPJ },
      openingMinor: OPENING,
      on: today(),
      scenario: scenarioOf({
        rules: Object.entries(SPECIAL).map(([name, then]) => ({
          when: { payee: name.toUpperCase() },
          then,
        })),
      }),
    }),
  );

/** Of the n-th partner in a round; each of its own, so that a sum tells who is missing. Net of the invoice is four times as much. */
const earnedMinor = (partner: number, round: number): number => 50_000 + 1_000 * partner + round;
export const earnedInRound = (round: number): bigint =>
  PARTNERS.reduce((sum, _, partner) => sum + BigInt(earnedMinor(partner, round)), 0n);

/** Agreements, a plan, payees, an account to pay from, and customers that partners have brought. */
export async function setScene(client: PatientClient): Promise<void> {
  await client.command('/v1/entities', ENTITY, 'programme');
  for (const id of PARTNERS) {
    const partner = { id, name: id, type: 'channel', kind: 'agency', effectiveAt: SIGNED };
    await client.command('/v1/partners', partner, 'programme');
    const terms = { id: `a${id}`, partner: id, plan: 'agency', effectiveFrom: SIGNED };
    await client.command('/v1/agreements', terms, 'programme');
    await client.command(`/v1/agreements/a${id}/approvals`, { version: 1 }, 'admin');
  }
  await planned(client);
  await withholding(client);
  for (const id of PARTNERS) await payee(client, id);
  await client.command('/v1/paying-accounts', {
    ...{ id: RAIL, name: 'Tributary Demo Ltda', entity: ENTITY.id, asset: ENTITY.currency },
    ...{ zone: ENTITY.zone, format: 'cnab240-341', cnpj: CNPJ, agreement: '123456' },
    ...{ account: ACCOUNT, opening: OPENING, on: today() },
  });
  await client.told(PARTNERS.flatMap(customer));
}

async function planned(client: PatientClient): Promise<void> {
  const { starters } = await client.read('/v1/plan-starters');
  const { plan } = starters.find(({ id }: Answer) => id === 'agency');
  const effective = { from: SIGNED, to: null };
  const { token } = await client.command('/v1/plans', { ...plan, effective }, 'programme');
  const { draft } = await client.read(`/v1/plans/agency?token=${token}`);
  const override = { codes: ['retroactive'], reason: 'the programme began in January' };
  await client.command('/v1/plans/agency/approvals', { hash: draft.hash, override }, 'admin');
}

async function withholding(client: PatientClient): Promise<void> {
  const { source, rules } = (await client.read('/v1/withholding-starters')).starters[0];
  const path = `/v1/withholding/${ENTITY.id}`;
  await client.command(`${path}/proposals`, { effectiveFrom: SIGNED, source, rules });
  const { proposal } = await client.eventually(
    () => client.read(path),
    (found) => found.proposal !== null,
  );
  await client.command(`${path}/activations`, { hash: proposal.hash }, 'admin');
}

async function payee(client: PatientClient, id: string): Promise<void> {
  const pix = { kind: 'email', key: `pay@${id}.example` };
  const told = { payee: { name: `${id} Ltda`, document: PAYEE_DOCUMENT, pix } };
  const { id: proposal } = await client.command(`/v1/payees/${id}/bank-details`, told);
  await client.command(`/v1/payees/${id}/bank-details/${proposal}/confirmation`, {}, 'treasurer');
  const profile = { country: 'BR', kind: 'company', document: PAYEE_DOCUMENT };
  await client.command(`/v1/payees/${id}/tax-profile`, { ...profile, evidence: ['of 2026'] });
}

/** Every customer pays once, and every partner has its part of it posted. */
export async function earn(client: PatientClient, round: number): Promise<void> {
  await client.told(PARTNERS.map((partner, n) => invoice(partner, n, round)));
  let expected = 0n;
  for (let each = 0; each <= round; each++) expected += earnedInRound(each);
  const { totals } = await client.eventually(
    () => client.read('/v1/lines'),
    (lines) => lines.totals[0]?.posted === String(expected),
  );
  expect(totals).toMatchObject([{ posted: String(expected) }]);
}

function customer(partner: string): readonly object[] {
  const [customerRef, visitorId] = [`customer-${partner}`, `visitor-${partner}`];
  const clicked = { clickId: `click-${partner}`, partnerRef: partner, visitorId, consent: true };
  const signedUp = { customerRef, visitorId, country: 'BR' };
  const [clickedMs, signedUpMs] = [FIRST_PAYMENT_MS - 12 * DAY_MS, FIRST_PAYMENT_MS - 7 * DAY_MS];
  return [
    told('touch.click.v1', `click-${partner}`, clickedMs, clicked),
    told('customer.signed_up.v1', `signup-${partner}`, signedUpMs, signedUp),
  ];
}

function invoice(partner: string, n: number, round: number): object {
  const name = `${partner}-${String(round)}`;
  const paidMs = FIRST_PAYMENT_MS + round * DAY_MS;
  const net = String(4 * earnedMinor(n, round));
  const amounts = { quantity: '1', gross: net, discount: '0', tax: '0', net };
  return told('invoice.paid.v1', `paid-${name}`, paidMs, {
    ...{ invoiceRef: `invoice-${name}`, paymentRef: `payment-${name}`, currency: 'BRL' },
    ...{ customerRef: `customer-${partner}`, paidAt: new Date(paidMs).toISOString() },
    lines: [{ lineRef: 'l1', productRef: 'subscription', ...amounts }],
  });
}

const told = (type: string, id: string, atMs: number, data: object): object => ({
  ...{ specversion: '1.0', id, source: SHOP, type: `tributary.${type}`, subject: id },
  ...{ time: new Date(atMs).toISOString(), datacontenttype: 'application/json' },
  ...{ dataschema: `/v1/schemas/${type}`, data },
});
