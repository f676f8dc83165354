import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { seedOf, survive } from './survival.fixture';

describe('killing the product while facts keep coming', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  });
  afterAll(() => postgres.stop());

  it('loses nothing that was acknowledged and counts nothing twice', async () => {
    await survive({ postgres, kills: 4, seed: seedOf() });
  }, 300_000);
});
