import { hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { CommandBus } from '@nestjs/cqrs';
import type { Owner } from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import {
  Feeds,
  type MessageBroker,
  PublishedTable,
  type Running,
  Topics,
  type Upstream,
  feedMigrations,
  startConsumer,
  startRelay,
} from '@tributary/feeds';
import { CommandRunner, invariant, unavailable } from '@tributary/kernel';
import { Database, PostgresSnapshots, Snapshots1700000000300 } from '@tributary/postgres';
import type { LogClock, LogPoint, PointAsked } from './log-clock';
import { MeteredLog } from './metered-log';
import type { Order, OrderAnswer, OrderHandler } from './orders';
import { type ServiceDefinition, schemaOf } from './service-definition';
import { ServiceObserver } from './service-observer';
import type { Occupant, ServiceProcess } from './service-process';

const METRICS_EVERY_MS = 5_000;

/** Its id, and where its events stand. */
const BYTES_OF_COMMAND = 140;

/** How many a quarter of the heap has room for. */
const roomFor = (bytes: number): number =>
  Math.floor(getHeapStatistics().heap_size_limit / 4 / bytes);

/** A service at work: its database, its runner, and everything that follows events for it. */
export class ServiceRuntime implements Occupant {
  readonly log: EventLog;
  readonly runner: CommandRunner;
  readonly published: PublishedTable;
  readonly topics: Topics;
  private readonly observer: ServiceObserver;
  private consumer: Running | undefined;
  private started: Feeds | undefined;
  private takesOrders: OrderHandler | undefined;
  private metricsTimer: NodeJS.Timeout | undefined;

  private constructor(
    readonly definition: ServiceDefinition,
    readonly process: ServiceProcess,
    readonly database: Database,
  ) {
    const { name, bytesOfStream } = definition;
    const { log, logger, metrics } = process;
    this.observer = new ServiceObserver(name, logger, metrics);
    this.log = new MeteredLog(log, name, metrics);
    this.published = new PublishedTable(database);
    this.topics = new Topics(database);
    this.runner = new CommandRunner(this.log, {
      now: Date.now,
      ...(bytesOfStream !== undefined && {
        heldStreams: roomFor(bytesOfStream),
        heldCommands: roomFor(BYTES_OF_COMMAND),
      }),
      snapshots: new PostgresSnapshots(database),
      onBackgroundError: (stream, error) =>
        logger.failure('behind the scenes of a stream', error, { stream }),
    });
    const { publication, orders, logClock } = definition;
    // From the beginning, so that a neighbour that starts earlier is told to wait rather than that there is nobody.
    if (orders) process.takeOrders(orders.owner, (order) => this.takeOrder(order));
    if (logClock) process.keepClock((asked) => this.readClock(logClock(this), asked));
    if (publication) {
      process.publishHere(publication.owner, {
        reader: this.published,
        wake: this.published.committed,
      });
    }
  }

  static async open(
    definition: ServiceDefinition,
    process: ServiceProcess,
  ): Promise<ServiceRuntime> {
    const { migrations = [], entities = [] } = definition;
    const database = await Database.open({
      url: process.settings.DATABASE_URL,
      schema: schemaOf(definition),
      migrations: [...feedMigrations, Snapshots1700000000300, ...migrations],
      entities,
      onConnectionLost: (error) =>
        process.logger.failure('a connection was lost', error, { service: definition.name }),
    });
    const runtime = new ServiceRuntime(definition, process, database);
    await process.moveIn(runtime);
    return runtime;
  }

  get name(): string {
    return this.definition.name;
  }

  get connectionsInUse(): number {
    return this.database.connectionsInUse;
  }

  get feeds(): Feeds {
    invariant(this.started, `the feeds of ${this.name} are started`);
    return this.started;
  }

  /** Once every service of the process is open, so that each finds whom it listens to. */
  async start(bus: CommandBus, shuffleSeed?: number): Promise<void> {
    const { definition, database, process, observer, published } = this;
    const upstreams = this.upstreams();
    this.started = await Feeds.start({
      service: this.name,
      database,
      log: this.log,
      tail: process.logTail(),
      observer,
      owner: `${process.name}@${hostname()}:${globalThis.process.pid}`,
      leaseMs: process.settings.FEED_LEASE_MS,
      published,
      upstreams,
      projections: definition.projections ?? [],
      inboxProjections: definition.inboxProjections ?? [],
      reactions: definition.reactions?.(bus, this) ?? [],
      inboxReactions: definition.inboxReactions?.(bus, this) ?? [],
      ...(definition.categories && { categories: definition.categories }),
      ...(definition.publication && { publication: definition.publication }),
      ...(shuffleSeed !== undefined && { shuffleSeed }),
    });
    if (this.travelsBy) this.joinKafka(this.travelsBy, upstreams);
    this.takesOrders = definition.orders?.take(bus, this);
    const works = definition.works?.(this, process.settings) ?? {};
    for (const [name, start] of Object.entries(works)) this.started.own(name, start);
    this.metricsTimer = setInterval(() => this.measure(), METRICS_EVERY_MS);
  }

  readonly orderTo = (owner: Owner): OrderHandler => this.process.orderTo(owner);

  /** Of this process, or of the ledger's, wherever it runs. */
  readonly logClock: LogClock = (asked) => this.process.logClock()(asked);

  readonly failed = (part: string, error: unknown): void => {
    this.observer.failed(part, error);
  };

  async stopFollowing(): Promise<void> {
    clearInterval(this.metricsTimer);
    await this.consumer?.stop();
    await this.started?.stop();
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  private async takeOrder(order: Order): Promise<OrderAnswer> {
    if (!this.takesOrders) throw unavailable(`The service ${this.name}, which is starting,`);
    return await this.takesOrders(order);
  }

  private async readClock(clock: LogClock, asked: PointAsked): Promise<LogPoint | undefined> {
    if (!this.started) throw unavailable(`The service ${this.name}, which is starting,`);
    return await clock(asked);
  }

  /** What is published travels by the broker, where there is one, only if the settings say so: it may be there for other facts. */
  private get travelsBy(): MessageBroker | undefined {
    const { settings, broker } = this.process;
    return settings.FEEDS === 'kafka' ? broker : undefined;
  }

  private upstreams(): Upstream[] {
    const via = this.travelsBy ? 'kafka' : 'table';
    return (this.definition.listensTo ?? []).map((owner) => ({
      owner,
      via,
      ...this.process.publisherOf(owner),
    }));
  }

  private joinKafka(broker: MessageBroker, upstreams: readonly Upstream[]): void {
    const { observer, feeds, published } = this;
    const { publication } = this.definition;
    if (publication) {
      const { owner } = publication;
      const wake = published.committed;
      feeds.own('relay', (checkpoint) =>
        startRelay({
          owner,
          reader: published,
          checkpoint,
          broker,
          observer: observer.relay,
          wake,
        }),
      );
    }
    if (upstreams.length === 0) return;
    this.consumer = startConsumer({
      group: `tributary-${this.name}`,
      owners: new Map(upstreams.map(({ owner, reader }) => [owner, reader])),
      inbox: feeds.inbox,
      deadLetters: feeds.deadLetters,
      broker,
      observer: observer.consumer,
    });
  }

  private measure(): void {
    const { metrics } = this.process;
    this.feeds.status().then(
      ({ subscriptions, deadLetters }) => {
        metrics.deadLetters(this.name, deadLetters);
        for (const { name, lag, parked } of subscriptions) {
          metrics.feedLag(this.name, name, lag);
          metrics.parkedStreams(this.name, name, parked);
        }
      },
      (error: unknown) => this.observer.failed('metrics', error),
    );
  }
}
