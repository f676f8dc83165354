import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { IntakeTable, type Running } from '@tributary/feeds';
import { invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { Ingestion } from './ingestion';
import { type TakeItems, type UpstreamObserver, startUpstreamTopics } from './upstream-topics';

/** Under which the module hands in how a batch is checked, so that both ways in check alike. */
export const TAKE_BATCH = Symbol('how a batch of facts is taken');

export type TakeBatch = (
  values: readonly unknown[],
  ingestion: Ingestion,
  sender: Parameters<TakeItems>[1],
  instance: string,
) => ReturnType<TakeItems>;

/** Takes facts from the topics of UPSTREAM_TOPICS as long as the service follows its feeds. */
@Injectable()
export class UpstreamIntake implements OnApplicationBootstrap {
  private running: Running | undefined;

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly ingestion: Ingestion,
    @Inject(TAKE_BATCH) private readonly takeBatch: TakeBatch,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { process, database } = this.runtime;
    const { UPSTREAM_TOPICS: topics } = process.settings;
    if (topics === undefined) return;
    const { broker } = process;
    invariant(broker, 'the settings were checked');
    this.running = startUpstreamTopics({
      topics,
      broker,
      store: new IntakeTable(database),
      take: (values, sender, instance) => this.takeBatch(values, this.ingestion, sender, instance),
      observer: this.observer(),
    });
    const stop = async () => await this.running?.stop();
    await process.moveIn({
      name: 'upstream topics',
      get connectionsInUse() {
        return database.connectionsInUse;
      },
      stopFollowing: stop,
      close: stop,
    });
  }

  /** Places and codes; what a sender wrote never reaches the log. */
  private observer(): UpstreamObserver {
    const { name: service, process } = this.runtime;
    const { logger, metrics } = process;
    return {
      refused: (channel, { offset, code }) => {
        const facts = { service, channel, offset: String(offset), code };
        logger.event('warn', 'upstream message refused', facts);
      },
      counted: (outcomes) => {
        for (const [outcome, count] of outcomes) metrics.upstreamMessages(service, outcome, count);
      },
      lag: (messages) => metrics.feedLag(service, 'upstream', messages),
      failed: (error) => {
        metrics.feedFailed(service, 'upstream');
        logger.failure('tried again', error, { service, part: 'upstream' });
      },
    };
  }
}
