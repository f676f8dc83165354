import type { Owner } from '@tributary/contracts';
import { CodedError, type JsonObject, type Recorded } from '@tributary/kernel';
import type { Feed, FeedEvent } from '../feed';
import { keyedTable } from '../projections/keyed-table';
import {
  assertNames,
  type LooseRows,
  type Prepared,
  type Projection,
} from '../projections/projection';

/** What a service tells the others: pure, one stored event in, at most one published event out. */
export interface Publication {
  readonly owner: Owner;
  /** Raised whenever a type is made public later, or another shape is told; consumers that have read on are not disturbed. */
  readonly version: number;
  /** The stored events of which any may be published. */
  readonly types: readonly string[];
  publish(event: Recorded): { readonly type: string; readonly data: object } | undefined;
}

export const PUBLISHED = 'published';

const table = keyedTable({
  key: { position: 'bigint' },
  sets: {
    id: 'text',
    type: 'text',
    stream: 'text',
    revision: 'bigint',
    tenant: 'text',
    occurred_at: 'text',
    recorded_at: 'text',
    correlation_id: 'text',
    causation_id: 'text?',
    trace_parent: 'text?',
    data: 'json',
  },
  indexes: ['unique (stream, revision)'],
  writtenOnce: true,
});

/**
 * `published` is a projection like any other, except that it reads whole events, and that it stands still at an event that it
 * cannot tell: a row that came late would be overlooked by everyone who has read past its position.
 */
export function publishing(publication: Publication): Projection {
  const { owner, version, types } = publication;
  assertNames(PUBLISHED, version, { [PUBLISHED]: table });

  const rowsOf = (event: FeedEvent): LooseRows => {
    // The feed of a publication is the log, whose events are whole.
    const told = publication.publish(event as Recorded);
    return told === undefined
      ? {}
      : { [PUBLISHED]: [rowOf(owner, event, told.type, told.data as JsonObject)] };
  };

  async function* replay(
    feed: Feed,
    after: bigint,
    through: bigint,
  ): AsyncGenerator<readonly Prepared[]> {
    for await (const batch of feed.readAll(after, types)) {
      yield batch.events
        .filter(({ position }) => position <= through)
        .map((event) => ({
          position: event.position,
          stream: event.stream,
          type: event.type,
          rows: () => rowsOf(event),
        }));
      if (batch.through >= through) return;
    }
  }

  const declaration = JSON.stringify({ owner, types, table });
  return {
    name: PUBLISHED,
    version,
    tables: { [PUBLISHED]: table },
    types,
    declaration,
    onPoison: 'halt',
    rowsOf,
    replay,
  };
}

function rowOf(owner: Owner, event: FeedEvent, type: string, data: JsonObject): object {
  if (!type.startsWith(`${owner}.`) || !/\.v[1-9][0-9]*$/.test(type)) {
    throw new CodedError(
      'invalid_published_type',
      `${owner} cannot publish ${type}: it is not <owner>.<event>.v<n>.`,
      { owner, type },
    );
  }
  return {
    position: event.position,
    id: event.id,
    type,
    stream: event.stream,
    revision: event.revision,
    tenant: event.tenant,
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    correlation_id: event.correlationId,
    causation_id: event.causationId,
    trace_parent: event.traceParent,
    data,
  };
}
