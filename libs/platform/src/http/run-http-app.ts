import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CodedError } from '@tributary/kernel';
import type { CoreSettings } from '../config/core-settings';
import { Lifecycle } from './lifecycle';

type Address = Pick<CoreSettings, 'HOST' | 'PORT'>;

/** Gives the address that it really listens on. */
export async function listen(
  app: NestFastifyApplication,
  { HOST, PORT }: Address,
): Promise<string> {
  try {
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
    const reason = REASONS[code];
    const message = `Cannot listen on ${HOST} port ${PORT}: ${reason}. Set PORT (and HOST) to something else.`;
    throw new CodedError(
      'port_in_use',
      message,
      { host: HOST, port: PORT, code },
      { cause: error },
    );
  }
  return await app.getUrl();
}

const REASONS = {
  EACCES: 'this user may not use it',
  EADDRINUSE: 'another process does already',
  EADDRNOTAVAIL: 'this machine does not have that address',
} as const;

/**
 * Stops accepting, lets requests in flight finish for at most `drainMs`, and only then takes the services down: Nest's own
 * order would close their databases first.
 */
export async function stop(app: NestFastifyApplication, drainMs: number): Promise<void> {
  app.get(Lifecycle).drain();
  const server = app.getHttpServer();
  if (server.listening) {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(cut);
  }
  await app.close();
}
