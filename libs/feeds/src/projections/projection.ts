import { CodedError } from '@tributary/kernel';
import type { Feed, FeedEvent, FeedRow } from '../feed';
import { type EventFields, FieldReader, type Picked } from './fields';
import type { KeyedTable, TableOf } from './keyed-table';

export type Tables = Readonly<Record<string, KeyedTable>>;

/** What one event contributes, per table. */
export type RowsOf<T extends Tables> = {
  readonly [N in keyof T]?: T[N] extends TableOf<infer R> ? readonly R[] : never;
};

export interface ProjectionDeclaration<E extends EventFields, T extends Tables> {
  readonly name: string;
  /** Raised whenever events, tables or arithmetic change: the new version is filled beside the old one, then readers are switched. */
  readonly version: number;
  readonly events: E;
  /** By name; readers use a view of that name over the live version. */
  readonly tables: T;
  /** Pure arithmetic on declared fields. */
  rows(event: Picked<E>): RowsOf<T>;
}

export type LooseRows = Readonly<Record<string, readonly object[]>>;

/** One event's rows, computed when asked, so that a failure is attributed to the event. */
export interface Prepared {
  readonly position: bigint;
  readonly stream: string;
  readonly type: string;
  rows(): LooseRows;
}

/** A rebuild makes one for every event of the log, so it is one object and no closure. */
class Extracted implements Prepared {
  constructor(
    private readonly row: FeedRow,
    private readonly rowsOf: (row: FeedRow) => LooseRows,
  ) {}

  get position(): bigint {
    return this.row.position;
  }

  get stream(): string {
    return this.row.stream;
  }

  get type(): string {
    return this.row.type;
  }

  rows(): LooseRows {
    return this.rowsOf(this.row);
  }
}

/** What turns a feed into rows: the live path event by event, a rebuild from what the store extracts. */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly tables: Tables;
  readonly types: readonly string[];
  /** Compared at start: who changes it has to raise the version. */
  readonly declaration: string;
  /** Park the stream, or stand still where a late row would be overlooked by those who have read past it. */
  readonly onPoison: 'halt' | 'park';
  rowsOf(event: FeedEvent): LooseRows;
  replay(feed: Feed, after: bigint, through: bigint): AsyncIterable<readonly Prepared[]>;
}

const NAME = /^[a-z][a-z0-9_]{0,40}$/;

export function projection<const E extends EventFields, const T extends Tables>(
  declared: ProjectionDeclaration<E, T>,
): Projection {
  const { name, version, events, tables } = declared;
  const reader = new FieldReader(events);
  // The compiler has checked the declaration against `rows`; from here on fields are looked up by name.
  const rows = (picked: unknown): LooseRows => declared.rows(picked as Picked<E>) as LooseRows;
  const rowsOfRow = ({ type, position, values }: FeedRow) =>
    rows(reader.fromRow(type, position, values));
  assertNames(name, version, tables);

  async function* replay(
    feed: Feed,
    after: bigint,
    through: bigint,
  ): AsyncGenerator<readonly Prepared[]> {
    for await (const found of feed.readFields(after, reader.fields, through)) {
      yield found.map((row) => new Extracted(row, rowsOfRow));
    }
  }

  return {
    name,
    version,
    tables,
    types: Object.keys(events),
    declaration: JSON.stringify({ events, tables }),
    onPoison: 'park',
    rowsOf: (event) => {
      const picked = reader.pick(event);
      return picked === undefined ? {} : rows(picked);
    },
    replay,
  };
}

export function assertNames(name: string, version: number, tables: Tables): void {
  const wrong = [name, ...Object.keys(tables)].find((each) => !NAME.test(each));
  if (wrong === undefined && Number.isSafeInteger(version) && version > 0) return;
  throw new CodedError(
    'invalid_projection',
    `Not a projection: ${name}, version ${version}, see "${wrong ?? 'version'}".`,
    {
      name,
      version,
    },
  );
}

/** Its subscription: each version follows the feed on its own, so an old one stays usable while a new one is filled. */
export const subscriptionOf = ({ name, version }: Pick<Projection, 'name' | 'version'>): string =>
  `${name}_v${version}`;

export const versioned = (table: string, version: number): string => `${table}_v${version}`;
