import type { Reply } from '@tributary/testing';
import { CreditService, click, each, has, paid, registered, signUp, used } from './credit.fixture';

let service: CreditService;

beforeAll(async () => {
  service = await CreditService.start();
  await service.partnersAre('northwind', 'southwind', 'eastwind');
  await service.linkIs('nwspring', 'northwind');
  await service.send(
    signUp('s-2', '2025-01-05T10:00:00Z', 'cus-2', { partnerRef: 'northwind' }),
    paid('p-2', '2025-02-01T10:00:00Z', 'inv-2', 'cus-2'),
  );
  await service.until('/v1/partners/northwind/customers', has('items', 1));
});
afterAll(() => service.stop());

describe('asking what a partner has brought (M003)', () => {
  const period = 'from=2023-01-01T00:00:00Z&to=2024-01-01T00:00:00Z';

  it('keeps sourced and influenced revenue apart, and never sources more than was paid', async () => {
    await service.send(
      click('c-7a', '2023-01-01T10:00:00Z', 'v-7', { partnerRef: 'northwind' }),
      click('c-7b', '2023-01-02T10:00:00Z', 'v-7', { partnerRef: 'southwind' }),
      signUp('s-7', '2023-01-05T10:00:00Z', 'cus-7', { visitorId: 'v-7' }),
      paid('p-7a', '2023-02-01T01:00:00Z', 'inv-7a', 'cus-7'),
      paid('p-7b', '2023-03-10T10:00:00Z', 'inv-7b', 'cus-7', { net: '33333' }),
    );
    const south = `/v1/partners/southwind/revenue?${period}`;
    const brought = await service.until(south, has('items', 2));
    expect(brought.at('items')).toEqual([
      { month: '2023-02', asset: 'BRL/2', sourced: '100000', influenced: '0', ...lines(1, 0) },
      { month: '2023-03', asset: 'BRL/2', sourced: '33333', influenced: '0', ...lines(1, 0) },
    ]);
    const north = await service.until(`/v1/partners/northwind/revenue?${period}`, has('items', 2));
    expect(north.at('items')).toMatchObject([
      { month: '2023-02', sourced: '0', influenced: '100000' },
      { month: '2023-03', sourced: '0', influenced: '33333' },
    ]);
    const sourced = [brought, north].flatMap((found) => each(found, 'items', 'sourced'));
    expect(sourced.reduce<bigint>((sum, one) => sum + BigInt(String(one)), 0n)).toBe(133_333n);
    const zoned = await service.ask(`${south}&zone=America/Sao_Paulo`);
    expect(zoned.at('items')).toMatchObject([{ month: '2023-01' }, { month: '2023-03' }]);
    expect((await service.ask(`${south}&zone=Moon/Base`)).status).toBe(422);
    const csv = await service.ask(south, { headers: { accept: 'text/csv' } });
    expect(csv.bytes.toString().split('\r\n')[0]).toMatch(/^month,asset,sourced/);
  });

  it('takes a line from who is credited with it no longer', async () => {
    const customer = await service.customer('cus-7');
    const done = await service.post(`/v1/customers/${customer}/adjudications`, {
      from: '2023-03-01T00:00:00Z',
      parts: [{ partner: 'eastwind', role: 'source', bp: 10_000 }],
      reason: 'Their contract',
      evidence: ['doc-7'],
    });
    const east = `/v1/partners/eastwind/revenue?${period}&token=${done.text('token')}`;
    const now = await service.until(east, has('items', 1));
    expect(now.at('items')).toMatchObject([{ month: '2023-03', sourced: '33333' }]);
    const south = await service.ask(`/v1/partners/southwind/revenue?${period}`);
    expect(south.at('items')).toMatchObject([
      { month: '2023-02', sourced: '100000' },
      { month: '2023-03', sourced: '0' },
    ]);
  });

  it('shows a partner its own customers and shares, and no others', async () => {
    const own = await service.ask('/v1/partners/northwind/customers', { key: 'northwind' });
    expect(each(own, 'items', 'customer')).toContain(await service.customer('cus-2'));
    expect(JSON.stringify(own.at('items'))).not.toContain('southwind');
    const others = await service.ask('/v1/partners/southwind/customers', { key: 'northwind' });
    expect(others).toMatchObject({ status: 403, body: { code: 'not_your_partner' } });
    expect((await service.ask('/v1/customers', { key: 'northwind' })).status).toBe(403);
  });

  it('shows 100 clicks, 20 leads and 5 customers as 20.0, 25.0 and 5.0 percent (M011)', async () => {
    const clicks = Array.from({ length: 100 }, (_, i) =>
      click(`f-${i}`, '2022-05-01T10:00:00Z', `fv-${i}`, { linkId: 'nwspring' }),
    );
    const leads = Array.from({ length: 20 }, (_, i) =>
      registered(`fl-${i}`, '2022-05-02T10:00:00Z', `fl-${i}`, 'northwind'),
    );
    const signUps = Array.from({ length: 5 }, (_, i) =>
      signUp(`fs-${i}`, '2022-05-03T10:00:00Z', `fc-${i}`, { visitorId: `fv-${i}` }),
    );
    await service.send(...clicks, ...leads, ...signUps);
    const path = '/v1/partners/northwind/funnel?from=2022-05-01T00:00:00Z&to=2022-06-01T00:00:00Z';
    const counts = (found: Reply) => ['clicks', 'leads', 'customers'].map((name) => found.at(name));
    const funnel = await service.until(path, (found) => String(counts(found)) === '100,20,5');
    expect(funnel.body).toMatchObject({
      clickToLead: '20.0',
      leadToCustomer: '25.0',
      clickToCustomer: '5.0',
    });
    expect((await service.became('shop', 'fl-0')).body).toMatchObject({
      claims: [{ lead: expect.any(String) as string, state: 'registered' }],
      waiting: 'not_linked',
    });
    const empty = await service.ask(
      '/v1/partners/northwind/funnel?from=2019-01-01T00:00:00Z&to=2019-02-01T00:00:00Z',
    );
    expect(empty.body).toMatchObject({ clicks: 0, clickToLead: null, leadToCustomer: null });
  });
});

describe('asking what usage has brought (M012)', () => {
  const revenue = '/v1/partners/eastwind/revenue?from=2021-05-01T00:00:00Z&to=2021-07-01T00:00:00Z';
  const sourced = (amount: string) => (found: Reply) => found.at('items.0.sourced') === amount;

  it('adds reports of a period up, takes the one that supersedes, and says the same when it is read again', async () => {
    await service.send(
      signUp('s-8', '2021-01-01T10:00:00Z', 'cus-8', { partnerRef: 'eastwind' }),
      used('u-1', 'cus-8', '400000'),
      used('u-2', 'cus-8', '600000'),
      used('u-3', 'cus-8', '234567'),
    );
    await service.until(revenue, sourced('1234567'));
    await service.send(used('u-4', 'cus-8', '234575', { supersedes: 'u-3' }));
    const shown = await service.until(revenue, sourced('1234575'));
    const old = await service.untilBecame(
      'billing',
      'u-3',
      (found) => found.at('outcome') !== 'accepted',
    );
    expect(old.body).toMatchObject({
      outcome: 'superseded',
      sales: [{ counts: false, why: 'superseded' }],
    });

    for (const projection of ['partner_credit', 'fact_outcomes']) {
      const { comparison } = await service.runtime.feeds.rebuild(projection, { compare: true });
      expect(comparison?.filter(({ equal }) => !equal)).toEqual([]);
    }
    expect((await service.ask(revenue)).at('items')).toEqual(shown.at('items'));
  });
});

const lines = (sourcedLines: number, influencedLines: number) => ({
  sourcedLines,
  influencedLines,
});
