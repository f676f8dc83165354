import type { Metadata } from '@grpc/grpc-js';

import type { EventStore } from './event-store';
import type { Misbehaviour } from './misbehaviour';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What the services of one node share. */
export interface ServerState {
  readonly store: EventStore;
  readonly misbehaviour: Misbehaviour;
  readonly maxAppendBytes: number;
  /** Where a conflict of an append in a call of its own is told. */
  readonly conflictsIn: 'response' | 'trailers';
  /** Another node, when this one is a follower. */
  readonly leader: Endpoint | undefined;
}

export interface Call {
  readonly metadata: Metadata;
}

/** Followers serve everybody, and send on only those who insist on the leader. */
export const leaderFor = ({ leader }: ServerState, { metadata }: Call): Endpoint | undefined =>
  metadata.get('requires-leader')[0] === 'true' ? leader : undefined;
