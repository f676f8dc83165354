import { Module, type Provider, type Type } from '@nestjs/common';
import type { Told } from '@tributary/feeds';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { LedgerStandIn, testMasterKey } from '@tributary/platform/testing';
import { Reply, type TestPostgres, startTestPostgres } from '@tributary/testing';
import { attribution } from '../application/attribution';
import { AttributionModule } from '../attribution.module';
import { topicOfLink, topicOfPartner } from '../domain/topics';

/** Attribution as it is wired, alone: what partners would publish is told by the test. */
@Module({
  imports: [ServiceModule.of({ ...attribution, listensTo: [], inboxReactions: () => [] })],
  controllers: Reflect.getMetadata('controllers', AttributionModule) as Type[],
  providers: Reflect.getMetadata('providers', AttributionModule) as Provider[],
})
class CreditModule {
  constructor(readonly runtime: ServiceRuntime) {}
}

const SHOP = 'https://www.shop.example/production';
export const BILLING = 'https://billing.example/production';

/** A service with a database of its own, and a short way to send it facts and questions. */
export class CreditService {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    readonly serving: Serving,
    private readonly url: string,
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<CreditService> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const serving = await serve({
      name: 'attribution',
      modules: [CreditModule, LedgerStandIn],
      settings,
    });
    const url = await serving.listen();
    const issue = async (tenant: string, role: Role, partnerId?: string) =>
      (
        await serving.keys.issueKey({
          tenant,
          role,
          label: 'test',
          ...(partnerId !== undefined && { partnerId }),
        })
      ).key;
    const keys = {
      programme: await issue('acme', 'programme'),
      upstream: await issue('acme', 'upstream'),
      auditor: await issue('acme', 'auditor'),
      northwind: await issue('acme', 'partner', 'northwind'),
      stranger: await issue('other', 'admin'),
    };
    return new CreditService(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.get(CreditModule).runtime;
  }

  async partnersAre(...partners: readonly string[]): Promise<void> {
    for (const partner of partners)
      await this.tell(topicOfPartner(partner), partner, { status: 'active' });
  }

  async linkIs(link: string, owner: string): Promise<void> {
    await this.tell(topicOfLink(link), link, { owner, programme: 'main' });
  }

  private async tell(topic: string, key: string, value: object): Promise<void> {
    const data = { steps: [{ at: '2020-01-01T00:00:00.000Z', value }] };
    await this.runtime.topics.tell('acme', { topic, key, revision: 1, data } as Told);
  }

  async send(...events: readonly object[]): Promise<void> {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const answer = await this.ask('/v1/events', {
      key: 'upstream',
      method: 'POST',
      body: JSON.stringify(events),
      headers,
    });
    const taken = ['accepted', 'future_dated'];
    const refused = answer
      .list('items')
      .filter((_, n) => !taken.includes(answer.text(`items.${n}.outcome`)));
    expect(refused.slice(0, 3)).toEqual([]);
  }

  async post(path: string, body: object, key = 'programme'): Promise<Reply> {
    this.sent += 1;
    return await this.ask(path, {
      key,
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': `command-${this.sent}` },
    });
  }

  async ask(
    path: string,
    {
      key = 'programme',
      headers = {},
      ...init
    }: { key?: string; headers?: Record<string, string> } & Pick<
      RequestInit,
      'body' | 'method'
    > = {},
  ): Promise<Reply> {
    const response = await fetch(new URL(path, this.url), {
      ...init,
      headers: { authorization: `Bearer ${this.keys[key] ?? ''}`, ...headers },
    });
    return await Reply.of(response);
  }

  /** Until what has been sent so far shows: everything that follows happens within a few events of it. */
  async until(path: string, holds: (answer: Reply) => boolean): Promise<Reply> {
    const end = performance.now() + 60_000;
    for (;;) {
      const answer = await this.ask(path);
      if (answer.status === 200 && holds(answer)) return answer;
      if (performance.now() > end)
        throw new Error(`Never came: ${path} ${answer.bytes.toString()}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Whom facts call so, once that is known. */
  async customer(ref: string): Promise<string> {
    const found = await this.until(`/v1/customers?ref=${ref}`, has('items', 1));
    return found.text('items.0.customer');
  }

  async became(source: Source, id: string, query = ''): Promise<Reply> {
    return await this.ask(`${placeOf(source, id)}${query}`);
  }

  async untilBecame(source: Source, id: string, holds: (answer: Reply) => boolean): Promise<Reply> {
    return await this.until(placeOf(source, id), holds);
  }
}

/** That a list is there, and has so many members. */
export const has =
  (path: string, count: number) =>
  (answer: Reply): boolean => {
    const found = answer.at(path);
    return Array.isArray(found) && found.length === count;
  };

/** Where the last member of a list stands. */
export const lastOf = (answer: Reply, list: string): string => {
  const found = answer.at(list);
  return `${list}.${Array.isArray(found) ? found.length - 1 : 0}`;
};

/** Of each member of a list, what stands there. */
export const each = (answer: Reply, list: string, path: string): readonly unknown[] =>
  answer.list(list).map((_, n) => answer.at(`${list}.${n}.${path}`));

type Source = keyof typeof SOURCES;
const SOURCES = { billing: BILLING, erp: 'https://erp.example/production', shop: SHOP };

const placeOf = (source: Source, id: string): string =>
  `/v1/events/${encodeURIComponent(SOURCES[source])}/${id}`;

const event = (source: string, type: string, id: string, time: string, data: object) => ({
  specversion: '1.0',
  source,
  id,
  type: `tributary.${type}.v1`,
  time,
  subject: id,
  dataschema: `/v1/schemas/${type}.v1`,
  datacontenttype: 'application/json',
  data,
});

export const click = (id: string, time: string, visitorId: string, whose: object, consent = true) =>
  event(SHOP, 'touch.click', id, time, { clickId: id, visitorId, consent, ...whose });

export const signUp = (id: string, time: string, customerRef: string, more: object = {}) =>
  event(SHOP, 'customer.signed_up', id, time, { customerRef, country: 'BR', ...more });

export const linked = (id: string, time: string, from: object, to: object, kind = 'linked') =>
  event(SHOP, `identity.${kind}`, id, time, { from, to, basis: 'login' });

export const registered = (id: string, time: string, leadRef: string, partnerRef: string) =>
  event(SHOP, 'lead.registered', id, time, {
    leadRef,
    partnerRef,
    company: { name: leadRef, domain: `${leadRef}.example` },
    product: 'payments',
    territory: 'br',
  });

interface PaidOptions {
  readonly source?: string;
  readonly net?: string;
  readonly payment?: string;
}

export const paid = (
  id: string,
  time: string,
  invoiceRef: string,
  customerRef: string,
  { source = BILLING, net = '100000', payment = `pay-${invoiceRef}` }: PaidOptions = {},
) =>
  event(source, 'invoice.paid', id, time, {
    invoiceRef,
    paymentRef: payment,
    customerRef,
    billingSystem: BILLING,
    asset: 'BRL/2',
    paidAt: time,
    lines: [
      {
        lineRef: 'l1',
        productRef: 'payments-pro',
        quantity: '1',
        gross: net,
        discount: '0',
        tax: '0',
        net,
      },
    ],
  });

export const refunded = (id: string, time: string, paymentRef: string, amount: string) =>
  event(BILLING, 'payment.refunded', id, time, {
    refundRef: id,
    paymentRef,
    asset: 'BRL/2',
    amount,
    reason: 'requested_by_customer',
    refundedAt: time,
  });

interface UsageOptions {
  readonly supersedes?: string;
  readonly quantity?: string;
}

/** What a customer used in May. */
export const used = (
  id: string,
  customerRef: string,
  attributableRevenue: string,
  { supersedes, quantity = '10' }: UsageOptions = {},
) =>
  event(BILLING, 'usage.reported', id, '2021-06-01T08:00:00Z', {
    meterRef: 'api-calls',
    customerRef,
    periodStart: '2021-05-01T00:00:00Z',
    periodEnd: '2021-06-01T00:00:00Z',
    quantity,
    attributableRevenue,
    asset: 'BRL/2',
    ...(supersedes !== undefined && { supersedes: { source: BILLING, id: supersedes } }),
  });

export const retracted = (id: string, time: string, source: string, of: string) =>
  event(SHOP, 'fact.retracted', id, time, { source, id: of, reason: 'sent_in_error' });
