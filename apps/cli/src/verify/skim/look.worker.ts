import { parentPort } from 'node:worker_threads';

import { invariant } from '@tributary/kernel';

import { textOf } from './look';
import { lookAt } from './slice';

invariant(parentPort, 'this is a thread that somebody has started');
const port = parentPort;
port.on('message', ({ bytes, sizes }: { bytes: Uint8Array; sizes: readonly number[] }) => {
  port.postMessage(lookAt(textOf(bytes), sizes));
});
