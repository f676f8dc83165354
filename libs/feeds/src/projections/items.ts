import { CodedError } from '@tributary/kernel';
import { eventAt, type Feed, type FeedEvent } from '../feed';
import type { LooseRows, Prepared, Projection } from './projection';

/** An event on its way into the tables of a projection. */
export interface Item {
  readonly stream: string;
  readonly position: bigint;
  /** Why its rows cannot be had or written. */
  failure: { readonly error: unknown } | undefined;
  /** Computed when they are folded and then dropped: thousands of items wait for one commit. */
  rows(): LooseRows;
  /** The whole event, which only a parked one needs. */
  event(): Promise<FeedEvent>;
}

/** One that came as a whole event. */
export class WholeItem implements Item {
  failure: Item['failure'] = undefined;

  constructor(
    private readonly whole: FeedEvent,
    private readonly projection: Projection,
  ) {}

  get stream(): string {
    return this.whole.stream;
  }

  get position(): bigint {
    return this.whole.position;
  }

  rows(): LooseRows {
    return this.projection.rowsOf(this.whole);
  }

  event(): Promise<FeedEvent> {
    return Promise.resolve(this.whole);
  }
}

/** One of which only the declared fields were read. */
export class PreparedItem implements Item {
  failure: Item['failure'] = undefined;

  constructor(
    private readonly prepared: Prepared,
    private readonly feed: Feed,
  ) {}

  get stream(): string {
    return this.prepared.stream;
  }

  get position(): bigint {
    return this.prepared.position;
  }

  rows(): LooseRows {
    return this.prepared.rows();
  }

  async event(): Promise<FeedEvent> {
    const { stream, position } = this.prepared;
    const found = await eventAt(this.feed, stream, position);
    if (found) return found;
    throw new CodedError('event_not_found', `${stream} has no event at ${position}.`, {
      stream,
      position,
    });
  }
}
