import { status } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import * as streams from '@eventstore/db-client/generated/streams_pb';

import type { EventStore, Page, StoredEvent } from './event-store';
import {
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  eventResponse,
  notLeaderError,
  rpcError,
  streamNameOf,
  streamNotFoundResponse,
  unavailableError,
} from './messages';
import type { Misbehaviour } from './misbehaviour';
import { leaderFor } from './server-state';
import type { ServerState } from './server-state';

type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Place = bigint | 'start' | 'end';

const PAGE_EVENTS = 32;

/** Reads and subscriptions are one method of the protocol; the request tells which it is. */
export const readHandler =
  (state: ServerState) =>
  (call: ReadCall): void => {
    const { store, misbehaviour } = state;
    const leader = leaderFor(state, call);
    if (leader) {
      call.emit('error', notLeaderError(leader.host, leader.port));
      return;
    }
    const options = call.request.getOptions() ?? new streams.ReadReq.Options();
    const from = placeOf(options);
    if (options.hasAll() && typeof from === 'bigint' && !store.isPosition(from)) {
      call.emit(
        'error',
        rpcError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.'),
      );
      return;
    }
    if (options.hasSubscription()) void subscribe(store, misbehaviour, call, options, from);
    else void answer(store, misbehaviour, call, options, from);
  };

async function answer(
  store: EventStore,
  misbehaviour: Misbehaviour,
  call: ReadCall,
  options: streams.ReadReq.Options,
  from: Place,
): Promise<void> {
  const page: Page = {
    direction:
      options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
        ? 'backwards'
        : 'forwards',
    limit: Number(options.getCount()),
  };
  const stream = streamNameOf(options.getStream());
  const events = options.hasAll()
    ? store.readAll(from, page)
    : store.readStream(stream, from, page);
  if (!events) await write(call, streamNotFoundResponse(stream));
  const shown = stream && misbehaviour.nextReadLags() ? events?.slice(0, -1) : events;
  for (const event of shown ?? []) {
    if (call.cancelled) return;
    await write(call, eventResponse(event));
  }
  call.end();
}

async function subscribe(
  store: EventStore,
  misbehaviour: Misbehaviour,
  call: ReadCall,
  options: streams.ReadReq.Options,
  from: Place,
): Promise<void> {
  let over = false;
  let wake = (): void => undefined;
  const stop = (how: () => void) => (): void => {
    if (over) return;
    over = true;
    how();
    wake();
  };
  const unregister = [
    misbehaviour.subscribed({
      drop: stop(() => call.emit('error', unavailableError())),
      end: stop(() => call.end()),
    }),
    store.onAppend(() => wake()),
  ];
  call.on(
    'cancelled',
    stop(() => call.end()),
  );

  await write(call, confirmationResponse());
  const cursor = options.hasAll()
    ? new AllCursor(store, options, from)
    : new StreamCursor(store, options, from);
  let live = false;
  while (!over) {
    // The promise is made before the look at the log, so that an append between the two wakes the wait.
    const appended = new Promise<void>((resolve) => (wake = resolve));
    const responses = cursor.next();
    for (const response of responses) {
      if (over) break;
      await write(call, response);
    }
    if (responses.length > 0 || cursor.moved) continue;
    if (!live) await write(call, caughtUpResponse());
    live = true;
    if (!over) await appended;
  }
  for (const leave of unregister) leave();
}

class AllCursor {
  moved = false;
  private considered = 0;
  private after: bigint;
  private readonly matches: (event: StoredEvent) => boolean;
  private readonly checkpointEvery: number;

  constructor(
    private readonly store: EventStore,
    options: streams.ReadReq.Options,
    from: Place,
  ) {
    this.after =
      typeof from === 'bigint' ? from : from === 'start' ? -1n : (lastOf(store)?.position ?? -1n);
    const filter = options.getFilter();
    this.matches = filter ? matcherOf(filter) : () => true;
    const window = filter?.hasMax() ? filter.getMax() : PAGE_EVENTS;
    this.checkpointEvery = filter ? window * filter.getCheckpointintervalmultiplier() : Infinity;
  }

  next(): streams.ReadResp[] {
    const page = this.store.readAll(this.after + 1n, { direction: 'forwards', limit: PAGE_EVENTS });
    const responses: streams.ReadResp[] = [];
    for (const event of page) {
      this.after = event.position;
      if (this.matches(event)) responses.push(eventResponse(event));
      if (++this.considered % this.checkpointEvery === 0)
        responses.push(checkpointResponse(event.position));
    }
    this.moved = page.length > 0;
    return responses;
  }
}

class StreamCursor {
  moved = false;
  private readonly stream: string;
  private after: bigint;

  constructor(
    private readonly store: EventStore,
    options: streams.ReadReq.Options,
    from: Place,
  ) {
    this.stream = streamNameOf(options.getStream());
    const last =
      store.readStream(this.stream, 'end', { direction: 'backwards', limit: 1 })?.[0]?.revision ??
      -1n;
    this.after = typeof from === 'bigint' ? from : from === 'start' ? -1n : last;
  }

  next(): streams.ReadResp[] {
    const page =
      this.store.readStream(this.stream, this.after + 1n, {
        direction: 'forwards',
        limit: PAGE_EVENTS,
      }) ?? [];
    this.after = page.at(-1)?.revision ?? this.after;
    this.moved = page.length > 0;
    return page.map(eventResponse);
  }
}

const lastOf = (store: EventStore): StoredEvent | undefined =>
  store.readAll('end', { direction: 'backwards', limit: 1 })[0];

function placeOf(options: streams.ReadReq.Options): Place {
  const all = options.getAll();
  const stream = options.getStream();
  if (all?.hasPosition()) return BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  if (stream?.hasRevision()) return BigInt(stream.getRevision());
  return all?.hasEnd() || stream?.hasEnd() ? 'end' : 'start';
}

function matcherOf(filter: streams.ReadReq.Options.FilterOptions): (event: StoredEvent) => boolean {
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const subject = filter.hasStreamIdentifier() ? 'stream' : 'type';
  const prefixes = expression?.getPrefixList() ?? [];
  if (prefixes.length > 0)
    return (event) => prefixes.some((prefix) => event[subject].startsWith(prefix));
  const regex = new RegExp(expression?.getRegex() ?? '');
  return (event) => regex.test(event[subject]);
}

/** Waits for the reader, so that a slow one is not buffered here. */
function write(call: ReadCall, response: streams.ReadResp): Promise<void> {
  return new Promise((resolve) => {
    if (call.cancelled || call.writableEnded || call.write(response)) return resolve();
    const done = (): void => {
      for (const event of ['drain', 'close', 'cancelled', 'error']) call.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'cancelled', 'error']) call.once(event, done);
  });
}
