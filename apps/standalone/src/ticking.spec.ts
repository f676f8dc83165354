import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { instant } from '@tributary/kernel';
import { hourOf, tick } from './ticking';

const AS_OF = instant('2026-04-15T09:00:00Z');

describe('telling the product what time it is', () => {
  const heard: string[] = [];
  let refusing = '';
  let pages: readonly string[] = [];
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { authorization, 'idempotency-key': key } = request.headers;
        heard.push(`${request.url} ${body} ${String(key)} ${authorization}`);
        response.statusCode = request.url === refusing ? 403 : 200;
        const [next = null, ...left] = request.url === '/v1/releases' ? pages : [];
        if (request.url === '/v1/releases') pages = left;
        response.end(JSON.stringify({ path: request.url, next }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    heard.length = 0;
    refusing = '';
    pages = [];
  });

  const telling = () =>
    tick({
      addresses: { attribution: address, commission: address, payouts: address, tiers: address },
      key: 'k',
      asOf: AS_OF,
    });

  it('hands on, releases, evaluates, drafts and ages, each under a key that is the same in that hour', async () => {
    const answers = await telling();
    expect(Object.keys(answers)).toEqual(['releases', 'tiers', 'runs', 'breaks', 'facts']);
    const at = `{"asOf":"${AS_OF}"} tick:${AS_OF} Bearer k`;
    expect(heard).toEqual([
      `/v1/releases ${at}`,
      `/v1/tier-evaluations ${at}`,
      `/v1/payout-runs/advance ${at}`,
      '/v1/breaks/ageing {"asOf":"2026-04-15"} tick:2026-04-15 Bearer k',
      `/v1/due-facts ${at}`,
    ]);
  });

  it('goes on where an answer says that there is more, under a key of that page', async () => {
    pages = ['second', 'third'];
    await telling();
    const releases = heard.filter((each) => each.startsWith('/v1/releases'));
    expect(releases.map((each) => each.split(' ')[1])).toEqual([
      `{"asOf":"${AS_OF}"}`,
      `{"asOf":"${AS_OF}","after":"second"}`,
      `{"asOf":"${AS_OF}","after":"third"}`,
    ]);
    expect(new Set(releases.map((each) => each.split(' ')[2])).size).toBe(3);
    expect(heard).toHaveLength(7);
  });

  it('says who refused it, and stops there', async () => {
    refusing = '/v1/tier-evaluations';
    await expect(telling()).rejects.toMatchObject({ code: 'tick_refused' });
    expect(heard).toHaveLength(2);
  });

  it('counts time in whole hours', () => {
    expect(hourOf(Date.UTC(2026, 3, 15, 9, 59, 59, 999))).toBe(AS_OF);
  });
});
