import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Deployed, type Site, distributed, embedded } from './profiles.fixture';

jest.setTimeout(180_000);

const SHOP = 'https://shop.example/production';

for (const { name, missing, deploy } of [embedded, distributed]) {
  // A profile is skipped only where its servers cannot be had, and the name then says why.
  const describeProfile = missing === undefined ? describe : describe.skip;
  const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

  describeProfile(`who brought this customer, ${name}${reason}`, () => {
    let deployed: Deployed;

    beforeAll(async () => {
      deployed = await deploy();
      await registered('northwind');
      await registered('southwind');
    });
    afterAll(() => deployed.stop());

    it('credits a payment that comes before everything that explains it, to the cent', async () => {
      await sent('payment.refunded.v1', 'refund-1', '2026-03-10T10:00:00Z', {
        refundRef: 'R-1',
        paymentRef: 'PAY-1',
        amount: '21989',
        currency: 'BRL',
        reason: 'requested',
        refundedAt: '2026-03-10T10:00:00Z',
      });
      await sent('invoice.paid.v1', 'paid-1', '2026-02-10T10:00:00Z', MIXED_INVOICE);
      await sent('customer.signed_up.v1', 'signup-1', '2026-02-05T10:00:00Z', {
        customerRef: 'CUST-1',
        visitorId: 'visitor-1',
        country: 'BR',
      });
      await sent('touch.click.v1', 'click-1', '2026-02-01T10:00:00Z', click('1', 'northwind'));

      expect(await credited('paid-1')).toMatchObject({
        kind: 'reached',
        stages: expect.arrayContaining(['credited']),
      });
      const lines = await eventually(sale, ({ lines }) => parts(lines).includes('northwind'));
      // E21: 21,989 of 219,890 is given back, and what is left is the partner's.
      expect(lines.lines.map(lastOf)).toMatchObject([
        { net: '135000', parts: [{ partner: 'northwind', basis: '135000' }] },
        { net: '44910', parts: [{ partner: 'northwind', basis: '44910' }] },
      ]);
    });

    it('credits nobody who came after the sign-up, and says why', async () => {
      await sent('touch.click.v1', 'click-2', '2026-02-20T10:00:00Z', click('2', 'southwind'));
      const told = await eventually(
        () => read(`/v1/events/${encodeURIComponent(SHOP)}/click-2`),
        (body) => JSON.stringify(body).includes('after_conversion'),
      );
      expect(told.outcome).toBe('accepted');
    });

    it('credits nobody any longer once the click is taken back', async () => {
      await sent('fact.retracted.v1', 'retraction-1', '2026-03-12T10:00:00Z', {
        source: SHOP,
        id: 'click-1',
        reason: 'wrong_visitor',
      });
      const { lines } = await eventually(sale, (body) => !parts(body.lines).includes('northwind'));
      expect(lines.map(lastOf)).toMatchObject([{ parts: [] }, { parts: [] }]);
    });

    it('tells the other services through what it publishes', async () => {
      const { tierEvaluation, kafkaFolder } = deployed;
      const own = (await sale()).sale as string;
      if (kafkaFolder !== undefined) {
        const kept = await textsIn(kafkaFolder);
        expect(kept).toContain('attribution.line-credited.v1');
        expect(kept).toContain(own);
      }
      const feeds = await read('/v1/feeds/tier-evaluation', tierEvaluation);
      expect(feeds).toMatchObject({ gaps: 0, deadLetters: 0 });
    });

    it('has nothing parked at the end', async () => {
      for (const [site, service] of [
        [deployed.attribution, 'attribution'],
        [deployed.partners, 'partners'],
      ] as const) {
        const { subscriptions } = await read(`/v1/feeds/${service}`, site);
        const parked = subscriptions.filter((one: { parked: number }) => one.parked > 0);
        expect([service, parked]).toEqual([service, []]);
      }
    });

    async function registered(id: string): Promise<void> {
      const { url, keys } = deployed.partners;
      const response = await fetch(`${url}/v1/partners`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `register-${id}`,
          authorization: `Bearer ${keys.programme}`,
        },
        body: JSON.stringify({
          id,
          name: id,
          type: 'channel',
          kind: 'agency',
          status: 'active',
          effectiveAt: '2026-01-01T00:00:00Z',
        }),
      });
      expect(response.status).toBe(201);
    }

    async function sent(type: string, id: string, time: string, data: object): Promise<void> {
      const { url, keys } = deployed.attribution;
      const event = {
        specversion: '1.0',
        id,
        source: SHOP,
        type: `tributary.${type}`,
        time,
        subject: 'CUST-1',
        datacontenttype: 'application/json',
        dataschema: `/v1/schemas/${type}`,
        data,
      };
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents+json',
          authorization: `Bearer ${keys.upstream}`,
        },
        body: JSON.stringify(event),
      });
      expect([await response.json(), response.status]).toEqual([expect.anything(), 202]);
    }

    async function read(path: string, site: Site = deployed.attribution): Promise<Answer> {
      const headers = { authorization: `Bearer ${site.keys.admin}` };
      const response = await fetch(site.url + path, { headers });
      return (await response.json()) as Answer;
    }

    const credited = (id: string) =>
      read(`/v1/events/${encodeURIComponent(SHOP)}/${id}?wait=credited&timeoutMs=30000`);

    const sale = async (): Promise<Answer> => {
      const found = await read(
        `/v1/sales?billingSystem=${encodeURIComponent(SHOP)}&invoiceRef=INV-1`,
      );
      const id = (found.sale ?? found.items?.[0]?.sale) as string;
      return read(`/v1/sales/${id}`);
    };
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
type Answer = any;

/** E10 with its taxes: a subscription and a service on one invoice. */
const MIXED_INVOICE = {
  invoiceRef: 'INV-1',
  paymentRef: 'PAY-1',
  customerRef: 'CUST-1',
  currency: 'BRL',
  paidAt: '2026-02-10T10:00:00Z',
  lines: [
    line('subscription', '165000', '15000', '150000'),
    line('services', '54890', '4990', '49900'),
  ],
};

function line(lineRef: string, gross: string, tax: string, net: string): object {
  return { lineRef, productRef: lineRef, quantity: '1', gross, discount: '0', tax, net };
}

const click = (n: string, partnerRef: string): object => ({
  clickId: `click-${n}`,
  partnerRef,
  visitorId: 'visitor-1',
  consent: true,
});

const lastOf = ({ steps }: Answer): Answer => steps.at(-1).value;

const parts = (lines: Answer): string[] =>
  (lines ?? []).flatMap((each: Answer) =>
    lastOf(each).parts.map(({ partner }: { partner: string }) => partner),
  );

/** Until it is so; gives what is there then, or at the end, for the test to look at. */
async function eventually(
  ask: () => Promise<Answer>,
  isSo: (body: Answer) => boolean,
): Promise<Answer> {
  let last: Answer;
  for (let attempt = 0; attempt < 300; attempt++) {
    last = await ask();
    if (isSo(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return last;
}

async function textsIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const logs = names.filter((name) => name.isFile() && name.name.endsWith('.log'));
  const texts = await Promise.all(
    logs.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  return texts.join('\n');
}
