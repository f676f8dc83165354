import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import { kafkaJsBroker } from './kafkajs';

it('says nothing alarming of connections that it ends itself', async () => {
  const held: Socket[] = [];
  const silent = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const alarms: string[] = [];
  const running = kafkaJsBroker({
    brokers: [`127.0.0.1:${(silent.address() as AddressInfo).port}`],
    clientId: 'test',
    onLog: (level, message) => level === 'error' && alarms.push(message),
  }).consume({
    group: 'test',
    topics: ['test'],
    startAt: () => Promise.resolve(0n),
    onBatch: () => Promise.resolve(),
    onTrouble: (error) => alarms.push(String(error)),
  });
  await once(silent, 'connection');

  await running.stop();

  expect(alarms).toEqual([]);
  held.forEach((socket) => socket.destroy());
  await once(silent.close(), 'close');
});
