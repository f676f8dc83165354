import type { Reply } from '@tributary/testing';
import { saleOf } from '../domain/sale/events';
import {
  BILLING,
  CreditService,
  each,
  has,
  lastOf,
  paid,
  refunded,
  retracted,
  signUp,
} from './credit.fixture';

let service: CreditService;

beforeAll(async () => {
  service = await CreditService.start();
  await service.partnersAre('northwind', 'southwind', 'eastwind');
});
afterAll(() => service.stop());

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
      (found) =>
        has('putAside', 1)(found) && has(`${lastOf(found, 'lines.0.steps')}.value.parts`, 1)(found),
    );
    expect(first.at('putAside')).toMatchObject([
      { id: 'p-2-erp', why: 'another_source_counts', by: { id: 'p-2' } },
    ]);
    expect((await service.became('erp', 'p-2-erp')).body).toMatchObject({
      sales: [{ sale, counts: false, why: 'another_source_counts', by: { id: 'p-2' } }],
    });
    const knownThen = first.text('lines.0.recordedAt');

    await service.send(refunded('r-2', '2025-03-01T10:00:00Z', 'pay-inv-2', '150000'));
    const sold = await service.until(`/v1/sales/${sale}`, has('problems', 1));
    expect(sold.at('problems')).toMatchObject([{ code: 'refund_exceeds_payment', left: '50000' }]);
    expect(sold.at('adjustments')).toMatchObject([{ id: 'r-2', body: { kind: 'refunded' } }]);
    expect(sold.at('lines.0.steps')).toMatchObject([
      { at: '2025-02-01T10:00:00.000Z', value: { net: '100000' } },
      { at: '2025-03-01T10:00:00.000Z', value: { net: '0' } },
    ]);

    const before = await service.ask(`/v1/sales/${sale}?known=${knownThen}`);
    expect(before.list('lines.0.steps')).toHaveLength(1);
    expect(before.at('problems')).toEqual([]);
    const then = await service.ask(`/v1/sales/${sale}?on=2025-02-15T00:00:00Z`);
    expect(each(then, 'lines.0.steps', 'value.net')).toEqual(['100000']);
    const history = await service.ask(`/v1/sales/${sale}/history`);
    const revisions = each(history, 'items', 'revision');
    expect(revisions).toEqual(revisions.map((_, i) => i + 1));
    expect(revisions.length).toBeGreaterThan(1);
    const csv = await service.ask(`/v1/sales/${sale}/history?limit=1`, {
      headers: { accept: 'text/csv' },
    });
    expect(csv.bytes.toString().trim().split('\r\n')).toHaveLength(2);
    const rest = await service.ask(
      `/v1/sales/${sale}/history?after=${csv.headers.get('x-next') ?? ''}`,
    );
    expect(rest.at('items')).toHaveLength(revisions.length - 1);
  });

  it('counts a payment once that was moved to another invoice, taken back from there, and moved again', async () => {
    const moved = (id: string, time: string, invoiceRef: string) => {
      const { data, ...fact } = paid(id, time, invoiceRef, 'cus-2');
      return { ...fact, data: { ...data, supersedes: { source: BILLING, id: 'p-3' } } };
    };
    await service.send(
      paid('p-3', '2025-04-01T10:00:00Z', 'inv-3', 'cus-2'),
      moved('m-1', '2025-04-02T10:00:00Z', 'inv-3-b'),
    );
    const [from, to] = ['inv-3', 'inv-3-c'].map(
      (invoice) => `/v1/sales/${saleOf('acme', BILLING, invoice)}`,
    ) as [string, string];
    const isOf = (net: string) => (found: Reply) =>
      found.at(`${lastOf(found, 'lines.0.steps')}.value.net`) === net;
    await service.until(from, isOf('0'));
    await service.send(retracted('t-3', '2025-04-03T10:00:00Z', BILLING, 'm-1'));
    await service.until(from, isOf('100000'));
    expect((await service.became('billing', 'p-3')).at('outcome')).toBe('accepted');

    await service.send(moved('m-2', '2025-04-04T10:00:00Z', 'inv-3-c'));
    await service.until(to, isOf('100000'));
    await service.until(from, isOf('0'));
    const { factId } = (await service.became('billing', 'm-2')).body as { factId: string };
    expect((await service.became('billing', 'p-3')).body).toMatchObject({
      outcome: 'superseded',
      retraction: { by: { factId } },
    });
  });

  it('finds it by the name that it came under', async () => {
    const query = `billingSystem=${encodeURIComponent(BILLING)}&invoiceRef=inv-2`;
    const found = await service.until(`/v1/sales?${query}`, has('items', 1));
    expect(found.at('items')).toMatchObject([
      { sale, asset: 'BRL/2', lines: 1, partners: ['northwind'] },
    ]);
    expect((await service.ask('/v1/sales?invoiceRef=inv-2')).status).toBe(422);
    const unknown = await service.ask(`/v1/sales?${query}0`);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'sale_unknown' } });
    expect((await service.ask(`/v1/sales/${sale}`, { key: 'stranger' })).status).toBe(404);
    expect((await service.ask('/v1/sales?after=nonsense')).at('code')).toBe('invalid_cursor');
  });
});
