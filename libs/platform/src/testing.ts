import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { accessOf } from './auth/access';
import { Authenticator, type NotAuthenticated, type Principal, bearerOf } from './auth/principal';
import type { HttpSettings } from './http/create-http-app';
import { OPENAPI_PATH, isDocs } from './http/openapi';
import { controllersOf, handlersOf, servedRoutes } from './http/routes';
import { StructuredLogger } from './logging/structured-logger';

export { LedgerStandIn, pointByReading } from './service/log-clock.fixture';
export { type Say, saying, tellerOf } from './service/teller.fixture';

/** Callers by their bearer token, for tests of routes that are not about keys. */
export class FixedCallers extends Authenticator {
  constructor(private readonly callers: Readonly<Record<string, Principal>>) {
    super();
  }

  authenticate(authorization: string | undefined): Promise<NotAuthenticated | Principal> {
    const bearer = bearerOf(authorization);
    if ('refused' in bearer) return Promise.resolve(bearer);
    return Promise.resolve(this.callers[bearer.token] ?? { refused: 'credential_invalid' });
  }
}

/** PRIVACY_MASTER_KEY of every service that this test starts, so that one of them may be started again. */
export const testMasterKey: string = randomBytes(32).toString('base64');

export const testSettings: HttpSettings = {
  BODY_LIMIT_BYTES: 1_048_576,
  DOCS: 'on',
  LOG_LEVEL: 'silent',
  METRICS_ACCESS: 'key',
};

export interface LogLines {
  readonly logger: StructuredLogger;
  readonly lines: readonly string[];
}

export function collectingLogger(level: HttpSettings['LOG_LEVEL'] = 'info'): LogLines {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { logger: new StructuredLogger({ service: 'test', level, destination }), lines };
}

/** Fails, naming them, if a route does not declare who may call it, or was registered past Nest, where no guard stands. */
export function expectEveryRouteDeclared(app: NestFastifyApplication): void {
  const undeclared: string[] = [];
  const known = new Set<string>();
  for (const controller of controllersOf(app)) {
    for (const { name, handler } of handlersOf(controller)) {
      known.add(`${controller.name}.${name}`);
      if (accessOf(controller, handler) === undefined)
        undeclared.push(`${controller.name}.${name}`);
    }
  }
  const served = servedRoutes(app);
  if (served.length === 0)
    throw new Error('No route was recorded; was this application made by createHttpApp?');
  const past = served.filter(
    ({ path, handler }) => !known.has(handler) && !isDocs(path) && path !== OPENAPI_PATH,
  );
  const found = [...undeclared, ...past.map(({ method, path }) => `${method} ${path}`)];
  if (found.length > 0) throw new Error(`Routes that nobody declared: ${found.join(', ')}`);
}
