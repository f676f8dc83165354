import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { surviveWhilePaying } from './payout-survival.fixture';
import { seedOf } from './survival.fixture';

const KILLS = Number(process.env['KILLS'] ?? 100);

describe('killing the product at random while partners are paid', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  });
  afterAll(() => postgres.stop());

  it(`pays everything once in ${String(KILLS)} kills`, async () => {
    await surviveWhilePaying({ postgres, kills: KILLS, seed: seedOf() });
  }, 3_600_000);
});
