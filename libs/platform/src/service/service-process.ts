import type { Owner } from '@tributary/contracts';
import {
  type EventLog,
  PostgresEventLog,
  openEventStoreDbLog,
  postgresLogMigrations,
} from '@tributary/event-log';
import {
  type FeedTail,
  type KafkaJsOptions,
  type MessageBroker,
  type PublishedReader,
  type Wake,
  kafkaJsBroker,
  tailOfLog,
} from '@tributary/feeds';
import { CodedError, type Recorded, invariant, unavailable } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import type { Privacy } from '@tributary/privacy';
import type { CoreSettings } from '../config/core-settings';
import type { Metrics } from '../http/metrics';
import type { StructuredLogger } from '../logging/structured-logger';
import type { LogClock } from './log-clock';
import { LogClockClient } from './log-clock-client';
import type { OrderHandler } from './orders';
import { OrdersClient } from './orders-client';
import { PublishedClient } from './published-client';
import { type StopSteps, closeInTurn } from './stop-steps';

/** A table of published events in this process, and what rings when it grows. */
export interface LocalPublisher {
  readonly reader: PublishedReader;
  readonly wake: Wake;
}

/** A service at work in this process. */
export interface Occupant {
  readonly name: string;
  readonly connectionsInUse: number;
  /** Follows no more events, but still answers those who read from it. */
  stopFollowing(): Promise<void>;
  close(): Promise<void>;
}

/** Where a process says what happens in it. */
interface Watch {
  readonly logger: StructuredLogger;
  readonly metrics: Metrics;
}

/** What was opened before the process, and outlives it. */
export interface Surroundings extends Watch {
  readonly privacy: Privacy;
  readonly steps: StopSteps;
}

/** What the services of one process share: the log, the broker, and the way to one another. */
export class ServiceProcess {
  private readonly publishers = new Map<Owner, LocalPublisher>();
  private readonly doors = new Map<Owner, OrderHandler>();
  private readonly occupants: Occupant[] = [];
  private clock: LogClock | undefined;
  private tail: FeedTail<Recorded> | undefined;
  private closing = false;

  private constructor(
    readonly name: string,
    readonly settings: CoreSettings,
    readonly log: EventLog,
    readonly broker: MessageBroker | undefined,
    private readonly opened: Surroundings & OpenLog,
  ) {}

  get logger(): StructuredLogger {
    return this.opened.logger;
  }

  get metrics(): Metrics {
    return this.opened.metrics;
  }

  get privacy(): Privacy {
    return this.opened.privacy;
  }

  static async open(
    name: string,
    settings: CoreSettings,
    surroundings: Surroundings,
  ): Promise<ServiceProcess> {
    const opened = await openLog(settings, surroundings);
    const broker = brokerOf(name, settings, surroundings.logger);
    return new ServiceProcess(name, settings, opened.log, broker, { ...surroundings, ...opened });
  }

  /** From here on it is closed with the process, also when the rest of the start fails. */
  async moveIn(occupant: Occupant): Promise<void> {
    this.occupants.push(occupant);
    if (!this.closing) return;
    // It was opened while a neighbour had failed already.
    await occupant.close();
    throw unavailable('The process, which is closing,');
  }

  /** Undefined for a service that has the process to itself: it need not look at what is not its own. */
  logTail(): FeedTail<Recorded> | undefined {
    if (this.occupants.length > 1) this.tail ??= tailOfLog(this.log);
    return this.tail;
  }

  publishHere(owner: Owner, publisher: LocalPublisher): void {
    this.publishers.set(owner, publisher);
  }

  /** In this process, or where the settings say. */
  publisherOf(owner: Owner): { readonly reader: PublishedReader; readonly wake?: Wake } {
    const url = this.settings.OWNER_URLS?.get(owner);
    const token = this.settings.SERVICE_TOKEN;
    if (url !== undefined && token !== undefined)
      return { reader: new PublishedClient(url, owner, token) };
    const local = this.publishers.get(owner);
    if (local) return local;
    const message = `This service listens to ${owner}: set OWNER_URLS (${owner}=http://…) and SERVICE_TOKEN.`;
    throw new CodedError('invalid_configuration', message, { owner });
  }

  takeOrders(owner: Owner, handler: OrderHandler): void {
    this.doors.set(owner, handler);
  }

  /** Of a service in this process. */
  doorOf(owner: Owner): OrderHandler | undefined {
    return this.doors.get(owner);
  }

  /** In this process, or where the settings say. Asked when there is something to order, so that a ledger alone can be read. */
  orderTo(owner: Owner): OrderHandler {
    const url = this.settings.OWNER_URLS?.get(owner);
    const token = this.settings.SERVICE_TOKEN;
    if (url !== undefined && token !== undefined) {
      const client = new OrdersClient(url, owner, token);
      return (order) => client.send(order);
    }
    const local = this.doors.get(owner);
    if (local) return local;
    const message = `This service sends orders to ${owner}: set OWNER_URLS (${owner}=http://…) and SERVICE_TOKEN.`;
    throw new CodedError('invalid_configuration', message, { owner });
  }

  keepClock(clock: LogClock): void {
    this.clock = clock;
  }

  /** In this process, else where the settings say. Asked when somebody asks about an earlier time: nothing else takes a ledger. */
  logClock(): LogClock {
    if (this.clock) return this.clock;
    const url = this.settings.OWNER_URLS?.get('ledger');
    const token = this.settings.SERVICE_TOKEN;
    if (url !== undefined && token !== undefined) {
      const client = new LogClockClient(url, token);
      return (asked) => client.at(asked);
    }
    throw unavailable('The clock of the log (OWNER_URLS: ledger=http://…, and SERVICE_TOKEN)');
  }

  /** Services read one another's tables, so all of them stop following before the first one closes. */
  async close(): Promise<void> {
    this.closing = true;
    const { steps, closeLog, logConnectionsInUse } = this.opened;
    const ofEach = (step: string, work: (occupant: Occupant) => Promise<void>) =>
      everyone(
        this.occupants.map((each) =>
          steps.during(
            `${each.name}: ${step}`,
            () => work(each),
            () => each.connectionsInUse,
          ),
        ),
      );
    // The last one first.
    const closeAll = () =>
      closeInTurn([
        closeLog,
        () => ofEach('database', (each) => each.close()),
        () => ofEach('following events', (each) => each.stopFollowing()),
      ]);
    // All of them read the log until they are closed, so its connections tell whether it is the log that does not answer.
    await steps.during('event log', closeAll, logConnectionsInUse);
  }
}

/** Waits for all, and then says what went wrong with any. */
async function everyone(work: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  const failed = settled.filter((one) => one.status === 'rejected');
  if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason as Error));
}

interface OpenLog {
  readonly log: EventLog;
  readonly closeLog: () => Promise<void>;
  readonly logConnectionsInUse?: () => number;
}

async function openLog(settings: CoreSettings, { logger, metrics }: Watch): Promise<OpenLog> {
  const onError = (error: unknown) => logger.failure('the log lost a connection', error);
  if (settings.EVENT_LOG === 'eventstoredb') {
    const url = settings.EVENTSTORE_URL;
    invariant(url, 'the settings were checked');
    const log = openEventStoreDbLog({ url, now: Date.now });
    return { log, closeLog: () => log.close() };
  }
  const database = await Database.open({
    url: settings.DATABASE_URL,
    schema: 'log',
    migrations: postgresLogMigrations,
    onConnectionLost: onError,
  });
  const log = await PostgresEventLog.open(database, {
    onBatch: ({ events }) => metrics.committed('log', events),
    onError,
  });
  const closeLog = async () => {
    await log.close();
    await database.close();
  };
  return { log, closeLog, logConnectionsInUse: () => database.connectionsInUse };
}

/** Brokers refuse a shorter one, unless they are told otherwise. */
const LEAST_SESSION_MS = 6_000;

function brokerOf(
  name: string,
  settings: CoreSettings,
  logger: StructuredLogger,
): MessageBroker | undefined {
  const { FEEDS, FEED_LEASE_MS, KAFKA_BROKERS, UPSTREAM_TOPICS } = settings;
  if (FEEDS !== 'kafka' && UPSTREAM_TOPICS === undefined) return undefined;
  invariant(KAFKA_BROKERS, 'the settings were checked');
  return kafkaJsBroker({
    brokers: KAFKA_BROKERS,
    ...doorOf(settings),
    clientId: `tributary-${name}`,
    sessionTimeoutMs: Math.max(FEED_LEASE_MS, LEAST_SESSION_MS),
    onLog: (level, message) => logger.event(level, message, { part: 'kafka' }),
  });
}

/** How the brokers let this service in. */
function doorOf({
  KAFKA_TLS,
  KAFKA_CA_FILE: ca,
  KAFKA_USER: username,
  KAFKA_PASSWORD: password,
  KAFKA_MECHANISM: mechanism,
}: CoreSettings): Pick<KafkaJsOptions, 'ssl' | 'sasl'> {
  const ssl = KAFKA_TLS === 'on' && (ca === undefined || { ca });
  if (username === undefined || password === undefined) return { ssl };
  return { ssl, sasl: { mechanism, username, password } };
}
