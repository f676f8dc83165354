import { connect } from 'node:net';
import { once } from 'node:events';

import { type KafkaBroker, kafkaMissing, startKafkaBroker } from './kafka-broker';

const missing = kafkaMissing();
const describeWithKafka = missing === undefined ? describe : describe.skip;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

describeWithKafka(`borrowing a Kafka broker${reason}`, () => {
  it('answers on loopback, comes back after it was killed, and leaves nothing behind', async () => {
    const kafka = await startKafkaBroker();
    if (!kafka.available) throw new Error(kafka.reason);
    try {
      expect(await answers(kafka.brokers)).toBe(true);
      if (kafka.kind !== 'java') return;
      await kafka.kill();
      expect(await answers(kafka.brokers)).toBe(false);
      await kafka.restart();
      expect(await answers(kafka.brokers)).toBe(true);
    } finally {
      await kafka.stop();
    }
    expect(kafka.kind === 'java' && (await answers(kafka.brokers))).toBe(false);
  });
});

async function answers(brokers: Extract<KafkaBroker, { available: true }>['brokers']) {
  const [host = '', port = ''] = (brokers[0] ?? '').split(':');
  const socket = connect(Number(port), host);
  const [outcome] = await Promise.allSettled([once(socket, 'connect')]);
  socket.destroy();
  return outcome.status === 'fulfilled';
}
