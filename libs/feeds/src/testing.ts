/// <reference types="jest" />
import { instant, type JsonObject, parseStreamName, tenantOf, uuidV5 } from '@tributary/kernel';
import type { FeedEvent } from './feed';
import { Fold } from './projections/fold';
import type { KeyedTable } from './projections/keyed-table';
import type { Projection } from './projections/projection';
import { type Follow, followUps, type Reaction } from './reactions/reaction';

/** An event as a test states it. */
export interface Happened {
  readonly type: string;
  readonly data: object;
  readonly stream?: string;
  readonly occurredAt?: string;
  readonly correlationId?: string;
}

/** Events as a feed would bring them: positions and revisions counted, ids derived from the place. */
export function happened(...facts: readonly Happened[]): FeedEvent[] {
  const revisions = new Map<string, bigint>();
  return facts.map(
    (
      {
        type,
        data,
        stream = 'subject-acme.1',
        occurredAt = '2026-01-01T00:00:00.000Z',
        correlationId = 'c1',
      },
      i,
    ) => {
      const revision = (revisions.get(stream) ?? -1n) + 1n;
      revisions.set(stream, revision);
      const name = parseStreamName(stream);
      return {
        id: uuidV5('happened', stream, String(revision)),
        type,
        data: data as JsonObject,
        stream: name,
        revision,
        position: BigInt(i + 1),
        tenant: tenantOf(name),
        occurredAt: instant(occurredAt),
        recordedAt: instant(occurredAt),
        correlationId,
        causationId: null,
        traceParent: null,
      };
    },
  );
}

/** Given events, then the rows of a table, by the same picking and folding as live and rebuild. */
export function projectionSpec(projection: Projection) {
  return {
    given: (...facts: readonly Happened[]) => ({
      then(table: string, rows: readonly object[]): void {
        expect(rowsAfter(projection, table, happened(...facts))).toEqual(rows);
      },
      thenFails(code: string): void {
        const apply = () => happened(...facts).map((event) => projection.rowsOf(event));
        expect(apply).toThrow(expect.objectContaining({ code }) as Error);
      },
    }),
  };
}

export function rowsAfter(
  projection: Projection,
  table: string,
  events: readonly FeedEvent[],
): object[] {
  const spec = projection.tables[table] as KeyedTable;
  const fold = new Fold(spec);
  for (const event of events)
    for (const row of projection.rowsOf(event)[table] ?? []) fold.add(row);
  return [...fold.rows()]
    .filter(({ mode }) => mode !== 'remove')
    .map(({ values }) =>
      Object.fromEntries(
        spec.columns.map(({ name, rule }, i) => [name, values[i] ?? (rule === 'adds' ? 0n : null)]),
      ),
    );
}

/** Given events, then the commands that follow from the last of them. */
export function reactionSpec<C>(reaction: Pick<Reaction<C>, 'name' | 'on' | 'target'>) {
  return {
    given: (...facts: readonly Happened[]) => ({
      async then(...commands: readonly C[]): Promise<void> {
        expect(
          (await followsFrom(reaction, happened(...facts))).map(({ command }) => command),
        ).toEqual(commands);
      },
      thenNothing: async () => expect(await followsFrom(reaction, happened(...facts))).toEqual([]),
    }),
  };
}

async function followsFrom<C>(
  reaction: Pick<Reaction<C>, 'name' | 'on' | 'target'>,
  events: readonly FeedEvent[],
): Promise<Follow<C>[]> {
  const last = events[events.length - 1];
  if (!last) return [];
  return followUps(reaction, last, (await reaction.on[last.type]?.(last)) ?? []);
}
