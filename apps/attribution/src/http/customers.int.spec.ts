import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import type { Reply } from '@tributary/testing';
import { saleOf } from '../domain/sale/events';
import {
  BILLING,
  CreditService,
  click,
  each,
  has,
  lastOf,
  linked,
  paid,
  signUp,
} from './credit.fixture';

let service: CreditService;

beforeAll(async () => {
  service = await CreditService.start();
  await service.partnersAre('northwind', 'southwind', 'eastwind');
});
afterAll(() => service.stop());

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
      (found) => found.at(`${lastStepOf(found)}.value.parts.0.partner`) === 'southwind',
    );
    customer = await service.customer('cus-1');
    await service.until(
      `/v1/customers/${customer}`,
      (found) => has('current.0.discarded', 2)(found) && has('current.0.influenced', 1)(found),
    );
  });

  it('shows the evidence in its order, the winner, and the losers with their reasons', async () => {
    const found = await service.ask(`/v1/customers/${customer}`);
    expect(found.body).toMatchObject({
      customer,
      canonical: customer,
      programme: 'main',
      signedUpAt: '2025-01-05T10:00:00.000Z',
      country: 'BR',
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    expect(found.at('current.0')).toMatchObject({
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
    expect(each(found, 'history', 'decision')).toContain(found.text('current.0.decision'));
    const kinds = each(found, 'evidence', 'body.kind');
    const touches = found.list('evidence').filter((_, n) => kinds[n] === 'touch');
    expect(touches).toMatchObject([
      { at: '2025-01-01T10:00:00.000Z', origin: { kind: 'visitor' }, linked: true },
      { at: '2025-01-02T10:00:00.000Z' },
      { at: '2025-01-03T10:00:00.000Z' },
    ]);
  });

  it('shows each decision whole, under the id by which a line names it', async () => {
    const sold = await service.ask(`/v1/sales/${sale}`);
    const decision = sold.text(`${lastStepOf(sold)}.value.decision`);
    const found = await service.ask(`/v1/customers/${customer}/decisions/${decision}`);
    expect(found.body).toMatchObject({ decision, rung: 'touches', policy: { version: 1 } });
    expect(found.at('evidence')).toMatchObject([{ partner: 'southwind' }]);
    const all = await service.ask(`/v1/customers/${customer}/decisions?limit=1`, {
      headers: { accept: 'text/csv' },
    });
    expect(all.bytes.toString().split('\r\n')[0]).toMatch(/^recordedAt,decision,deal,rung,policy/);
    expect((await service.ask(`/v1/customers/${customer}/decisions/nope`)).status).toBe(404);
  });

  it('tells of each touch whether it won or why not, and of the payment where it counts', async () => {
    const won = await service.became('shop', 'c-south', '?wait=credited');
    expect(won.body).toMatchObject({
      kind: 'reached',
      outcome: 'accepted',
      waiting: null,
      evidence: [{ customer, winner: true, partner: 'southwind', reason: null }],
    });
    expect(won.at('evidence.0.weight')).toBe(won.at('evidence.0.ofWeight'));
    expect(won.at('stages')).toEqual(expect.arrayContaining(['identified', 'credited']));
    expect((await service.became('shop', 'c-north')).body).toMatchObject({
      evidence: [{ customer, winner: false, reason: 'lost_to_stronger_evidence' }],
    });
    expect((await service.became('billing', 'p-1', '?wait=credited')).body).toMatchObject({
      kind: 'reached',
      sales: [{ sale, counts: true }],
      waiting: null,
    });
  });

  it('finds nobody of whom nothing was said, and nobody of another tenant', async () => {
    expect((await service.ask('/v1/customers?ref=cus-nobody')).at('code')).toBe('customer_unknown');
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
    const done = await service.post(path, { ...said, parts });
    const seen = await service.ask(`/v1/customers/${customer}?token=${done.text('token')}`);
    expect(seen.at('current.0')).toMatchObject({
      rung: 'adjudicated',
      winners: [
        { partner: 'northwind', weight: 7_500 },
        { partner: 'southwind', weight: 2_500 },
      ],
      ofWeight: 10_000,
    });
    expect(seen.at('adjudications')).toMatchObject([{ reason: 'Signed by both' }]);
    const sold = await service.until(`/v1/sales/${sale}`, (found) =>
      has(`${lastStepOf(found)}.value.parts`, 2)(found),
    );
    expect(sold.at(`${lastStepOf(sold)}.value.parts`)).toEqual([
      { partner: 'northwind', role: 'source', basis: '75000' },
      { partner: 'southwind', role: 'implementation', basis: '25000' },
    ]);
  });
});

describe('joining whoever is one (M004)', () => {
  it('decides open credit anew when two are linked, and as before when they are not', async () => {
    await service.send(
      click('c-own', '2025-01-01T10:00:00Z', 'v-own', { partnerRef: 'northwind' }),
      click('c-other', '2025-01-02T10:00:00Z', 'v-other', { partnerRef: 'southwind' }),
      signUp('s-joined', '2025-01-05T10:00:00Z', 'cus-joined', { visitorId: 'v-own' }),
    );
    const id = await service.customer('cus-joined');
    const winnerIs = (partner: string) =>
      service.until(
        `/v1/customers/${id}`,
        (found) => found.at('current.0.winners.0.partner') === partner,
      );
    const before = await winnerIs('northwind');

    const time = '2025-01-06T10:00:00Z';
    const [visitor, customer] = [
      { type: 'visitor', value: 'v-other' },
      { type: 'customer', value: 'cus-joined' },
    ];
    await service.send(linked('link-joined', time, visitor, customer));
    const joined = await winnerIs('southwind');
    expect(joined.text('current.0.decision')).not.toBe(before.text('current.0.decision'));
    await service.send(linked('unlink-joined', time, visitor, customer, 'unlinked'));
    const after = await winnerIs('northwind');
    for (const part of ['winners', 'evidence', 'influenced', 'rung'])
      expect(after.at(`current.0.${part}`)).toEqual(before.at(`current.0.${part}`));

    const revised: string[] = [];
    for await (const { events } of service.runtime.log.readAll(0n))
      for (const { type, stream } of events)
        if (type === 'CreditRevised' && stream.endsWith(id)) revised.push(type);
    expect(revised.length).toBeGreaterThanOrEqual(2);
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

  it('each declare who may call them', () => {
    expectEveryRouteDeclared(service.serving.app);
  });
});

const lastStepOf = (sale: Reply): string => lastOf(sale, 'lines.0.steps');
