import { Injectable } from '@nestjs/common';
import { type Instant, isInstant } from '@tributary/kernel';
import { POSITION, ServiceRuntime } from '@tributary/platform';
import type { JournalLeg } from '../domain/journal';
import { type Sums, sumsOf } from './balances.queries';
import { cursorOf, readCursor } from './cursor';
import { type LegFilter, dated, legsOf, needsEvents } from './legs';
import { knownAtEach } from './moments';
import { Parameters, instantText } from './sql';
import type { Standpoint } from './standpoints';

export interface LegRow extends Omit<JournalLeg, 'credit' | 'debit' | 'position'> {
  readonly position: string;
  readonly debit: string;
  readonly credit: string;
}

export const LEG = `l.position, l.n, l.event_id as "eventId", l.stream, l.type, ${instantText('l.occurred_at')} as "occurredAt",
  ${instantText('l.recorded_at')} as "recordedAt", l.causation_id as "causationId", l.correlation_id as "correlationId",
  l.period, l.earned_in as "earnedIn", l.account, l.debit, l.credit, l.asset, l.entity, l.programme, l.partner, l.plan, l.country, l.bank`;

export const legOf = ({ position, debit, credit, ...row }: LegRow): JournalLeg => ({
  ...row,
  position: BigInt(position),
  debit: BigInt(debit),
  credit: BigInt(credit),
});

/** An entry of the log: the event and all its legs, and since when we knew it. */
export interface Entry extends Pick<
  JournalLeg,
  | 'causationId'
  | 'correlationId'
  | 'eventId'
  | 'occurredAt'
  | 'position'
  | 'recordedAt'
  | 'stream'
  | 'type'
> {
  readonly knownAt: Instant;
  readonly legs: readonly Omit<JournalLeg, keyof Omit<Entry, 'knownAt' | 'legs'>>[];
}

export interface PageAsked {
  readonly limit: number;
  readonly after?: string | undefined;
}

const BATCH = 2_000;
/** Of a leg in its entry, which holds far fewer. */
const PLACE = /^(?:0|[1-9]\d{0,8})$/;

/** `order`: as the log has them, or as things happened. */
const ORDERS = {
  log: { keys: ['position', 'n'], types: ['bigint', 'int'] },
  time: { keys: ['occurred_at', 'position', 'n'], types: ['timestamptz', 'bigint', 'int'] },
} as const;
export type Order = keyof typeof ORDERS;

@Injectable()
export class Entries {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Whole entries of which any leg is asked for, in the order of the log. */
  async page(
    standpoint: Standpoint,
    filter: LegFilter,
    { limit, after }: PageAsked,
  ): Promise<{ readonly items: Entry[]; readonly next: string | null }> {
    const beyond = after === undefined ? '0' : (readCursor(after, [POSITION]).keys[0] ?? '0');
    const sql = new Parameters();
    const wanted = legsOf(standpoint, filter, sql);
    const { rows: found } = await this.runtime.database.pool.query<{ position: string }>(
      `select distinct position from ${wanted} l where position > ${sql.bind(beyond, 'bigint')}
       order by position limit ${sql.bind(limit + 1, 'int')}`,
      sql.values,
    );
    const positions = found.slice(0, limit).map(({ position }) => position);
    const items = await this.entriesAt(standpoint, positions);
    const last = found.length > limit ? positions.at(-1) : undefined;
    const next =
      last === undefined ? null : cursorOf({ position: standpoint.position, keys: [last] });
    return { items, next };
  }

  /** Legs, however many, read batch by batch: rows are only ever added, and none below the standpoint. */
  async *legs(
    standpoint: Standpoint,
    filter: LegFilter,
    order: Order,
    after: readonly string[] = [],
    limit = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<JournalLeg, void, undefined> {
    const { keys, types } = ORDERS[order];
    let last = after;
    for (let left = limit; left > 0;) {
      const sql = new Parameters();
      const columns = keys.map((key) => `l.${key}`).join(', ');
      const size = Math.min(BATCH, left);
      const page = (legs: string) => {
        const beyond = last.map((key, i) => sql.bind(key, types[i])).join(', ');
        return `select l.* from ${legs} l ${last.length > 0 ? `where (${columns}) > (${beyond})` : ''}
          order by ${columns} limit ${sql.bind(size, 'int')}`;
      };
      const legs = legsOf(standpoint, filter, sql);
      // A page is cut from the index before its months are found, unless it is asked for by what only its events tell.
      const found = needsEvents(filter) ? page(legs) : dated(standpoint, `(${page(legs)})`, sql);
      const { rows } = await this.runtime.database.pool.query<LegRow>(
        `select ${LEG} from (${found}) l order by ${columns}`,
        sql.values,
      );
      for (const row of rows) yield legOf(row);
      const end = rows.at(-1);
      if (rows.length < size || !end) return;
      last = placeOf(order, end);
      left -= rows.length;
    }
  }

  /** What stands on the legs asked for that come before a place in time; everything, where none is named. */
  async total(
    standpoint: Standpoint,
    filter: LegFilter,
    before?: readonly string[],
  ): Promise<Sums> {
    const sql = new Parameters();
    const legs = legsOf(standpoint, filter, sql);
    const { keys, types } = ORDERS.time;
    const place = before?.map((key, i) => sql.bind(key, types[i])).join(', ');
    const { rows } = await this.runtime.database.pool.query<{ debit: string; credit: string }>(
      `select coalesce(sum(debit), 0)::text as debit, coalesce(sum(credit), 0)::text as credit from ${legs} l
       ${place === undefined ? '' : `where (${keys.map((key) => `l.${key}`).join(', ')}) <= (${place})`}`,
      sql.values,
    );
    return sumsOf(rows[0] ?? { debit: '0', credit: '0' });
  }

  private async entriesAt(standpoint: Standpoint, positions: readonly string[]): Promise<Entry[]> {
    if (positions.length === 0) return [];
    const sql = new Parameters();
    const legs = legsOf({ ...standpoint, effective: null }, { dated: true }, sql);
    const { rows } = await this.runtime.database.pool.query<LegRow>(
      `select ${LEG} from ${legs} l where l.position = any(${sql.bind(positions, 'bigint[]')}) order by l.position, l.n`,
      sql.values,
    );
    const knownAt = await knownAtEach(this.runtime.database, positions);
    const entries = new Map<bigint, Entry>();
    for (const row of rows) {
      const { position, eventId, stream, type, occurredAt, recordedAt, ...rest } = legOf(row);
      const { causationId, correlationId, ...leg } = rest;
      const event = {
        position,
        eventId,
        stream,
        type,
        occurredAt,
        recordedAt,
        causationId,
        correlationId,
      };
      const { legs: others = [] } = entries.get(position) ?? {};
      const known = knownAt.get(position) ?? recordedAt;
      entries.set(position, { ...event, knownAt: known, legs: [...others, leg] });
    }
    return [...entries.values()];
  }
}

const placeOf = (
  order: Order,
  row: Pick<LegRow, 'n' | 'occurredAt'> & { readonly position: bigint | string },
) =>
  order === 'log'
    ? [String(row.position), String(row.n)]
    : [row.occurredAt, String(row.position), String(row.n)];

export const timeCursorOf = (standpoint: Standpoint, leg: JournalLeg): string =>
  cursorOf({ position: standpoint.position, keys: placeOf('time', leg) });

export const readTimeCursor = (after: string): readonly string[] =>
  readCursor(after, [isInstant, POSITION, PLACE]).keys;
