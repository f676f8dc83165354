import type { ConsumerObserver, FeedObserver, RelayObserver } from '@tributary/feeds';
import type { Metrics } from '../http/metrics';
import type { StructuredLogger } from '../logging/structured-logger';

/** Where everything that runs in the background of a service says what happened to it. */
export class ServiceObserver implements FeedObserver {
  constructor(
    private readonly service: string,
    private readonly logger: StructuredLogger,
    private readonly metrics: Metrics,
  ) {}

  failed(part: string, error: unknown): void {
    this.metrics.feedFailed(this.service, part);
    this.logger.failure('tried again', error, { service: this.service, part });
  }

  parked(subscription: string, stream: string, code: string): void {
    this.logger.event('error', 'parked', { service: this.service, subscription, stream, code });
  }

  fenced(subscription: string): void {
    this.logger.event('warn', 'another process took over', { service: this.service, subscription });
  }

  gap({ owner, stream, after, arrived }: Parameters<NonNullable<FeedObserver['gap']>>[0]): void {
    const place = {
      after: after === null ? null : String(after),
      arrived: arrived === null ? null : String(arrived),
    };
    this.logger.event('warn', 'gap', { service: this.service, owner, stream, ...place });
  }

  readonly relay: RelayObserver = {
    sent: ({ lagMs }) => this.metrics.relayed(this.service, lagMs),
    failed: (error) => this.failed('relay', error),
  };

  readonly consumer: ConsumerObserver = {
    received: ({ channel, parked }) => {
      if (parked > 0)
        this.logger.event('error', 'unreadable messages', {
          service: this.service,
          channel,
          parked,
        });
    },
    failed: (error) => this.failed('consumer', error),
  };
}
