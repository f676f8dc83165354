import { Inject, Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Day, type Instant, type PeriodKey, instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import {
  type BookMonth,
  type Closed,
  type Cut,
  DEFAULT_ZONE,
  type Kind,
  closedOf,
  monthsOf,
} from '../domain/books';
import { journal } from './journal.projection';
import { known } from './known.projection';
import { knownAt } from './moments';
import { instantText } from './sql';

/** From where the books are looked at: entries that happened by the end of a day, as far as the log is read. */
export interface Asked {
  readonly tenant: string;
  readonly effective?: Day | undefined;
  readonly position?: bigint | undefined;
  /** The moment that the position was found for. */
  readonly known?: Instant | null | undefined;
}

/** The books of one entity, with what a reader needs to tell days and months. */
export interface Book {
  readonly entity: string;
  readonly zone: string;
  readonly months: readonly BookMonth[];
  readonly closed: readonly Closed[];
}

export interface Standpoint {
  readonly tenant: string;
  readonly effective: Day | null;
  /** As it was asked, else when the last event was recorded that is taken into account; null before the first. */
  readonly known: Instant | null;
  readonly position: bigint;
  readonly books: readonly Book[];
  /** Streams whose entries the journal could not read, and waits for a person to see to: anything but none is an alarm. */
  readonly parked: number;
}

interface CutRow {
  readonly entity: string;
  readonly kind: Kind;
  readonly position: string;
  readonly zone: string;
  readonly key: PeriodKey;
  readonly from: string;
  readonly until: string;
}

interface BooksRow {
  readonly parked: number;
  readonly touched: readonly { readonly entity: string; readonly months: readonly PeriodKey[] }[];
  readonly cuts: readonly CutRow[];
  readonly zones: readonly { readonly entity: string; readonly zone: string }[];
}

/** Both projections follow the same log; an answer claims no more than both of them show. */
const SHOWN = `select least(
    (select position from subscription where name = '${subscriptionOf(journal)}'),
    (select position from subscription where name = '${subscriptionOf(known)}')) as position`;

const BOOKS = `select
  (select count(distinct stream)::int from parked
    where subscription = '${subscriptionOf(journal)}' and status = 'parked' and tenant = $1) as parked,
  (select coalesce(json_agg(t), '[]') from (
    select entity, json_agg(month) as months from touched where tenant = $1 group by entity order by entity collate "C") t) as touched,
  (select coalesce(json_agg(c), '[]') from (
    select entity, kind, position::text, zone, month as key, ${instantText('starts')} as "from", ${instantText('ends')} as until
    from period_cut where tenant = $1 and position <= $2) c) as cuts,
  (select coalesce(json_agg(e), '[]') from (select entity, zone from entity where tenant = $1 and log_position <= $2) e) as zones`;

@Injectable()
export class Standpoints {
  constructor(@Inject(ServiceRuntime) private readonly runtime: Pick<ServiceRuntime, 'database'>) {}

  /** No further than the books show; who wants to be sure of a position waits for it before. */
  async of({ tenant, effective, known: asked, position }: Asked): Promise<Standpoint> {
    const shown = await this.shown();
    const through = position !== undefined && position < shown ? position : shown;
    const { database } = this.runtime;
    const { rows } = await database.pool.query<BooksRow>(BOOKS, [tenant, String(through)]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    // What takes a release in is dated by it, so every book knows the months of all.
    const months = [...new Set(row.touched.flatMap(({ months: of }) => of))];
    return {
      tenant,
      effective: effective ?? null,
      known: asked ?? (await knownAt(database, through)),
      position: through,
      books: row.touched.map(({ entity }) => bookOf(entity, months, row)),
      parked: row.parked,
    };
  }

  private async shown(): Promise<bigint> {
    const { rows } = await this.runtime.database.pool.query<{ position: string | null }>(SHOWN);
    return BigInt(rows[0]?.position ?? 0);
  }
}

function bookOf(
  entity: string,
  months: readonly PeriodKey[],
  { cuts: all, zones }: BooksRow,
): Book {
  const own = all.filter((cut) => cut.entity === entity);
  const zone =
    own[0]?.zone ?? zones.find((registered) => registered.entity === entity)?.zone ?? DEFAULT_ZONE;
  const cuts = own.map(({ kind, position, key, from, until }): Cut => {
    const period = { zone, key, from: instant(from), until: instant(until) };
    return { kind, position: BigInt(position), period };
  });
  return { entity, zone, months: monthsOf(zone, months, cuts), closed: closedOf(cuts) };
}
