import 'reflect-metadata';
import type { Server } from 'node:http';
import helmet from '@fastify/helmet';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { uuidV7 } from '@tributary/kernel';
import { type FastifyInstance, type FastifyHttpOptions, fastify } from 'fastify';
import type { Authenticator } from '../auth/principal';
import type { CoreSettings } from '../config/core-settings';
import { sendProblem } from '../errors/problem-filter';
import { refusalOf } from '../errors/refusal-of';
import { toJson } from '../json/to-json';
import { StructuredLogger } from '../logging/structured-logger';
import { acceptBodies } from './bodies';
import { EdgeModule } from './edge.module';
import { Lifecycle } from './lifecycle';
import { Metrics } from './metrics';
import { type ApiTitle, serveOpenApi } from './openapi';
import { bindPages } from './page-routes';
import { addRequestHooks, answerMalformed } from './request-hooks';
import { recordRoutes } from './routes';
import { correlationIdOf } from './trace-context';

export type HttpSettings = Pick<
  CoreSettings,
  'BODY_LIMIT_BYTES' | 'DOCS' | 'LOG_LEVEL' | 'METRICS_ACCESS'
>;

export interface HttpAppOptions {
  readonly settings: HttpSettings;
  readonly api: ApiTitle;
  /** Of the log lines. */
  readonly service: string;
  /** `ApiKeys` also brings the routes that issue and revoke keys. */
  readonly authenticator: Authenticator;
  /** For what Nest has no door to, like another media type. Routes registered here stand behind no guard; a test finds them. */
  readonly configure?: (server: FastifyInstance) => void;
  readonly now?: () => number;
  /** How long a body may take to arrive that is read as a whole; what is handed on as a stream takes as long as it is. */
  readonly bodyTimeMs?: number;
  readonly logger?: StructuredLogger;
  readonly metrics?: Metrics;
  readonly lifecycle?: Lifecycle;
}

const BODY_TIME_MS = 60_000;

@Module({})
class ProcessModule {}

/** A Nest application on Fastify around one service, or around several, with everything that the edge owes them. Ready, not yet listening. */
export async function createHttpApp(
  module: DynamicModule | Type,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const { settings, service, authenticator, now = Date.now, bodyTimeMs = BODY_TIME_MS } = options;
  const logger = options.logger ?? new StructuredLogger({ service, level: settings.LOG_LEVEL });
  const metrics = options.metrics ?? new Metrics();
  const lifecycle = options.lifecycle ?? new Lifecycle();

  const headers = await secureHeaders();
  const adapter = adapterOf(settings, now);
  const server = adapter.getInstance<FastifyInstance>();
  recordRoutes(server);
  server.setReplySerializer(toJson);
  addRequestHooks(server, { now, logger, metrics, lifecycle, headers });
  acceptBodies(server, bodyTimeMs);
  options.configure?.(server);

  const edge = EdgeModule.of({
    authenticator,
    logger,
    metrics,
    lifecycle,
    metricsAccess: settings.METRICS_ACCESS,
  });
  const root = { module: ProcessModule, imports: [edge, module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  bindPages(app);
  if (settings.DOCS === 'on') serveOpenApi(app, options.api);
  await app.init();
  await server.ready();
  return app;
}

function adapterOf({ BODY_LIMIT_BYTES }: HttpSettings, now: () => number): FastifyAdapter {
  const options: FastifyHttpOptions<Server> = {
    bodyLimit: BODY_LIMIT_BYTES,
    // The limit of the server knows no routes: it would cut off a backfill that takes longer. See `acceptBodies`.
    requestTimeout: 0,
    // Who has vanished in the middle of one, without a word, is found out by the system.
    http: { keepAlive: true, keepAliveInitialDelay: BODY_TIME_MS },
    // An event is asked for by its source, which may have 300 characters of up to two units each.
    routerOptions: { maxParamLength: 640 },
    // Headers about the client's address are believed by nobody here: no decision depends on it.
    trustProxy: false,
    // Refused by a hook of ours instead, as a problem document and only once requests in flight are done.
    return503OnClosing: false,
    genReqId: ({ headers }) => correlationIdOf(headers['x-correlation-id']) ?? uuidV7(now()),
    frameworkErrors: (error, request, reply) => {
      sendProblem(reply.header('x-correlation-id', request.id), refusalOf(error), request.id);
    },
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, uuidV7(now())),
  };
  return new FastifyAdapter(options);
}

/**
 * Those of helmet, which are the same for every answer: so it is asked once. Asked for each, it would set them one by one, past the
 * way in which Fastify writes headers, and cost as much as all else that happens around a request.
 */
async function secureHeaders(): Promise<Readonly<Record<string, string>>> {
  const asked = fastify();
  await asked.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
  });
  asked.get('/', (_request, reply) => reply.code(204).send());
  const { headers } = await asked.inject('/');
  await asked.close();
  const entries = Object.entries(headers).filter(([name]) => !OF_ITS_OWN.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** What every answer has, and says something else. */
const OF_ITS_OWN = new Set(['connection', 'content-length', 'content-type', 'date']);
