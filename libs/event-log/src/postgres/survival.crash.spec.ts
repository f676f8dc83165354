import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { Dice } from '../contract/dice.fixture';
import { surviveKills } from './survival.fixture';

const KILLS = 50;

describe('killing the server at random under load, for long', () => {
  const seed = Dice.seed();
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  });

  afterAll(() => postgres.stop());

  it(`loses nothing that was acknowledged in ${KILLS} kills (TEST_SEED=${seed})`, async () => {
    if (postgres.server === undefined) throw new Error('A server of its own was asked for.');
    await surviveKills(postgres.server, KILLS, new Dice(seed));
  }, 900_000);
});
