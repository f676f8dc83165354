import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CodedError } from '@tributary/kernel';
import { openPrivacy } from '@tributary/privacy';
import type { ApiKeys } from '../auth/api-keys';
import { openApiKeys } from '../auth/open-api-keys';
import { type CoreSettings, coreSettings } from '../config/core-settings';
import { createHttpApp } from '../http/create-http-app';
import { Metrics } from '../http/metrics';
import { Lifecycle } from '../http/lifecycle';
import { listen, stop } from '../http/run-http-app';
import { stopOnSignals } from '../http/stop-on-signals';
import { StructuredLogger } from '../logging/structured-logger';
import { letObjectsDieYoung } from './die-young';
import { ServiceProcess } from './service-process';
import { ShuffleSeed } from './shuffle-seed';
import { StopSteps, closeInTurn } from './stop-steps';

@Module({})
class ServicesModule {}

export interface ServeOptions {
  /** Of this process: one service, or `standalone`. */
  readonly name: string;
  readonly modules: readonly Type[];
  readonly settings: CoreSettings;
  readonly shuffleSeed?: number;
  readonly logger?: StructuredLogger;
  /** Where closing says what it is doing. */
  readonly steps?: StopSteps;
}

export interface Serving {
  readonly app: NestFastifyApplication;
  readonly keys: ApiKeys;
  /** Listens and gives the address. */
  listen(): Promise<string>;
  /** Drains, stops what follows events, and closes what was opened. */
  close(): Promise<void>;
}

/** One process with one or several services in it: everything opened, started and ready, not yet listening. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { name, settings } = options;
  const logger =
    options.logger ?? new StructuredLogger({ service: name, level: settings.LOG_LEVEL });
  const opened: (() => Promise<void>)[] = [];
  const closeAll = () => closeInTurn(opened);
  try {
    return await open({ ...options, logger }, opened, closeAll);
  } catch (error) {
    // Whatever else goes wrong then, whoever starts it reads why it did not start.
    const [closed] = await Promise.allSettled([closeAll()]);
    if (closed.status === 'rejected') logger.failure('could not close cleanly', closed.reason);
    throw error;
  }
}

async function open(
  {
    name,
    modules,
    settings,
    shuffleSeed,
    logger,
    steps = new StopSteps(),
  }: ServeOptions & { readonly logger: StructuredLogger },
  opened: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Serving> {
  const metrics = new Metrics();
  const onConnectionLost = (error: unknown) => logger.failure('a connection was lost', error);
  const { keys, close: closeKeys } = await openApiKeys(
    settings.KEYS_DATABASE_URL ?? settings.DATABASE_URL,
    onConnectionLost,
  );
  opened.push(() => steps.during('API keys', closeKeys));
  const personal = await openPrivacy({
    url: settings.PRIVACY_DATABASE_URL ?? settings.DATABASE_URL,
    masterKey: settings.PRIVACY_MASTER_KEY,
    onConnectionLost,
  });
  opened.push(() => steps.during('personal data', personal.close));
  const { privacy } = personal;
  const process = await ServiceProcess.open(name, settings, { logger, metrics, privacy, steps });
  opened.push(() => process.close());
  const app = await createHttpApp(rootOf(modules, process, shuffleSeed), {
    settings,
    api: { title: 'Tributary', version: '1' },
    service: name,
    authenticator: keys,
    logger,
    metrics,
  });
  let listening: Promise<unknown> = Promise.resolve();
  const stopApp = async () => {
    // A server that is closed while it begins to listen never says that it has begun.
    await listening;
    await stop(app, settings.DRAIN_MS);
  };
  opened.push(() => steps.during('requests', stopApp));
  const lifecycle = app.get(Lifecycle);
  lifecycle.register('event log', async () => void (await process.log.head()));
  lifecycle.register('privacy', personal.ping);
  const listenOnce = () => {
    const address = listen(app, settings);
    listening = Promise.allSettled([address]);
    return address;
  };
  return { app, keys, listen: listenOnce, close };
}

function rootOf(
  modules: readonly Type[],
  process: ServiceProcess,
  seed: number | undefined,
): DynamicModule {
  return {
    module: ServicesModule,
    global: true,
    imports: [...modules],
    providers: [
      { provide: ServiceProcess, useValue: process },
      { provide: ShuffleSeed, useValue: new ShuffleSeed(seed) },
    ],
    exports: [ServiceProcess, ShuffleSeed],
  };
}

/** On SIGTERM and its like; nothing was started that would outlive the process. */
export function stopServing(
  serving: Serving,
  steps: StopSteps,
  { STOP_LIMIT_MS: limitMs }: CoreSettings,
): void {
  const logger = serving.app.get(StructuredLogger);
  stopOnSignals(
    {
      stop: () => serving.close(),
      abandon: () => Promise.resolve(),
      unfinished: () => steps.unfinished(),
    },
    {
      ...{ events: process, exit: (code) => process.exit(code), now: Date.now, logger, limitMs },
      onBegun: (signal) => logger.event('info', 'stopping', { signal }),
    },
  );
}

/** The whole `main` of a service that runs alone. */
export async function runService(name: string, module: Type): Promise<void> {
  letObjectsDieYoung();
  try {
    const settings = coreSettings.read(process.env);
    const steps = new StopSteps();
    const serving = await serve({ name, modules: [module], settings, steps });
    const logger = serving.app.get(StructuredLogger);
    serving.app.get(Metrics).collectProcess();
    stopServing(serving, steps, settings);
    const address = await serving.listen();
    logger.event('info', 'listening', { address });
  } catch (error) {
    // What has a code has been put into words for whoever starts it; anything else is a defect, which needs its place.
    console.error(error instanceof CodedError ? error.message : error);
    process.exit(1);
  }
}
