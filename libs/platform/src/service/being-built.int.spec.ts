import { Controller, Get, Module, type Type } from '@nestjs/common';
import { keyedTable, projection } from '@tributary/feeds';
import { withClient } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { Public } from '../auth/access';
import { coreSettings } from '../config/core-settings';
import { collectingLogger, testMasterKey } from '../testing';
import { type Serving, serve } from './serve';
import { ServiceModule } from './service.module';
import { ServiceRuntime } from './service-runtime';

const accounts = keyedTable({ key: { account: 'text' } });
const shown = (version: number, more: Record<string, typeof accounts>) =>
  projection({
    name: 'shown',
    version,
    events: { Opened: { $stream: 'text' } },
    tables: { account: accounts, ...more },
    rows: ({ $stream }) => ({ account: [{ account: $stream }] }),
  });

@Public()
@Controller()
class Tables {
  constructor(private readonly runtime: ServiceRuntime) {}

  private async rowsOf(table: string) {
    return { rows: (await this.runtime.database.query(`select * from ${table}`)).rows };
  }

  @Get('kept')
  kept() {
    return this.rowsOf('account');
  }

  @Get('added')
  added() {
    return this.rowsOf('closed_account');
  }

  @Get('mistaken')
  mistaken() {
    return this.rowsOf('acount');
  }
}

@Module({
  imports: [
    ServiceModule.of({ name: 'showing', categories: ['account'], projections: [shown(1, {})] }),
  ],
  controllers: [Tables],
})
class Before {}

@Module({
  imports: [
    ServiceModule.of({
      name: 'showing',
      categories: ['account'],
      projections: [shown(2, { closed_account: accounts })],
    }),
  ],
  controllers: [Tables],
})
class After {}

describe('asking for what a new version of a read model will show', () => {
  let postgres: TestPostgres;
  let url: string;
  let serving: Serving | undefined;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
  });
  afterEach(() => serving?.close());
  afterAll(() => postgres.stop());

  const served = async (module: Type): Promise<string> => {
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      LOG_LEVEL: 'fatal',
    });
    const { logger } = collectingLogger('silent');
    serving = await serve({ name: 'showing', modules: [module], settings, logger });
    return await serving.listen();
  };

  const execute = (statement: string) =>
    withClient({ connectionString: url, options: '-c search_path=showing' }, (client) =>
      client.query(statement),
    );

  it('is told to wait until it is built, and everything else is answered', async () => {
    await served(Before);
    await serving?.close();
    // Another process is filling the new version, and takes its time.
    await execute(`
      insert into subscription (name, owner, epoch, lease_until)
      values ('rebuild_shown', 'another', 1, now() + interval '1 hour')`);

    const address = await served(After);
    const added = await fetch(`${address}/added`);
    expect([added.status, added.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await added.json()).toMatchObject({ code: 'read_model_building' });
    expect((await fetch(`${address}/kept`)).status).toBe(200);
    expect((await fetch(`${address}/mistaken`)).status).toBe(500);
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);

    await execute(`update subscription set lease_until = null where name = 'rebuild_shown'`);
    const statuses: number[] = [];
    while (statuses.at(-1) !== 200) {
      statuses.push((await fetch(`${address}/added`)).status);
      await new Promise((next) => setTimeout(next, 20));
    }
    expect(statuses).not.toContain(500);
  });
});
