import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { postingData } from '../fixtures';

/** A well-known event store on Postgres for the same runtime, as its documentation sets it up. */
export class Emmett {
  private constructor(
    private readonly url: string,
    private readonly store: PostgresEventStore,
  ) {}

  static async open(url: string): Promise<Emmett> {
    const int8 = pg.types.getTypeParser(20);
    const { getPostgreSQLEventStore } = await import('@event-driven-io/emmett-postgresql');
    // Loading it changes how every other client of this process reads int8; what we measure beside it must not notice.
    pg.types.setTypeParser(20, int8);
    const store = getPostgreSQLEventStore(url);
    await store.schema.migrate();
    return new Emmett(url, store);
  }

  async append(stream: string, i: number): Promise<void> {
    const event = {
      type: 'CommissionPosted' as const,
      data: postingData(i),
      kind: 'Event' as const,
    };
    await this.store.appendToStream(stream, [event], {
      expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
    });
  }

  async appendMany(stream: string, from: number, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, k) => ({
      type: 'CommissionPosted' as const,
      data: postingData(from + k),
      kind: 'Event' as const,
    }));
    await this.store.appendToStream(stream, events);
  }

  /** Consumes up to `count` events with a handler that does nothing, tuned as well as its options allow. */
  async consume(count: number): Promise<void> {
    let seen = 0;
    const consumer = this.store.consumer({ pulling: { batchSize: 1000, pullingFrequencyInMs: 1 } });
    await new Promise<void>((resolve, reject) => {
      consumer.reactor({
        processorId: `bench-${Math.random().toString(36).slice(2)}`,
        startFrom: 'BEGINNING',
        eachMessage: () => {
          seen += 1;
          if (seen === count) resolve();
          return Promise.resolve();
        },
      });
      consumer.start().catch(reject);
    });
    // Consumers of one url share a pool, which `close` would end for the next one too.
    await consumer.stop();
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
