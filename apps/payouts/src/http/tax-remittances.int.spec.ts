import { type BalancedEntry, type Instant, instant } from '@tributary/kernel';
import {
  RULES,
  answered,
  comesBack,
  instruct,
  noon,
  payee,
  release,
  reserve,
  runOf,
  settle,
} from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import { itemOf } from '../domain/item';
import { RAIL, settings } from '../domain/rail/file.fixture';
import type { BreakShown } from '../read-model/breaks.queries';
import type { Reconciliation } from '../read-model/reconciliation.queries';
import type { RemittanceShown } from '../read-model/tax-remittances.queries';
import type { ItemRow, ItemTotal } from '../read-model/withholding-items.queries';
import type { RegisterTotal } from '../read-model/withholding.queries';
import { ReconciliationSite, ofx } from './reconciliation.fixture';

const REMITTANCES = '/v1/tax-remittances';
const ITEMS = '/v1/reports/withholding/items?entity=main&from=2024-01&to=2024-12';
const REGISTER = '/v1/reports/withholding?entity=main&from=2024-01&to=2024-12';

interface Page<R, T = unknown> {
  readonly position: string;
  readonly items: readonly R[];
  readonly totals: readonly T[];
}
type Refused = { readonly code: string; readonly facts?: object };

let site: ReconciliationSite;
beforeAll(async () => {
  site = await ReconciliationSite.start();
  const of = { rail: RAIL, settings, opening: '1000000', on: '2024-04-01', by: 'anna' };
  await site.tell({ type: 'RegisterPayingAccount', ...of, openedAt: day('04-01') });
}, 120_000);
afterAll(() => site.stop());

/** Of a year that is over. */
const day = (monthAndDay: string): Instant => instant(`2024-${monthAndDay}T12:00:00Z`);
const accountOf = (partner: string): OfAccount => ({ partner, entity: 'main', asset: 'BRL/2' });
const itemOfPartner = (partner: string): string =>
  itemOf(runOf(partner), accountStreamOf('acme', accountOf(partner)));
const totalOf = async (path = REGISTER) =>
  (await site.read<Page<unknown, RegisterTotal>>(path)).totals[0];

async function happens(partner: string, ...commands: readonly AccountCommand[]): Promise<void> {
  const item = itemOfPartner(partner);
  const account = accountOf(partner);
  for (const command of commands)
    await site.decide({ ...command, account, ...('item' in command && { item }) });
}

/** 1.5 % of it is withheld. */
async function isPaid(partner: string, gross: number, on: string): Promise<void> {
  const asked = reserve(partner, { rules: RULES, minimum: '1' });
  const stream = accountStreamOf('acme', accountOf(partner));
  const terms = { ...asked.terms, item: itemOfPartner(partner), payAt: noon('04-16') };
  await happens(partner, payee(), release(`line ${partner}`, gross));
  await happens(partner, { ...asked, stream, terms }, {
    ...instruct(partner),
    at: day(on),
  } as AccountCommand);
}

const net = (gross: number): number => gross - (gross * 15) / 1000;
const isReturned = (partner: string, gross: number, on: string) =>
  happens(
    partner,
    { ...settle(partner, net(gross)), at: day(on) },
    comesBack(partner, net(gross), { at: day(on) }),
  );

const said = (more: object = {}) => ({
  ...{ entity: 'main', asset: 'BRL/2', rule: 'irrf', month: '2024-04', amount: '1500' },
  ...{ paidOn: '2024-05-20', payingAccount: RAIL, reference: 'DARF 1', ...more },
});

async function refusal(body: object, who = 'anna'): Promise<Refused & { readonly status: number }> {
  const response = await site.post(REMITTANCES, said(body), who);
  return { ...((await response.json()) as Refused), status: response.status };
}

async function proposed(body: object = {}): Promise<string> {
  const response = await site.post(REMITTANCES, said(body));
  const answer = (await response.json()) as { readonly id: string };
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  return answer.id;
}

async function remitted(body: object = {}): Promise<void> {
  const path = `${REMITTANCES}/${await proposed(body)}/approvals`;
  const response = await site.post(path, {}, 'bruno');
  if (response.status !== 200) throw new Error(await response.text());
}

/** Everything that the accounts were to hear of has been heard. */
const itemsUntil = (holds: (page: Page<ItemRow, ItemTotal>) => boolean) =>
  site.until<Page<ItemRow, ItemTotal>>(ITEMS, holds);

/** Debits less credits of everything in the log up to there. */
async function balanceOf(account: string, upTo?: bigint): Promise<bigint> {
  let sum = 0n;
  for await (const { events } of site.runtime.log.readAll(0n))
    for (const { position, data } of events) {
      const { legs = [] } = (data['entry'] ?? {}) as unknown as Partial<BalancedEntry>;
      if (upTo !== undefined && position > upTo) continue;
      const own = legs.filter((leg) => leg.account === account);
      for (const { side, amount } of own) sum += BigInt(side === 'debit' ? amount : `-${amount}`);
    }
  return sum;
}

describe('remitting what was withheld', () => {
  let early: Page<ItemRow, ItemTotal>;

  it('says what of a month may be remitted: not what was rejected before', async () => {
    await isPaid('p1', 100_000, '04-16');
    await isPaid('p2', 50_000, '04-17');
    await isPaid('p3', 30_000, '04-17');
    await happens('p3', { ...answered('p3', 'rejected'), at: day('04-18') });
    await isPaid('p4', 20_000, '05-02');
    const { totals } = await itemsUntil(({ items }) => items.length === 4);
    expect(totals.map(({ month, owed }) => [month, owed])).toEqual([
      ['2024-04', '2250'],
      ['2024-05', '300'],
    ]);
  });

  it('refuses what cannot have been, with its reason', async () => {
    expect(await refusal({ amount: '2251' })).toMatchObject({
      ...{ status: 409, code: 'more_than_withheld', facts: { owed: '2250' } },
    });
    expect(await refusal({ offset: '1' })).toMatchObject({
      ...{ status: 409, code: 'more_than_recoverable', facts: { recoverable: '0' } },
    });
    expect(await refusal({ month: '2999-01' })).toMatchObject({ code: 'month_in_future' });
    expect(await refusal({ paidOn: '2999-01-20' })).toMatchObject({ code: 'paid_in_future' });
    expect(await refusal({ month: '2024-03' })).toMatchObject({ code: 'nothing_withheld' });
    expect(await refusal({ rule: 'unheard-of' })).toMatchObject({ code: 'nothing_withheld' });
    expect(await refusal({ payingAccount: 'nobodys' })).toMatchObject({
      ...{ status: 404, code: 'account_unknown' },
    });
    expect(await refusal({}, 'auditor')).toMatchObject({ status: 403 });
    expect(await refusal({ paidOn: '2024-02-30' })).toMatchObject({ status: 422 });
    expect(await refusal({ reference: ' - ' })).toMatchObject({ status: 422 });
  });

  it('is said by one person and confirmed by another, however often either says so', async () => {
    const path = `${REMITTANCES}/${await proposed()}/approvals`;
    expect(await refusal({ reference: 'DARF 9' })).toMatchObject({ code: 'remittance_waits' });
    expect(((await (await site.post(path, {})).json()) as Refused).code).toBe('same_person');
    expect((await site.post(path, {}, 'bruno', 'POST', 'confirmed')).status).toBe(200);
    expect((await site.post(path, {}, 'bruno', 'POST', 'confirmed')).status).toBe(200);
    expect((await site.post(path, {}, 'bruno')).status).toBe(404);

    const { items, totals } = await itemsUntil(({ totals: [first] }) => first?.remitted !== '0');
    expect(totals[0]).toMatchObject({ withheld: '2250', remitted: '1500', owed: '750' });
    expect(items.find(({ partner }) => partner === 'p1')).toMatchObject({
      ...{ withheld: '1500', remitted: '1500', owed: '0', remittances: [expect.any(String)] },
    });
    expect(items.find(({ partner }) => partner === 'p2')).toMatchObject({ remitted: '0' });
    expect(await totalOf()).toMatchObject({ withheld: '2550', remitted: '1500', owed: '1050' });
    early = await site.read(ITEMS);
    expect(await balanceOf('Liabilities:Tax:InTransit')).toBe(-1500n);
    expect(await refusal({ amount: '1' })).toMatchObject({ code: 'reference_used' });
  });

  it('asks the tax of a payment that comes back of the authority, and keeps it back', async () => {
    await isReturned('p1', 100_000, '05-21');
    await itemsUntil(({ items }) => items.some(({ recoverable }) => recoverable === '1500'));
    expect(await balanceOf('Assets:TaxRecoverable')).toBe(1500n);
    const more = { reference: 'DARF 2', paidOn: '2024-06-20' };
    expect(await refusal({ ...more, amount: '0', offset: '1501' })).toMatchObject({
      ...{ code: 'more_than_recoverable', facts: { recoverable: '1500' } },
    });
    // Of the first month what was left over, and less is paid than is settled.
    await remitted({ ...more, amount: '250', offset: '500' });
    await itemsUntil(({ items }) => items.some(({ recovered }) => recovered === '500'));
    expect(await totalOf()).toMatchObject({
      ...{ withheld: '2550', remitted: '2250', owed: '300', recoverable: '1000', recovered: '500' },
    });
    expect(await refusal({ amount: '1', reference: 'DARF 3' })).toMatchObject({
      ...{ code: 'tax_remitted', facts: { remitted: '2250' } },
    });
  });

  it('comes out the same when a payment comes back in the same moment', async () => {
    await isPaid('p5', 40_000, '05-03');
    await happens('p5', { ...settle('p5', net(40_000)), at: day('05-22') });
    const id = await proposed({ month: '2024-05', amount: '900', reference: 'DARF 4' });
    await Promise.all([
      site.post(`${REMITTANCES}/${id}/approvals`, {}, 'bruno'),
      happens('p5', comesBack('p5', net(40_000), { at: day('05-22') })),
    ]);
    await itemsUntil(({ items }) => {
      const p5 = items.find(({ partner }) => partner === 'p5');
      return p5?.recoverable === '600' && p5.owed === '0';
    });
    expect(await totalOf()).toMatchObject({ owed: '0', recoverable: '1600' });
    expect(await balanceOf('Liabilities:Tax:Withholding')).toBe(0n);
    expect(await balanceOf('Assets:TaxRecoverable')).toBe(1600n);
  });

  it('stands at the accounts of the trial balance wherever in the log it is asked', async () => {
    const head = await site.runtime.log.head();
    for (let at = 1n; at <= head; at += 1n) {
      const { owed = '0', recoverable = '0' } =
        (await totalOf(`${REGISTER}&position=${String(at)}`)) ?? {};
      const stands = await Promise.all([
        balanceOf('Liabilities:Tax:Withholding', at),
        balanceOf('Assets:TaxRecoverable', at),
      ]);
      expect([at, -BigInt(owed), BigInt(recoverable)]).toEqual([at, ...stands]);
    }
    const then = await site.read<typeof early>(`${ITEMS}&position=${early.position}`);
    expect([then.items, then.totals]).toEqual([early.items, early.totals]);
  }, 120_000);

  it('leaves our cash when a statement shows it, and leaves no break', async () => {
    const rows = [
      { on: '2024-05-20', amount: '-15.00', item: 'DARF-1', memo: 'PAGTO TRIBUTO' },
      { on: '2024-05-20', amount: '-9.00', memo: 'PAGTO TRIBUTO' },
      { on: '2024-06-20', amount: '-2.50', memo: 'PAGTO TRIBUTO' },
    ];
    await site.upload(ofx('2024-05-20', '2024-06-20', '9973.50', rows));
    const listed = await site.until<Page<RemittanceShown>>(REMITTANCES, ({ items }) =>
      items.every(({ bankLine }) => bankLine !== null),
    );
    expect(listed.items.map(({ status, bookedOn }) => [status, bookedOn])).toEqual([
      ['approved', '2024-05-20'],
      ['approved', '2024-06-20'],
      ['approved', '2024-05-20'],
    ]);
    expect(await balanceOf('Liabilities:Tax:InTransit')).toBe(0n);
    const books = await site.read<Reconciliation>(`/v1/reconciliation/${RAIL}?from=2024-05-20`);
    expect(books.items.every(({ remainder }) => remainder === '0')).toBe(true);
    expect(books.items.at(-1)).toMatchObject({ breaks: '0' });
    const breaks = await site.read<Page<BreakShown>>('/v1/breaks');
    expect(breaks.items).toEqual([]);
  });

  it('is taken from its line, and given it again, by a person', async () => {
    const [first] = (await site.read<Page<RemittanceShown>>(REMITTANCES)).items;
    const { remittance = '', bankLine } = first ?? {};
    const path = `/v1/paying-accounts/${RAIL}/bank-lines/${String(bankLine)}`;
    expect((await site.post(`${path}/unmatch`, { reason: 'not this one' })).status).toBe(200);
    await site.until<Page<RemittanceShown>>(REMITTANCES, ({ items }) =>
      items.some((each) => each.bankLine === null),
    );
    expect(await balanceOf('Liabilities:Tax:InTransit')).toBe(-1500n);
    const match = { kind: 'tax', items: [], reason: 'this one after all' };
    const unknown = await site.post(`${path}/match`, { ...match, remittance: runOf('nobodys') });
    expect([unknown.status, ((await unknown.json()) as Refused).code]).toEqual([
      404,
      'remittance_unknown',
    ]);
    const again = await site.post(`${path}/match`, { ...match, remittance });
    expect(again.status).toBe(201);
    await site.until<Page<RemittanceShown>>(REMITTANCES, ({ items }) =>
      items.every((each) => each.bankLine !== null),
    );
    expect(await balanceOf('Liabilities:Tax:InTransit')).toBe(0n);
  });

  it('shows a tenant nothing of another', async () => {
    for (const path of [REMITTANCES, REGISTER, ITEMS])
      expect((await site.read<Page<unknown>>(path, 'stranger')).items).toEqual([]);
    const [first] = (await site.read<Page<RemittanceShown>>(REMITTANCES)).items;
    const approval = `${REMITTANCES}/${first?.remittance ?? ''}/approvals`;
    expect((await site.post(approval, {}, 'stranger')).status).toBe(404);
  });
});
