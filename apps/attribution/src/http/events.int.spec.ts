import type { UpstreamEvent } from '@tributary/contracts';
import { instantOfMs } from '@tributary/kernel';
import { Ingestion } from '../application/ingestion';
import { fact } from '../domain/fact/decide';
import { saleOf } from '../domain/sale/events';
import {
  BILLING,
  CreditService,
  click,
  has,
  linked,
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

describe('asking what became of a fact', () => {
  it('waits for whoever it is about, and hears of it when it is un-linked again', async () => {
    const time = (n: number) => `2025-01-0${n}T10:00:00Z`;
    await service.send(
      click('c-loose', time(1), 'v-3', { partnerRef: 'northwind' }),
      signUp('s-3', time(5), 'cus-3'),
    );
    const loose = await service.became('shop', 'c-loose', '?wait=identified');
    expect(loose.body).toMatchObject({
      kind: 'reached',
      waiting: 'not_linked',
      evidence: [],
    });
    const visitor = { type: 'visitor', value: 'v-3' };
    const customer = { type: 'customer', value: 'cus-3' };
    await service.send(linked('link-3', time(6), visitor, customer));
    const id = await service.customer('cus-3');
    await service.until(`/v1/customers/${id}`, has('current.0.winners', 1));
    expect((await service.became('shop', 'c-loose')).body).toMatchObject({
      waiting: null,
      customers: [id],
      evidence: [{ winner: true, partner: 'northwind' }],
    });
    await service.send(linked('unlink-3', time(7), visitor, customer, 'unlinked'));
    await service.until(`/v1/customers/${id}`, has('current.0.winners', 0));
    expect((await service.became('shop', 'c-loose')).body).toMatchObject({
      waiting: 'not_linked',
      evidence: [],
    });
  });

  it('M001: a touch that is sent twice is one event and one row', async () => {
    const at = '2025-01-01T11:22:33.000Z';
    const body = JSON.stringify(click('c-twice', at, 'v-twice', { partnerRef: 'northwind' }));
    const headers = { 'content-type': 'application/cloudevents+json' };
    const send = async () =>
      (await service.ask('/v1/events', { key: 'upstream', method: 'POST', body, headers })).text(
        'outcome',
      );
    expect(await send()).toBe('accepted');
    expect(await send()).toBe('duplicate');
    await service.send(
      signUp('s-twice', '2025-01-05T10:00:00Z', 'cus-twice', { visitorId: 'v-twice' }),
    );
    const id = await service.customer('cus-twice');
    await service.until(`/v1/customers/${id}`, has('current.0.winners', 1));

    const { log, database } = service.runtime;
    const stored: string[] = [];
    for await (const { events } of log.readAll(0n))
      for (const { type, data } of events) if (data['id'] === 'c-twice') stored.push(type);
    expect(stored).toEqual(['FactAccepted']);
    const { rows } = await database.query('select partner from click where at = $1', [at]);
    expect(rows).toEqual([{ partner: 'northwind' }]);
  });

  it('says that it was taken back, by whom and why', async () => {
    await service.send(
      click('c-wrong', '2025-01-01T10:00:00Z', 'v-4', { partnerRef: 'northwind' }),
      retracted('t-4', '2025-01-02T10:00:00Z', 'https://www.shop.example/production', 'c-wrong'),
    );
    await service.until(
      `/v1/events/${encodeURIComponent('https://www.shop.example/production')}/c-wrong`,
      (found) => found.at('outcome') === 'retracted',
    );
    expect((await service.became('shop', 'c-wrong')).body).toMatchObject({
      retraction: { why: 'retracted', reason: 'sent_in_error' },
    });
    expect((await service.became('shop', 't-4')).body).toMatchObject({
      outcome: 'accepted',
      retracts: [{ id: 'c-wrong' }],
    });
  });

  it('says that money waits for its invoice, and shows it in the inbox until it is named', async () => {
    await service.send(refunded('r-5', '2024-06-01T10:00:00Z', 'pay-inv-5', '1000'));
    const waiting = '/v1/unattributed?reason=invoice_unknown';
    const found = await service.until(waiting, has('items', 1));
    expect(found.at('items')).toMatchObject([
      { since: '2024-06-01T10:00:00.000Z', fact: { id: 'r-5', kind: 'refunded' } },
    ]);
    const unnamed = await service.became('billing', 'r-5');
    expect(unnamed.at('waiting')).toBe('invoice_unknown');
    await service.send(paid('p-5', '2024-05-01T10:00:00Z', 'inv-5', 'cus-5'));
    await service.until(waiting, has('items', 0));
    const sale = saleOf('acme', BILLING, 'inv-5');
    const handedOver = await service.untilBecame('billing', 'r-5', has('sales', 1));
    expect(handedOver.body).toMatchObject({ waiting: null, sales: [{ sale, counts: true }] });
  });

  it('lists money that nobody is credited with, the oldest first', async () => {
    await service.send(paid('p-6', '2024-04-01T10:00:00Z', 'inv-6', 'cus-6', { net: '500' }));
    const path = '/v1/unattributed?reason=no_eligible_evidence';
    const found = await service.until(path, (answer) => answer.list('items').length >= 2);
    expect(found.at('items')).toMatchObject([
      { sale: saleOf('acme', BILLING, 'inv-6'), net: '500', asset: 'BRL/2', line: 'l1' },
      { sale: saleOf('acme', BILLING, 'inv-5') },
    ]);
    const first = await service.ask(`${path}&limit=1`);
    expect(first.at('items')).toHaveLength(1);
    const second = await service.ask(`${path}&limit=1&after=${first.text('next')}`);
    expect(second.at('items')).toMatchObject([{ sale: saleOf('acme', BILLING, 'inv-5') }]);
    const csv = await service.ask(path, { headers: { accept: 'text/csv' } });
    expect(csv.bytes.toString()).toMatch(/^reason,since,sale,/);
    expect((await service.became('shop', 'nothing')).at('code')).toBe('event_unknown');
  });

  it('lets a fact that lies ahead wait, and hands it on when it is told that its time has come', async () => {
    const hour = 3_600_000;
    const inHours = (hours: number) => instantOfMs(Date.now() + hours * hour);
    const ahead = paid('p-ahead', inHours(-1), 'inv-ahead', 'cus-ahead');
    const event = { ...ahead, data: { ...ahead.data, paidAt: inHours(25) } };
    const soon = paid('p-soon', inHours(23), 'inv-soon', 'cus-ahead');
    await service.send(event, soon);
    expect((await service.became('billing', 'p-ahead')).body).toMatchObject({
      outcome: 'future_dated',
      waitsUntil: event.data.paidAt,
      waiting: 'its_time',
    });
    const sales = (invoice: string) => `/v1/sales/${saleOf('acme', BILLING, invoice)}`;
    await service.until(sales('inv-soon'), has('lines', 1));
    const now = { asOf: inHours(0) };
    expect((await service.post('/v1/due-facts', now)).at('facts')).toBe(0);
    expect((await service.ask(sales('inv-ahead'))).status).toBe(404);
    const early = await service.post('/v1/due-facts', { asOf: inHours(25) });
    expect(early).toMatchObject({ status: 422, body: { code: 'in_the_future' } });
    expect((await service.post('/v1/due-facts', now, 'auditor')).status).toBe(403);

    // As one that was taken a day ago stands today.
    const then = paid('p-then', inHours(-2), 'inv-then', 'cus-ahead') as unknown as UpstreamEvent;
    const sender = { tenant: 'acme', actor: 'test' };
    const [prepared] = await service.serving.app.get(Ingestion).prepare([then], sender);
    if (prepared?.status !== 'fulfilled') throw new Error('It was not prepared.');
    const { stream, command, cause } = prepared.value;
    const waiting = { ...command, waitsUntil: inHours(-2) };
    await service.runtime.runner.run(fact, stream, waiting, cause);
    expect((await service.became('billing', 'p-then')).at('outcome')).toBe('future_dated');
    expect((await service.post('/v1/due-facts', now)).at('facts')).toBe(1);
    await service.until(sales('inv-then'), has('lines', 1));
    expect((await service.became('billing', 'p-then')).body).toMatchObject({
      outcome: 'accepted',
      waitsUntil: null,
      sales: [{ counts: true }],
    });
    expect((await service.post('/v1/due-facts', now)).at('facts')).toBe(0);
  });

  it('says that a fact is parked, and under which code', async () => {
    const found = await service.became('shop', 's-3');
    await service.runtime.database.query(
      `insert into parked (subscription, stream, position, revision, event_id, event_type, tenant, correlation_id, code, reason, facts)
       values ('observations', $1, 1, 0, $2, 'FactAccepted', 'acme', $1, 'too_much', 'Too much.', '{}')`,
      [found.text('correlationId'), found.text('factId')],
    );
    const parked = await service.became('shop', 's-3', '?wait=measured');
    expect(parked.body).toMatchObject({
      outcome: 'parked',
      parked: [{ subscription: 'observations', code: 'too_much' }],
      kind: 'parked',
      code: 'too_much',
    });
  });
});
