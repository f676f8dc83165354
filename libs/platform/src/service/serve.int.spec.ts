import { Module, type OnModuleInit } from '@nestjs/common';
import { MEASURED } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';
import { Privacy } from '@tributary/privacy';
import { startTestPostgres } from '@tributary/testing';
import { Client } from 'pg';
import { coreSettings } from '../config/core-settings';
import { collectingLogger, testMasterKey } from '../testing';
import { serve } from './serve';
import { ServiceModule } from './service.module';
import { ServiceProcess } from './service-process';

describe('running services in one process', () => {
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  let url: string;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
  }, 60_000);
  afterAll(() => postgres.stop());

  it('starts each of them with feeds of its own, and stops without a complaint', async () => {
    const { logger, lines } = collectingLogger('warn');
    const serving = await serve({
      name: 'standalone',
      modules: [Telling, Listening],
      settings: settings(),
      logger,
    });
    const address = await serving.listen();
    const ready = await fetch(`${address}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);

    const headers = await adminOf(serving.keys);
    for (const [service, count] of [
      ['telling', 1],
      ['listening', 0],
    ] as const) {
      const response = await fetch(`${address}/v1/feeds/${service}`, { headers });
      const { subscriptions } = (await response.json()) as { subscriptions: unknown[] };
      expect(subscriptions).toHaveLength(count);
    }
    const closing = await fetch(`${address}/v1/feeds/telling/dead-letters/close`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'facts/0', offset: '7', through: null, reason: 'read' }),
    });
    expect(await closing.json()).toMatchObject({ status: 404, code: 'dead_letter_unknown' });
    const shared = [Telling, Listening].map((module) => serving.app.select(module).get(Privacy));
    expect(shared[0]).toBe(shared[1]);
    const personal = await serving.app.get(Telling).privacy.of('acme');
    expect(await personal.exchange([{ kind: 'email', value: 'x' }])).toHaveLength(1);

    await serving.close();
    expect(lines).toEqual([]);
    expect(await connections()).toBe(0);
  }, 60_000);

  it('stops also while it begins to listen', async () => {
    const { logger, lines } = collectingLogger('warn');
    const modules = [Telling, Listening];
    const serving = await serve({ name: 'standalone', modules, settings: settings(), logger });
    const listening = serving.listen();
    await serving.close();
    const address = await listening;
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
    expect(lines).toEqual([]);
    expect(await connections()).toBe(0);
  }, 60_000);

  it('names what is missing when it listens to a service that is nowhere, and leaves nothing open', async () => {
    const { logger } = collectingLogger('silent');
    const starting = serve({
      name: 'standalone',
      modules: [Alone, Listening],
      settings: settings(),
      logger,
    });
    await expect(starting).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('OWNER_URLS') as string,
    });
    expect(await connections()).toBe(0);
  }, 60_000);

  it('says why it did not start, and closes the rest, also where something cannot be closed', async () => {
    const { logger, lines } = collectingLogger('error');
    const modules = [Telling, Clumsy];
    const starting = serve({ name: 'standalone', modules, settings: settings(), logger });
    await expect(starting).rejects.toMatchObject({ code: 'not_in_the_mood' });
    expect(lines.join()).toContain('could not close cleanly');
    expect(await connections()).toBe(0);
  }, 60_000);

  const settings = () =>
    coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      LOG_LEVEL: 'warn',
      METRICS_ACCESS: 'open',
    });

  /** Of this product, not counting the one that asks. A connection that was told to end may take a moment. */
  async function connections(): Promise<number | undefined> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      let count: number | undefined;
      for (let attempt = 0; attempt < 100 && count !== 0; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { rows } = await client.query<{ count: number }>(
          `select count(*)::int as count from pg_stat_activity
            where datname = current_database() and application_name like 'tributary%'`,
        );
        count = rows[0]?.count;
      }
      return count;
    } finally {
      await client.end();
    }
  }
});

const publication = {
  owner: 'attribution',
  version: 1,
  types: ['MeasureRevised'],
  publish: ({ data }: { data: object }) => ({ type: MEASURED, data: data as never }),
} as const;

@Module({
  imports: [ServiceModule.of({ name: 'telling', categories: ['telling'], publication })],
})
class Telling {
  constructor(readonly privacy: Privacy) {}
}

@Module({
  imports: [
    ServiceModule.of({
      name: 'listening',
      categories: ['listening'],
      listensTo: ['attribution'],
    }),
  ],
})
class Listening {}

@Module({ imports: [ServiceModule.of({ name: 'alone', categories: ['alone'] })] })
class Alone {}

/** Neither starts nor stops. */
@Module({})
class Clumsy implements OnModuleInit {
  constructor(private readonly process: ServiceProcess) {}

  async onModuleInit(): Promise<void> {
    await this.process.moveIn({
      name: 'clumsy',
      connectionsInUse: 0,
      stopFollowing: () => Promise.reject(new Error('It still follows.')),
      close: () => Promise.resolve(),
    });
    throw new CodedError('not_in_the_mood', 'It does not start.');
  }
}

async function adminOf(keys: Awaited<ReturnType<typeof serve>>['keys']) {
  const { key } = await keys.issueKey({ tenant: 'acme', role: 'admin', label: 'test' });
  return { authorization: `Bearer ${key}` };
}
