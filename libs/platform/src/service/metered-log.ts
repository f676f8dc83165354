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
      const outcome = hasCode(error, 'revision_conflict', 'command_mismatch')
        ? 'conflict'
        : 'failed';
      this.metrics.appended(this.service, outcome, performance.now() - start);
      throw error;
    }
  }

  async appendMany(
    appends: readonly StreamAppend[],
  ): Promise<readonly PromiseSettledResult<Appended>[]> {
    const start = performance.now();
    const verdicts = await this.log.appendMany(appends);
    this.metrics.appended(this.service, 'stored', performance.now() - start);
    return verdicts;
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
