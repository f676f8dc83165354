import {
  type KafkaBroker,
  type TestPostgres,
  kafkaMissing,
  startKafkaBroker,
  startTestPostgres,
} from '@tributary/testing';
import { seedOf, survive } from './survival.fixture';

const KILLS = 50;
const KILLS_WITH_KAFKA = 20;
const kafkaReason = process.env['KAFKA_BROKERS']
  ? 'KAFKA_BROKERS names a broker that is not ours to kill'
  : kafkaMissing();

describe('killing the product at random under load, for long', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  });
  afterAll(() => postgres.stop());

  it(`loses nothing that was acknowledged and counts nothing twice in ${KILLS} kills`, async () => {
    await survive({ postgres, kills: KILLS, seed: seedOf() });
  }, 1_500_000);

  const itWithKafka = kafkaReason === undefined ? it : it.skip;
  const reason = kafkaReason === undefined ? '' : ` (skipped: ${kafkaReason})`;
  itWithKafka(
    `neither does it with Kafka in between, which is killed as well${reason}`,
    async () => {
      const kafka: KafkaBroker = await startKafkaBroker();
      try {
        if (!kafka.available || kafka.kind !== 'java')
          throw new Error('A broker to kill is needed.');
        await survive({ postgres, kills: KILLS_WITH_KAFKA, seed: seedOf(), kafka });
      } finally {
        if (kafka.available) await kafka.stop();
      }
    },
    1_500_000,
  );
});
