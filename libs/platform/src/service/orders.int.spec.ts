import { Module } from '@nestjs/common';
import { startTestPostgres } from '@tributary/testing';
import { coreSettings } from '../config/core-settings';
import { collectingLogger, testMasterKey } from '../testing';
import type { Order, OrderAnswer } from './orders';
import { type Serving, serve } from './serve';
import { ServiceModule } from './service.module';
import { ServiceRuntime } from './service-runtime';

const TOKEN = 'a-token-that-the-services-share';

describe('ordering something of another service', () => {
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  let url: string;
  let taking: Serving;
  let address: string;
  const opened: Serving[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
    taking = await open([Taking]);
    address = await taking.listen();
  }, 60_000);
  afterAll(async () => {
    for (const serving of opened.reverse()) await serving.close();
    await postgres.stop();
  });
  beforeEach(() => {
    taken.length = 0;
    answer = { kind: 'accepted' };
  });

  const open = async (
    modules: Parameters<typeof serve>[0]['modules'],
    more: Record<string, string> = {},
  ) => {
    const { logger } = collectingLogger('silent');
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      SERVICE_TOKEN: TOKEN,
      ...more,
    });
    const serving = await serve({ name: 'test', modules, settings, logger });
    opened.push(serving);
    return serving;
  };
  const doorOf = (serving: Serving) =>
    serving.app.get(ServiceRuntime, { strict: false }).orderTo('payouts');

  it('comes to the same in one process and in two', async () => {
    const together = await open([Taking, Ordering]);
    const apart = await open([Ordering], { OWNER_URLS: `payouts=${address}` });
    for (const serving of [together, apart]) {
      taken.length = 0;
      answer = { kind: 'rejected', rejected: { code: 'not_closed' } };
      expect(await doorOf(serving)(ORDER)).toEqual(answer);
      expect(taken).toEqual([ORDER]);
    }
  }, 60_000);

  it('is open to services alone, and refuses what is no order', async () => {
    const post = (body: object, token = TOKEN) =>
      fetch(`${address}/v1/orders/payouts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post(ORDER, 'another-token')).status).toBe(401);
    const { key } = await taking.keys.issueKey({ tenant: 'acme', role: 'admin', label: 'test' });
    expect((await post(ORDER, key)).status).toBe(401);
    expect((await post({ ...ORDER, commandId: 'x' })).status).toBe(422);
    expect((await post({ ...ORDER, more: 1 })).status).toBe(422);
    expect(taken).toEqual([]);
  });

  it('says who does not answer, and what is missing where nobody is known', async () => {
    const wrong = await open([Ordering], {
      OWNER_URLS: `payouts=${address}`,
      SERVICE_TOKEN: 'a-token-that-nobody-else-has',
    });
    await expect(doorOf(wrong)(ORDER)).rejects.toMatchObject({
      code: 'order_refused',
      facts: { owner: 'payouts', status: 401, code: 'service_token_invalid' },
    });
    const nowhere = await open([Ordering], { OWNER_URLS: 'payouts=http://127.0.0.1:1' });
    await expect(doorOf(nowhere)(ORDER)).rejects.toMatchObject({ code: 'unavailable' });
    const alone = await open([Ordering]);
    expect(() => doorOf(alone)).toThrow('OWNER_URLS');
  }, 60_000);
});

const ORDER: Order = {
  tenant: 'acme',
  type: 'ConfirmTaken',
  data: { entity: 'main', month: '2026-03' },
  commandId: '00000000-0000-5000-8000-000000000001',
  causationId: '00000000-0000-5000-8000-000000000002',
  correlationId: 'c',
  traceParent: null,
  actor: 'service:ledger',
};

const taken: Order[] = [];
let answer: OrderAnswer;

@Module({
  imports: [
    ServiceModule.of({
      name: 'taking',
      categories: ['taking'],
      orders: {
        owner: 'payouts',
        take: () => (order) => {
          taken.push(order);
          return Promise.resolve(answer);
        },
      },
    }),
  ],
})
class Taking {}

@Module({ imports: [ServiceModule.of({ name: 'ordering', categories: ['ordering'] })] })
class Ordering {}
