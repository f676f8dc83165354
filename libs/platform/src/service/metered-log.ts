import type {
  Batch,
  EventLog,
  FieldRow,
  Fields,
  Filter,
  Position,
  Subscription,
} from '@tributary/event-log';
import {
  type Appended,
  type Expected,
  type PreparedEvent,
  type Recorded,
  type StreamAppend,
  type StreamName,
  hasCode,
} from '@tributary/kernel';
import type { Metrics } from '../http/metrics';

/** The log as one service sees it, with its appends timed. */
export class MeteredLog implements EventLog {
  constructor(
    private readonly log: EventLog,
    private readonly service: string,
    private readonly metrics: Metrics,
  ) {}

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
  ): Promise<Appended> {
    const start = performance.now();
    try {
      const appended = await this.log.append(stream, expected, events);
      this.metrics.appended(this.service, 'stored', performance.now() - start);
      return appended;
    } catch (error) {
      this.metrics.appended(this.service, refusedAs(error), performance.now() - start);
      throw error;
    }
  }

  /** A caller waits once for all of them. That streams have gone on meanwhile is the ordinary lot of some. */
  async appendMany(
    appends: readonly StreamAppend[],
  ): Promise<readonly PromiseSettledResult<Appended>[]> {
    const start = performance.now();
    const [asked] = await Promise.allSettled([this.log.appendMany(appends)]);
    const verdicts = asked.status === 'fulfilled' ? asked.value : [asked];
    const hasFailed = verdicts.some(
      (verdict) => verdict.status === 'rejected' && refusedAs(verdict.reason) === 'failed',
    );
    this.metrics.appended(this.service, hasFailed ? 'failed' : 'stored', performance.now() - start);
    if (asked.status === 'rejected') throw asked.reason;
    return asked.value;
  }

  read(stream: StreamName, from?: bigint, through?: bigint): AsyncIterable<Recorded> {
    return this.log.read(stream, from, through);
  }

  readAll(after: Position, filter?: Filter): AsyncIterable<Batch> {
    return this.log.readAll(after, filter);
  }

  readFields(
    after: Position,
    fields: Fields,
    through?: Position,
  ): AsyncIterable<readonly FieldRow[]> {
    return this.log.readFields(after, fields, through);
  }

  subscribe(after: Position, filter?: Filter): Subscription {
    return this.log.subscribe(after, filter);
  }

  head(): Promise<Position> {
    return this.log.head();
  }

  /** The process closes the log, which it shares among its services. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const refusedAs = (error: unknown): 'conflict' | 'failed' =>
  hasCode(error, 'revision_conflict', 'command_mismatch') ? 'conflict' : 'failed';
