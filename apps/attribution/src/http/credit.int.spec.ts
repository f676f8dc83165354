import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { saleOf } from '../domain/sale/events';
import {
  type Answer,
  BILLING,
  CreditService,
  click,
  linked,
  paid,
  refunded,
  registered,
  retracted,
  signUp,
  used,
} from './credit.fixture';

type Body = Answer['body'];

let service: CreditService;

beforeAll(async () => {
  service = await CreditService.start();
  await service.partnersAre('northwind', 'southwind', 'eastwind');
  await service.linkIs('nwspring', 'northwind');
});
afterAll(() => service.stop());

const customerOf = async (ref: string): Promise<string> => {
  const found = await service.until(`/v1/customers?ref=${ref}`, ({ items }) => items.length === 1);
  return found.body.items[0].customer as string;
};

describe('asking who brought a customer (M002)', () => {
  let customer: string;
  const sale = saleOf('acme', BILLING, 'inv-1');

  beforeAll(async () => {
    await service.send(
      click('c-north', '2025-01-01T10:00:00Z', 'v-1', { partnerRef: 'northwind' }),
      click('c-south', '2025-01-02T10:00:00Z', 'v-1', { partnerRef: 'southwind' }),
      click('c-secret', '2025-01-03T10:00:00Z', 'v-1', { partnerRef: 'eastwind' }, false),
      signUp('s-1', '2025-01-05T10:00:00Z', 'cus-1', { visitorId: 'v-1' }),
      paid('p-1', '2025-02-01T10:00:00Z', 'inv-1', 'cus-1'),
    );
    await service.until(
      `/v1/sales/${sale}`,
      ({ lines }) => lines[0]?.steps.at(-1)?.value.parts[0]?.partner === 'southwind',
    );
    customer = await customerOf('cus-1');
    await service.until(
      `/v1/customers/${customer}`,
      ({ current: [current] }) => current.discarded.length === 2 && current.influenced.length === 1,
    );
  });

  it('shows the evidence in its order, the winner, and the losers with their reasons', async () => {
    const { body } = await service.ask(`/v1/customers/${customer}`);
    expect(body).toMatchObject({
      customer,
      canonical: customer,
      programme: 'main',
      signedUpAt: '2025-01-05T10:00:00.000Z',
      country: 'BR',
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    const [current] = body.current;
    expect(current).toMatchObject({
      deal: null,
      rung: 'touches',
      policy: {
        id: 'standard',
        version: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      winners: [{ partner: 'southwind' }],
      influenced: ['northwind'],
      evidence: [{ partner: 'southwind' }],
      discarded: [
        { partner: 'northwind', reason: 'lost_to_stronger_evidence' },
        { partner: 'eastwind', reason: 'no_consent' },
      ],
    });
    expect(body.history.map((each: { decision: string }) => each.decision)).toContain(
      current.decision,
    );
    const touches = body.evidence.filter(({ body: { kind } }: Body) => kind === 'touch');
    expect(touches).toMatchObject([
      { at: '2025-01-01T10:00:00.000Z', origin: { kind: 'visitor' }, linked: true },
      { at: '2025-01-02T10:00:00.000Z' },
      { at: '2025-01-03T10:00:00.000Z' },
    ]);
  });

  it('shows each decision whole, under the id by which a line names it', async () => {
    const { body } = await service.ask(`/v1/sales/${sale}`);
    const { decision } = body.lines[0].steps.at(-1).value;
    const found = await service.ask(`/v1/customers/${customer}/decisions/${decision}`);
    expect(found.body).toMatchObject({ decision, rung: 'touches', policy: { version: 1 } });
    expect(found.body.evidence).toMatchObject([{ partner: 'southwind' }]);
    const all = await service.ask(`/v1/customers/${customer}/decisions?limit=1`, {
      headers: { accept: 'text/csv' },
    });
    expect(all.text.split('\r\n')[0]).toMatch(/^recordedAt,decision,deal,rung,policy/);
    expect((await service.ask(`/v1/customers/${customer}/decisions/nope`)).status).toBe(404);
  });

  it('tells of each touch whether it won or why not, and of the payment where it counts', async () => {
    const won = await service.became('shop', 'c-south', '?wait=credited');
    expect(won).toMatchObject({
      kind: 'reached',
      outcome: 'accepted',
      waiting: null,
      evidence: [{ customer, winner: true, partner: 'southwind', reason: null }],
    });
    expect(won.evidence[0].weight).toBe(won.evidence[0].ofWeight);
    expect(won.stages).toEqual(expect.arrayContaining(['identified', 'credited']));
    expect(await service.became('shop', 'c-north')).toMatchObject({
      evidence: [{ customer, winner: false, reason: 'lost_to_stronger_evidence' }],
    });
    expect(await service.became('billing', 'p-1', '?wait=credited')).toMatchObject({
      kind: 'reached',
      sales: [{ sale, counts: true }],
      waiting: null,
    });
  });

  it('finds nobody of whom nothing was said, and nobody of another tenant', async () => {
    expect((await service.ask('/v1/customers?ref=cus-nobody')).body.code).toBe('customer_unknown');
    const stranger = await service.ask('/v1/customers?ref=cus-1', { key: 'stranger' });
    expect(stranger.status).toBe(404);
    expect((await service.ask(`/v1/customers/${customer}`, { key: 'stranger' })).status).toBe(404);
    expect((await service.ask('/v1/customers/0000')).status).toBe(404);
  });

  it('lets a person decide, with reason and evidence, and refuses shares that are no whole', async () => {
    const path = `/v1/customers/${customer}/adjudications`;
    const said = { from: '2025-01-01T00:00:00Z', reason: 'Signed by both', evidence: ['doc-1'] };
    const north = { partner: 'northwind', role: 'source' };
    const refusals = [
      [{ ...said, parts: [{ ...north, bp: 9_999 }] }, 'split_not_whole'],
      [
        {
          ...said,
          parts: [
            { ...north, bp: 5_000 },
            { ...north, bp: 5_000 },
          ],
        },
        'part_twice',
      ],
      [{ ...said, evidence: [], parts: [{ ...north, bp: 10_000 }] }, 'evidence_missing'],
      [{ ...said, reason: '   ', parts: [{ ...north, bp: 10_000 }] }, 'reason_missing'],
    ] as const;
    for (const [body, code] of refusals)
      expect(await service.post(path, body)).toMatchObject({ status: 422, body: { code } });
    expect((await service.post(path, said, 'auditor')).status).toBe(403);
    const nobody = await service.post('/v1/customers/0000/adjudications', { ...said, parts: [] });
    expect(nobody).toMatchObject({ status: 404, body: { code: 'customer_unknown' } });

    const parts = [
      { ...north, bp: 7_500 },
      { partner: 'southwind', role: 'implementation', bp: 2_500 },
    ];
    const { body: done } = await service.post(path, { ...said, parts });
    const seen = await service.ask(`/v1/customers/${customer}?token=${done.token}`);
    expect(seen.body.current[0]).toMatchObject({
      rung: 'adjudicated',
      winners: [
        { partner: 'northwind', weight: 7_500 },
        { partner: 'southwind', weight: 2_500 },
      ],
      ofWeight: 10_000,
    });
    expect(seen.body.adjudications).toMatchObject([{ reason: 'Signed by both' }]);
    const { body } = await service.until(
      `/v1/sales/${sale}`,
      ({ lines }) => lines[0].steps.at(-1).value.parts.length === 2,
    );
    expect(body.lines[0].steps.at(-1).value.parts).toEqual([
      { partner: 'northwind', role: 'source', basis: '75000' },
      { partner: 'southwind', role: 'implementation', basis: '25000' },
    ]);
  });
});

describe('asking what a sale brought, and what we knew of it when', () => {
  const sale = saleOf('acme', BILLING, 'inv-2');

  it('shows the line, what counts, what was put aside, and every telling on both clocks', async () => {
    await service.send(
      signUp('s-2', '2025-01-05T10:00:00Z', 'cus-2', { partnerRef: 'northwind' }),
      paid('p-2', '2025-02-01T10:00:00Z', 'inv-2', 'cus-2'),
      paid('p-2-erp', '2025-02-01T11:00:00Z', 'inv-2', 'cus-2', {
        source: 'https://erp.example/production',
      }),
    );
    const first = await service.until(
      `/v1/sales/${sale}`,
      ({ lines, putAside }) =>
        putAside.length === 1 && lines[0]?.steps.at(-1)?.value.parts.length === 1,
    );
    expect(first.body.putAside).toMatchObject([
      { id: 'p-2-erp', why: 'another_source_counts', by: { id: 'p-2' } },
    ]);
    expect(await service.became('erp', 'p-2-erp')).toMatchObject({
      sales: [{ sale, counts: false, why: 'another_source_counts', by: { id: 'p-2' } }],
    });
    const knownThen = first.body.lines[0].recordedAt as string;

    await service.send(refunded('r-2', '2025-03-01T10:00:00Z', 'pay-inv-2', '150000'));
    const { body } = await service.until(
      `/v1/sales/${sale}`,
      ({ problems }) => problems.length === 1,
    );
    expect(body.problems).toMatchObject([{ code: 'refund_exceeds_payment', left: '50000' }]);
    expect(body.adjustments).toMatchObject([{ id: 'r-2', body: { kind: 'refunded' } }]);
    expect(body.lines[0].steps.map((step: Body) => [step.at, step.value.net])).toEqual([
      ['2025-02-01T10:00:00.000Z', '100000'],
      ['2025-03-01T10:00:00.000Z', '0'],
    ]);

    const before = await service.ask(`/v1/sales/${sale}?known=${knownThen}`);
    expect(before.body.lines[0].steps).toHaveLength(1);
    expect(before.body.problems).toEqual([]);
    const then = await service.ask(`/v1/sales/${sale}?on=2025-02-15T00:00:00Z`);
    expect(then.body.lines[0].steps.map((step: Body) => step.value.net)).toEqual(['100000']);
    const history = await service.ask(`/v1/sales/${sale}/history`);
    const revisions = history.body.items.map(({ revision }: Body) => revision as number);
    expect(revisions).toEqual(revisions.map((_: number, i: number) => i + 1));
    expect(revisions.length).toBeGreaterThan(1);
    const csv = await service.ask(`/v1/sales/${sale}/history?limit=1`, {
      headers: { accept: 'text/csv' },
    });
    expect(csv.text.trim().split('\r\n')).toHaveLength(2);
    const rest = await service.ask(
      `/v1/sales/${sale}/history?after=${csv.headers.get('x-next') ?? ''}`,
    );
    expect(rest.body.items).toHaveLength(revisions.length - 1);
  });

  it('finds it by the name that it came under', async () => {
    const query = `billingSystem=${encodeURIComponent(BILLING)}&invoiceRef=inv-2`;
    const { body } = await service.until(`/v1/sales?${query}`, ({ items }) => items.length === 1);
    expect(body.items).toMatchObject([{ sale, asset: 'BRL/2', lines: 1, partners: ['northwind'] }]);
    expect((await service.ask('/v1/sales?invoiceRef=inv-2')).status).toBe(422);
    const unknown = await service.ask(`/v1/sales?${query}0`);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'sale_unknown' } });
    expect((await service.ask(`/v1/sales/${sale}`, { key: 'stranger' })).status).toBe(404);
    expect((await service.ask('/v1/sales?after=nonsense')).body.code).toBe('invalid_cursor');
  });
});

describe('asking what became of a fact', () => {
  it('waits for whoever it is about, and hears of it when it is un-linked again', async () => {
    const time = (n: number) => `2025-01-0${n}T10:00:00Z`;
    await service.send(
      click('c-loose', time(1), 'v-3', { partnerRef: 'northwind' }),
      signUp('s-3', time(5), 'cus-3'),
    );
    expect(await service.became('shop', 'c-loose', '?wait=identified')).toMatchObject({
      kind: 'reached',
      waiting: 'not_linked',
      evidence: [],
    });
    const visitor = { type: 'visitor', value: 'v-3' };
    const customer = { type: 'customer', value: 'cus-3' };
    await service.send(linked('link-3', time(6), visitor, customer));
    const id = await customerOf('cus-3');
    await service.until(`/v1/customers/${id}`, ({ current }) => current[0]?.winners.length === 1);
    expect(await service.became('shop', 'c-loose')).toMatchObject({
      waiting: null,
      customers: [id],
      evidence: [{ winner: true, partner: 'northwind' }],
    });
    await service.send(linked('unlink-3', time(7), visitor, customer, 'unlinked'));
    await service.until(`/v1/customers/${id}`, ({ current }) => current[0]?.winners.length === 0);
    expect(await service.became('shop', 'c-loose')).toMatchObject({
      waiting: 'not_linked',
      evidence: [],
    });
  });

  it('says that it was taken back, by whom and why', async () => {
    await service.send(
      click('c-wrong', '2025-01-01T10:00:00Z', 'v-4', { partnerRef: 'northwind' }),
      retracted('t-4', '2025-01-02T10:00:00Z', 'https://www.shop.example/production', 'c-wrong'),
    );
    await service.until(
      `/v1/events/${encodeURIComponent('https://www.shop.example/production')}/c-wrong`,
      ({ outcome }) => outcome === 'retracted',
    );
    expect(await service.became('shop', 'c-wrong')).toMatchObject({
      retraction: { why: 'retracted', reason: 'sent_in_error' },
    });
    expect(await service.became('shop', 't-4')).toMatchObject({
      outcome: 'accepted',
      retracts: [{ id: 'c-wrong' }],
    });
  });

  it('says that money waits for its invoice, and shows it in the inbox until it is named', async () => {
    await service.send(refunded('r-5', '2024-06-01T10:00:00Z', 'pay-inv-5', '1000'));
    const waiting = '/v1/unattributed?reason=invoice_unknown';
    const { body } = await service.until(waiting, ({ items }) => items.length === 1);
    expect(body.items).toMatchObject([
      { since: '2024-06-01T10:00:00.000Z', fact: { id: 'r-5', kind: 'refunded' } },
    ]);
    expect(await service.became('billing', 'r-5')).toMatchObject({ waiting: 'invoice_unknown' });
    await service.send(paid('p-5', '2024-05-01T10:00:00Z', 'inv-5', 'cus-5'));
    await service.until(waiting, ({ items }) => items.length === 0);
    const sale = saleOf('acme', BILLING, 'inv-5');
    const handedOver = await service.untilBecame(
      'billing',
      'r-5',
      ({ sales }) => sales.length === 1,
    );
    expect(handedOver).toMatchObject({ waiting: null, sales: [{ sale, counts: true }] });
  });

  it('lists money that nobody is credited with, the oldest first', async () => {
    await service.send(paid('p-6', '2024-04-01T10:00:00Z', 'inv-6', 'cus-6', { net: '500' }));
    const path = '/v1/unattributed?reason=no_eligible_evidence';
    const { body } = await service.until(path, ({ items }) => items.length >= 2);
    expect(body.items).toMatchObject([
      { sale: saleOf('acme', BILLING, 'inv-6'), net: '500', asset: 'BRL/2', line: 'l1' },
      { sale: saleOf('acme', BILLING, 'inv-5') },
    ]);
    const first = await service.ask(`${path}&limit=1`);
    expect(first.body.items).toHaveLength(1);
    const second = await service.ask(`${path}&limit=1&after=${first.body.next}`);
    expect(second.body.items).toMatchObject([{ sale: saleOf('acme', BILLING, 'inv-5') }]);
    const csv = await service.ask(path, { headers: { accept: 'text/csv' } });
    expect(csv.text).toMatch(/^reason,since,sale,/);
    expect(await service.became('shop', 'nothing')).toMatchObject({ code: 'event_unknown' });
  });
});

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
    const { body } = await service.until(south, ({ items }) => items.length === 2);
    expect(body.items).toEqual([
      { month: '2023-02', asset: 'BRL/2', sourced: '100000', influenced: '0', ...lines(1, 0) },
      { month: '2023-03', asset: 'BRL/2', sourced: '33333', influenced: '0', ...lines(1, 0) },
    ]);
    const north = await service.until(
      `/v1/partners/northwind/revenue?${period}`,
      ({ items }) => items.length === 2,
    );
    expect(north.body.items).toMatchObject([
      { month: '2023-02', sourced: '0', influenced: '100000' },
      { month: '2023-03', sourced: '0', influenced: '33333' },
    ]);
    const sourced = [...body.items, ...north.body.items].map((item: Body) => BigInt(item.sourced));
    expect(sourced.reduce((sum, each) => sum + each, 0n)).toBe(133_333n);
    const zoned = await service.ask(`${south}&zone=America/Sao_Paulo`);
    expect(zoned.body.items).toMatchObject([{ month: '2023-01' }, { month: '2023-03' }]);
    expect((await service.ask(`${south}&zone=Moon/Base`)).status).toBe(422);
    const csv = await service.ask(south, { headers: { accept: 'text/csv' } });
    expect(csv.text.split('\r\n')[0]).toMatch(/^month,asset,sourced/);
  });

  it('takes a line from who is credited with it no longer', async () => {
    const customer = await customerOf('cus-7');
    const { body } = await service.post(`/v1/customers/${customer}/adjudications`, {
      from: '2023-03-01T00:00:00Z',
      parts: [{ partner: 'eastwind', role: 'source', bp: 10_000 }],
      reason: 'Their contract',
      evidence: ['doc-7'],
    });
    const east = `/v1/partners/eastwind/revenue?${period}&token=${body.token}`;
    const now = await service.until(east, ({ items }) => items.length === 1);
    expect(now.body.items).toMatchObject([{ month: '2023-03', sourced: '33333' }]);
    const south = await service.ask(`/v1/partners/southwind/revenue?${period}`);
    expect(south.body.items.map(({ month, sourced }: Body) => [month, sourced])).toEqual([
      ['2023-02', '100000'],
      ['2023-03', '0'],
    ]);
  });

  it('shows a partner its own customers and shares, and no others', async () => {
    const own = await service.ask('/v1/partners/northwind/customers', { key: 'northwind' });
    const found = own.body.items.map(({ customer }: Body) => customer as string);
    expect(found).toContain(await customerOf('cus-2'));
    expect(JSON.stringify(own.body.items)).not.toContain('southwind');
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
    const { body } = await service.until(
      path,
      ({ clicks: c, leads: l, customers: s }) => c === 100 && l === 20 && s === 5,
    );
    expect(body).toMatchObject({
      clickToLead: '20.0',
      leadToCustomer: '25.0',
      clickToCustomer: '5.0',
    });
    expect(await service.became('shop', 'fl-0')).toMatchObject({
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
  const sourced = (amount: string) => (body: Body) => body.items[0]?.sourced === amount;

  it('adds reports of a period up, takes the one that supersedes, and says the same when it is read again', async () => {
    await service.send(
      signUp('s-8', '2021-01-01T10:00:00Z', 'cus-8', { partnerRef: 'eastwind' }),
      used('u-1', 'cus-8', '400000'),
      used('u-2', 'cus-8', '600000'),
      used('u-3', 'cus-8', '234567'),
    );
    await service.until(revenue, sourced('1234567'));
    await service.send(used('u-4', 'cus-8', '234575', { supersedes: 'u-3' }));
    const { body } = await service.until(revenue, sourced('1234575'));
    const old = await service.untilBecame(
      'billing',
      'u-3',
      ({ outcome }) => outcome !== 'accepted',
    );
    expect(old).toMatchObject({
      outcome: 'superseded',
      sales: [{ counts: false, why: 'superseded' }],
    });

    for (const projection of ['partner_credit', 'fact_outcomes']) {
      const { comparison } = await service.runtime.feeds.rebuild(projection, { compare: true });
      expect(comparison?.filter(({ equal }) => !equal)).toEqual([]);
    }
    expect((await service.ask(revenue)).body.items).toEqual(body.items);
  });
});

describe('the routes of credit', () => {
  it.each([
    ['/v1/customers/x', 404],
    ['/v1/customers/x/decisions/y', 404],
    ['/v1/sales/x/history', 404],
    ['/v1/customers/NO!', 422],
    ['/v1/sales/NO!', 422],
    ['/v1/sales?limit=0', 422],
    ['/v1/customers?rung=luck', 422],
    ['/v1/customers/x?known=2025', 422],
    ['/v1/unattributed?reason=laziness', 422],
    ['/v1/partners/northwind/revenue?from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z', 422],
  ])('answer %s with %i', async (path, status) => {
    expect((await service.ask(path)).status).toBe(status);
  });

  it('says that a fact is parked, and under which code', async () => {
    const { factId, correlationId } = await service.became('shop', 's-1');
    await service.runtime.database.query(
      `insert into parked (subscription, stream, position, revision, event_id, event_type, tenant, correlation_id, code, reason, facts)
       values ('observations', $1, 1, 0, $2, 'FactAccepted', 'acme', $1, 'too_much', 'Too much.', '{}')`,
      [correlationId, factId],
    );
    expect(await service.became('shop', 's-1', '?wait=measured')).toMatchObject({
      outcome: 'parked',
      parked: [{ subscription: 'observations', code: 'too_much' }],
      kind: 'parked',
      code: 'too_much',
    });
  });

  it('each declare who may call them', () => {
    expectEveryRouteDeclared(service.serving.app);
  });
});

const lines = (sourcedLines: number, influencedLines: number) => ({
  sourcedLines,
  influencedLines,
});
