import { Injectable } from '@nestjs/common';
import type { Instant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { Change, Changed, ChangedLeg } from '../domain/difference';
import { LEG, type LegRow, legOf } from './entries.queries';
import { type LegFilter, conditionsOf, dated, endFor, legsOf } from './legs';
import { knownAtEach } from './moments';
import { Parameters } from './sql';
import type { Standpoint } from './standpoints';

/** Two points from where the same books are looked at. */
export interface Between {
  readonly from: Standpoint;
  readonly to: Standpoint;
}

/** Answered from the legs themselves, without their events and months. */
export type DifferenceFilter = Pick<
  LegFilter,
  'account' | 'asset' | 'bank' | 'country' | 'entity' | 'partner' | 'plan' | 'programme'
>;

/** An event, with those of its legs that only one of the points shows. */
export interface ChangedEntry extends Pick<
  ChangedLeg,
  | 'causationId'
  | 'change'
  | 'correlationId'
  | 'eventId'
  | 'occurredAt'
  | 'position'
  | 'recordedAt'
  | 'stream'
  | 'type'
> {
  readonly knownAt: Instant;
  readonly legs: readonly Omit<ChangedLeg, keyof Omit<ChangedEntry, 'knownAt' | 'legs'>>[];
}

interface ChangedRow extends LegRow {
  readonly change: Change;
}

/** What happened long ago is sorted into the order of the log anew for each batch, so that these are large. */
const BATCH = 10_000;
const END_OF_TIME = 'infinity';

@Injectable()
export class Differences {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** What the legs add up to, account by account. */
  async changed(between: Between, filter: DifferenceFilter): Promise<Changed[]> {
    const sql = new Parameters();
    const { rows } = await this.runtime.database.pool.query<
      Omit<Changed, 'effect'> & { readonly effect: string }
    >(
      `select entity, asset, account, count(*)::int as legs,
         sum(case change when 'added' then debit - credit else credit - debit end)::text as effect
       from ${changedLegsOf(between, filter, sql)} l group by 1, 2, 3`,
      sql.values,
    );
    return rows.map((row) => ({ ...row, effect: BigInt(row.effect) }));
  }

  /** Events in the order of the log; `last` is where the next page goes on. */
  async page(
    between: Between,
    filter: DifferenceFilter,
    { limit, after }: { readonly limit: number; readonly after: string },
  ): Promise<{ readonly items: ChangedEntry[]; readonly last: string | undefined }> {
    const sql = new Parameters();
    const legs = changedLegsOf(between, filter, sql);
    const { rows } = await this.runtime.database.pool.query<{ position: string }>(
      `select distinct position from ${legs} l where position > ${sql.bind(after, 'bigint')}
       order by position limit ${sql.bind(limit + 1, 'int')}`,
      sql.values,
    );
    const positions = rows.slice(0, limit).map(({ position }) => position);
    const items = await this.entriesAt(between, filter, positions);
    return { items, last: rows.length > limit ? positions.at(-1) : undefined };
  }

  /** All of them, in the order of the log, however many. */
  async *legs(
    between: Between,
    filter: DifferenceFilter,
  ): AsyncGenerator<ChangedLeg, void, undefined> {
    let after: readonly [position: string, n: string] = ['0', '0'];
    for (;;) {
      const sql = new Parameters();
      const [position, n] = [sql.bind(after[0], 'bigint'), sql.bind(after[1], 'int')];
      const legs = changedLegsOf(between, filter, sql);
      const rows = await this.datedRows(
        between,
        `select l.* from ${legs} l where (l.position, l.n) > (${position}, ${n})
         order by l.position, l.n limit ${sql.bind(BATCH, 'int')}`,
        sql,
      );
      for (const row of rows) yield changedLegOf(row);
      const last = rows.at(-1);
      if (rows.length < BATCH || !last) return;
      after = [last.position, String(last.n)];
    }
  }

  private async entriesAt(
    between: Between,
    filter: DifferenceFilter,
    positions: readonly string[],
  ): Promise<ChangedEntry[]> {
    const sql = new Parameters();
    const legs = changedLegsOf(between, filter, sql);
    const wanted = sql.bind(positions, 'bigint[]');
    const [rows, knownAt] = await Promise.all([
      this.datedRows(between, `select l.* from ${legs} l where l.position = any(${wanted})`, sql),
      knownAtEach(this.runtime.database, positions),
    ]);
    const found = new Map<string, ChangedEntry>();
    for (const row of rows) {
      const { position, eventId, stream, type, occurredAt, recordedAt, ...rest } =
        changedLegOf(row);
      const { causationId, correlationId, change, ...leg } = rest;
      const event = { position, eventId, stream, type, occurredAt, recordedAt };
      const origin = { causationId, correlationId, change };
      const { legs: others = [] } = found.get(`${position} ${change}`) ?? {};
      const known = knownAt.get(position) ?? recordedAt;
      const entry = { ...event, knownAt: known, ...origin, legs: [...others, leg] };
      found.set(`${position} ${change}`, entry);
    }
    return [...found.values()];
  }

  /** With the month of each leg, as whoever has read further knows it. */
  private async datedRows(
    { from, to }: Between,
    legs: string,
    sql: Parameters,
  ): Promise<ChangedRow[]> {
    const later = from.position > to.position ? from : to;
    const { rows } = await this.runtime.database.pool.query<ChangedRow>(
      `select ${LEG}, l.change from ${dated(later, `(${legs})`, sql)} l order by l.position, l.n`,
      sql.values,
    );
    return rows;
  }
}

const changedLegOf = ({ change, ...row }: ChangedRow): ChangedLeg => ({ ...legOf(row), change });

/**
 * A subquery of the legs that only one of two points shows. Either the log of one of them ends before the leg, or both know it and
 * its time lies between their days: two ranges that an index has each.
 */
function changedLegsOf({ from, to }: Between, filter: DifferenceFilter, sql: Parameters): string {
  const isForward = from.position <= to.position;
  const [earlier, later] = isForward ? [from, to] : [to, from];
  const { entity, account, asset, partner, programme, plan, country, bank } = filter;
  const wanted = { entity, account, asset, partner, programme, plan, country, bank };
  const learnt = `select l.*, ${sql.bind(isForward ? 'added' : 'removed')} as change
    from ${legsOf(later, wanted, sql)} l where l.position > ${sql.bind(String(earlier.position), 'bigint')}`;
  // Plain bounds, so that each part is found in an index; books whose days end alike are one.
  const happened = boundsOf({ from, to }).map(({ entities, starts, ends, change }) => {
    const conditions = [
      ...conditionsOf(earlier, wanted, sql),
      `l.entity = any(${sql.bind(entities, 'text[]')})`,
      `l.occurred_at >= ${sql.bind(starts, 'timestamptz')}`,
      `l.occurred_at < ${sql.bind(ends, 'timestamptz')}`,
    ];
    return `select l.*, ${sql.bind(change)} as change from leg l where ${conditions.join(' and ')}`;
  });
  return `(${[learnt, ...happened].join(' union all ')})`;
}

interface Bounds {
  readonly entities: readonly string[];
  readonly starts: string;
  readonly ends: string;
  readonly change: Change;
}

/** The time between the two days, each as its own point counts it. */
function boundsOf({ from, to }: Between): Bounds[] {
  const zones = new Map(from.books.map(({ entity, zone }) => [entity, zone]));
  const bounds = new Map<string, Bounds>();
  for (const { entity, zone } of to.books) {
    const start = endFor(from, zones.get(entity) ?? zone) ?? END_OF_TIME;
    const end = endFor(to, zone) ?? END_OF_TIME;
    if (start === end) continue;
    const entities = [...(bounds.get(`${start} ${end}`)?.entities ?? []), entity];
    const between = isBefore(start, end)
      ? ({ starts: start, ends: end, change: 'added' } as const)
      : ({ starts: end, ends: start, change: 'removed' } as const);
    bounds.set(`${start} ${end}`, { entities, ...between });
  }
  return [...bounds.values()];
}

const isBefore = (one: string, other: string): boolean =>
  one !== END_OF_TIME && (other === END_OF_TIME || one < other);
