import { createServer } from 'node:net';

import { CodedError } from '@tributary/kernel';

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening, fail) => {
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', listening);
  });
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string')
    throw new CodedError('no_free_port', 'No port is free.');
  return address.port;
}
