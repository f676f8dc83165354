import { createServer } from 'node:net';

import { CodedError } from '@tributary/kernel';
import { coreSettings } from '@tributary/platform';

import type { Variables } from './options';

/** Only its form is looked at, before there is a database. */
const EMBEDDED = 'postgres://127.0.0.1/embedded';

/** Finds out before anything is started whether the settings are readable and the address can be taken. */
export async function checkAddress(variables: Variables): Promise<void> {
  const url = variables['DATABASE_URL'] || EMBEDDED;
  const { HOST, PORT } = coreSettings.read({ ...variables, DATABASE_URL: url });
  const probe = createServer();
  try {
    await new Promise<void>((listening, fail) => {
      probe.once('error', fail);
      probe.listen(PORT, HOST, listening);
    });
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
  }
  await new Promise((closed) => probe.close(closed));
}

function addressError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const facts = { host, port };
  switch (error.code) {
    case 'EADDRINUSE':
      return new CodedError(
        'port_taken',
        `Port ${port} on ${host} is taken by another program. Choose another with PORT or --port (0 takes a free one).`,
        facts,
      );
    case 'EACCES':
      return new CodedError(
        'port_not_allowed',
        `This user may not listen on port ${port}. Choose another with PORT or --port.`,
        facts,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CodedError(
        'host_unknown',
        `This machine has no address ${host}. Choose another with HOST or --host.`,
        facts,
      );
    default:
      return error;
  }
}
