import type { Deployed, Site } from './profiles.fixture';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
export type Answer = any;

const SHOP = 'https://shop.example/production';

/** What people and upstream systems do to the product, through its front door. */
export class Story {
  private commands = 0;

  constructor(private readonly deployed: Deployed) {}

  /** Each is a command of its own; what is refused fails the test. */
  async command(
    { url, keys }: Site,
    path: string,
    {
      as,
      body,
    }: { readonly as: keyof Site['keys'] | { readonly key: string }; readonly body: object },
  ): Promise<Answer> {
    this.commands += 1;
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `command-${this.commands}`,
        authorization: `Bearer ${typeof as === 'string' ? keys[as] : as.key}`,
      },
      body: JSON.stringify(body),
    });
    const answer: Answer = await response.json();
    expect([path, response.ok ? 'done' : answer]).toEqual([path, 'done']);
    return answer;
  }

  /** A file, as it is. */
  async upload({ url, keys }: Site, path: string, bytes: Uint8Array): Promise<Answer> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/octet-stream',
        authorization: `Bearer ${keys.finance}`,
      },
      body: bytes,
    });
    const answer: Answer = await response.json();
    expect([path, response.ok ? 'done' : answer]).toEqual([path, 'done']);
    return answer;
  }

  async told(type: string, id: string, time: string, data: object): Promise<void> {
    const { url, keys } = this.deployed.attribution;
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        authorization: `Bearer ${keys.upstream}`,
      },
      body: JSON.stringify({
        specversion: '1.0',
        id,
        source: SHOP,
        type: `tributary.${type}`,
        time,
        subject: 'CUST-1',
        datacontenttype: 'application/json',
        dataschema: `/v1/schemas/${type}`,
        data,
      }),
    });
    expect([await response.json(), response.status]).toEqual([expect.anything(), 202]);
  }

  async read(path: string, site: Site): Promise<Answer> {
    return (await this.get(path, site)).json();
  }

  async bytes(path: string, site: Site): Promise<Buffer> {
    return Buffer.from(await (await this.get(path, site)).arrayBuffer());
  }

  private get(path: string, { url, keys }: Site): Promise<Response> {
    return fetch(url + path, { headers: { authorization: `Bearer ${keys.admin}` } });
  }

  /** Until it is so; gives what is there then, or at the end, for the test to look at. */
  async eventually(ask: () => Promise<Answer>, isSo: (body: Answer) => boolean): Promise<Answer> {
    let last: Answer;
    for (let attempt = 0; attempt < 300; attempt++) {
      last = await ask();
      if (isSo(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return last;
  }

  /** Whatever waits for a person, by service. */
  async parked(sites: Readonly<Record<string, Site>>): Promise<Readonly<Record<string, object[]>>> {
    const parked: Record<string, object[]> = {};
    for (const [service, site] of Object.entries(sites)) {
      const { subscriptions } = await this.read(`/v1/feeds/${service}`, site);
      const waiting = subscriptions.filter((one: { parked: number }) => one.parked > 0);
      if (waiting.length > 0) parked[service] = waiting;
    }
    return parked;
  }
}

/** Two lines of an invoice, without taxes. */
export function invoice(n: string, first: number, second: number, paidAt = '2026-02-10T10:00:00Z') {
  const line = (lineRef: string, net: number) => ({
    lineRef,
    productRef: lineRef,
    quantity: '1',
    gross: String(net),
    discount: '0',
    tax: '0',
    net: String(net),
  });
  return {
    invoiceRef: `INV-${n}`,
    paymentRef: `PAY-${n}`,
    customerRef: 'CUST-1',
    currency: 'BRL',
    paidAt,
    lines: [line('subscription', first), line('services', second)],
  };
}

export const balanceOf = ({ accounts }: Answer, account: string): bigint =>
  accounts
    .filter((each: Answer) => each.account === account)
    .reduce((sum: bigint, { balance }: { balance: string }) => sum + BigInt(balance), 0n);
