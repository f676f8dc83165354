import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const EVENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** The figures that an operator watches. Labels are names of ours (routes, services, feeds), never of a customer. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly http = new Histogram({
    name: 'tributary_http_request_seconds',
    help: 'Time to answer, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly append = new Histogram({
    name: 'tributary_append_seconds',
    help: 'Time from asking the log to append until it acknowledged. What was asked together, of many streams, counts once, as failed if any of it failed.',
    labelNames: ['service', 'outcome'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly batch = new Histogram({
    name: 'tributary_append_batch_events',
    help: 'Events that one commit of the log wrote.',
    labelNames: ['service'],
    buckets: EVENTS,
    registers: [this.registry],
  });
  private readonly lag = new Gauge({
    name: 'tributary_feed_lag_positions',
    help: 'Positions between the head of what a feed reads and its checkpoint.',
    labelNames: ['service', 'feed'],
    registers: [this.registry],
  });
  private readonly parked = new Gauge({
    name: 'tributary_parked_streams',
    help: 'Streams that wait for a person.',
    labelNames: ['service', 'feed'],
    registers: [this.registry],
  });
  private readonly failures = new Counter({
    name: 'tributary_feed_failures_total',
    help: 'Batches of a feed that failed and are tried again.',
    labelNames: ['service', 'feed'],
    registers: [this.registry],
  });

  private readonly letters = new Gauge({
    name: 'tributary_dead_letters',
    help: 'Messages that were refused or could not be read, and that nobody has closed.',
    labelNames: ['service'],
    registers: [this.registry],
  });
  private readonly upstream = new Counter({
    name: 'tributary_upstream_messages_total',
    help: 'Facts of upstream that came through Kafka, by what became of them.',
    labelNames: ['service', 'outcome'],
    registers: [this.registry],
  });
  private readonly relay = new Gauge({
    name: 'tributary_relay_lag_seconds',
    help: 'Age of the newest event that the relay has handed to Kafka, when it did.',
    labelNames: ['service'],
    registers: [this.registry],
  });

  /** Figures of the process itself (memory, event loop) are left out in tests, because they hold a timer. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  request(method: string, route: string, status: number, elapsedMs: number): void {
    this.http.observe({ method, route, status: String(status) }, elapsedMs / 1000);
  }

  appended(service: string, outcome: 'conflict' | 'failed' | 'stored', elapsedMs: number): void {
    this.append.observe({ service, outcome }, elapsedMs / 1000);
  }

  committed(service: string, events: number): void {
    this.batch.observe({ service }, events);
  }

  feedLag(service: string, feed: string, positions: bigint): void {
    this.lag.set({ service, feed }, Number(positions));
  }

  parkedStreams(service: string, feed: string, count: number): void {
    this.parked.set({ service, feed }, count);
  }

  feedFailed(service: string, feed: string): void {
    this.failures.inc({ service, feed });
  }

  deadLetters(service: string, count: number): void {
    this.letters.set({ service }, count);
  }

  upstreamMessages(service: string, outcome: string, count: number): void {
    this.upstream.inc({ service, outcome }, count);
  }

  relayed(service: string, lagMs: number): void {
    this.relay.set({ service }, lagMs / 1000);
  }

  /** In the text format 0.0.4 of Prometheus. */
  async text(): Promise<string> {
    return await this.registry.metrics();
  }
}
