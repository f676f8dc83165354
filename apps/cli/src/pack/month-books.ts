import { PERIOD_CLOSED, PERIOD_SOFT_CLOSED, type PeriodCutData } from '@tributary/contracts';
import {
  type Asset,
  type BalancedEntry,
  type Instant,
  type Period,
  type PeriodKey,
  type Recorded,
  categoryOf,
  dayOf,
  instantOfMs,
  invariant,
  laterOf,
  msOf,
  periodOf,
} from '@tributary/kernel';
import {
  type BookMonth,
  type Closed,
  type Cut,
  DEFAULT_ZONE,
  type Exported,
  type JournalLeg,
  type Kind,
  type Standing,
  closedOf,
  kindOf,
  monthsOf,
} from '@tributary/standalone';

/** What an account showed before the month, what moved in it, and what it shows after. Minor units; balances are debit less credit. */
export interface Row extends Pick<Standing, 'account' | 'asset'> {
  readonly opening: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly closing: bigint;
}

export interface BooksOfMonth {
  readonly exported: Exported;
  readonly rows: readonly Row[];
}

interface Book {
  readonly zone: string;
  readonly months: readonly BookMonth[];
  readonly closed: readonly Closed[];
}

interface Booked {
  readonly kind: Kind;
  readonly occurredAt: Instant;
  readonly position: bigint;
}

/** Holds no entry, but what payouts takes because of it belongs to its month. */
const TAKEN_BACK = 'ReleaseTakenBack';

type Account = { -readonly [K in keyof Row]: Row[K] } & { wasUsedBefore: boolean };

/**
 * The books of each entity for one month, from the events of a tenant and nothing else. What the ledger derives with SQL from its
 * tables is derived here once more by itself, so that each proves the other. The events are read twice: cuts and zones first.
 */
export class MonthBooks {
  private readonly zones = new Map<string, string>();
  private readonly cuts = new Map<string, Cut[]>();
  private readonly touched = new Set<PeriodKey>();
  private readonly entities = new Set<string>();
  private readonly books = new Map<string, Book>();
  private readonly commission = new Map<string, Booked>();
  private readonly legs = new Map<string, JournalLeg[]>();
  private readonly accounts = new Map<string, Map<string, Account>>();
  private known: Instant | null = null;
  private position = 0n;

  /** `each`: hears of every leg in the order of the log, of whatever month. */
  constructor(
    private readonly month: PeriodKey,
    private readonly each: (leg: JournalLeg) => void = () => undefined,
  ) {}

  /** The first reading. */
  learn(event: Recorded): void {
    const { type, data, occurredAt, position, recordedAt } = event;
    this.position = position;
    this.known = this.known === null ? recordedAt : laterOf(this.known, recordedAt);
    if (type === PERIOD_SOFT_CLOSED || type === PERIOD_CLOSED) this.learnCut(event);
    if (type === 'EntityRegistered') this.learnEntity(data);
    const entry = data['entry'] as BalancedEntry | undefined;
    if (entry === undefined && type !== TAKEN_BACK) return;
    this.touched.add(periodOf(occurredAt, 'UTC', 'month').key);
    if (entry === undefined) return;
    for (const { dimensions } of entry.legs) this.entities.add(dimensions.entity);
  }

  /** The second one. */
  take(event: Recorded): void {
    const { type, data, occurredAt, position, stream, id, causationId } = event;
    const entry = data['entry'] as BalancedEntry | undefined;
    const kind = kindOf(categoryOf(stream));
    const own = { kind, occurredAt, position };
    if (kind === 'commission' && (entry !== undefined || type === TAKEN_BACK))
      this.commission.set(id, own);
    if (entry === undefined) return;
    const cause = kind === 'commission' ? undefined : this.commission.get(causationId ?? '');
    entry.legs.forEach((leg, n) => {
      const { entity } = leg.dimensions;
      const dated = this.dated(entity, cause ?? own, own);
      const written = legOf(event, leg, n, dated);
      this.each(written);
      if (dated.period > this.month) return;
      this.book(entity, written);
      if (dated.period !== this.month) return;
      const legs = this.legs.get(entity) ?? [];
      legs.push(written);
      this.legs.set(entity, legs);
    });
  }

  /** Of every entity that anything was ever booked for. */
  ofEntities(): readonly BooksOfMonth[] {
    return [...this.entities].sort().map((entity) => {
      const { zone, months } = this.bookOf(entity);
      const { from, until } = boundsOf(this.month, zone, months);
      const rows = [...(this.accounts.get(entity) ?? new Map<string, Account>()).values()].sort(
        (a, b) => compare(a.asset, b.asset) || compare(a.account, b.account),
      );
      const opening = rows.filter(({ wasUsedBefore }) => wasUsedBefore);
      const legs = [...(this.legs.get(entity) ?? [])].sort(byTime);
      const exported: Exported = {
        entity,
        zone,
        position: this.position,
        known: this.known,
        from: dayOf(from, zone),
        to: dayOf(instantOfMs(msOf(until) - 1), zone),
        opening: opening.map((row) => ({ ...row, balance: row.opening })),
        legs: eachOf(legs),
        closing: rows.map((row) => ({ ...row, balance: row.closing })),
      };
      return { exported, rows };
    });
  }

  private learnCut({ type, data, position }: Recorded): void {
    const { entity, period } = data as PeriodCutData;
    const kind = type === PERIOD_SOFT_CLOSED ? 'commission' : 'payouts';
    const cuts = this.cuts.get(entity) ?? [];
    // The first cut of a month is the one that counts.
    if (!cuts.some((cut) => cut.kind === kind && cut.period.key === period.key))
      cuts.push({ kind, period, position });
    this.cuts.set(entity, cuts);
  }

  private learnEntity(data: Recorded['data']): void {
    const { entity, steps } = data as unknown as {
      readonly entity: string;
      readonly steps: readonly { readonly value: { readonly zone: string } }[];
    };
    const zone = steps[0]?.value.zone;
    if (zone !== undefined && !this.zones.has(entity)) this.zones.set(entity, zone);
  }

  private bookOf(entity: string): Book {
    const known = this.books.get(entity);
    if (known) return known;
    const cuts = this.cuts.get(entity) ?? [];
    const zone = cuts[0]?.period.zone ?? this.zones.get(entity) ?? DEFAULT_ZONE;
    const months = monthsOf(zone, [...this.touched, this.month], cuts);
    const book = { zone, months, closed: closedOf(cuts) };
    this.books.set(entity, book);
    return book;
  }

  /** By the month of its cause, and never into one that was closed before it came itself. */
  private dated(entity: string, cause: Booked, own: Booked): Dated {
    const { months, closed } = this.bookOf(entity);
    const { occurredAt } = cause;
    const month = months.find(({ from, until }) => from <= occurredAt && occurredAt < until);
    invariant(month, 'every month that is touched is known');
    const opened = [cause, own].flatMap(({ kind, position }) => {
      const cut = closed.find(
        (one) => one.kind === kind && position > one.after && position <= one.through,
      );
      return cut === undefined || month.key > cut.last ? [] : [cut.next];
    });
    const period = opened.sort().at(-1);
    return period === undefined
      ? { period: month.key, earnedIn: null }
      : { period, earnedIn: month.key };
  }

  private book(entity: string, { account, asset, debit, credit, period }: JournalLeg): void {
    const accounts = this.accounts.get(entity) ?? new Map<string, Account>();
    this.accounts.set(entity, accounts);
    const key = `${asset} ${account}`;
    const row = accounts.get(key) ?? {
      account,
      asset,
      ...{ opening: 0n, debit: 0n, credit: 0n, closing: 0n, wasUsedBefore: false },
    };
    accounts.set(key, row);
    row.closing += debit - credit;
    if (period < this.month) {
      row.opening += debit - credit;
      row.wasUsedBefore = true;
      return;
    }
    row.debit += debit;
    row.credit += credit;
  }
}

type Dated = Pick<JournalLeg, 'earnedIn' | 'period'>;

function legOf(
  event: Recorded,
  { account, side, amount, asset, dimensions }: BalancedEntry['legs'][number],
  n: number,
  dated: Dated,
): JournalLeg {
  const { position, id, stream, type, occurredAt, recordedAt, causationId, correlationId } = event;
  const dimension = (name: string): string | null => {
    const value = dimensions[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    ...{
      position,
      n,
      eventId: id,
      stream,
      type,
      occurredAt,
      recordedAt,
      causationId,
      correlationId,
    },
    ...dated,
    account,
    debit: side === 'debit' ? BigInt(amount) : 0n,
    credit: side === 'credit' ? BigInt(amount) : 0n,
    asset: asset as Asset,
    entity: dimensions.entity,
    programme: dimensions.programme,
    partner: dimension('partner'),
    plan: dimension('plan'),
    country: dimension('country'),
    bank: dimension('bank'),
  };
}

function boundsOf(
  key: PeriodKey,
  zone: string,
  months: readonly BookMonth[],
): Pick<Period, 'from' | 'until'> {
  const month = months.find((one) => one.key === key);
  invariant(month, `the month ${key} is known in ${zone}`);
  return month;
}

const byTime = (a: JournalLeg, b: JournalLeg): number =>
  compare(a.occurredAt, b.occurredAt) || compare(a.position, b.position) || a.n - b.n;

const compare = <T extends bigint | string>(a: T, b: T): number => (a === b ? 0 : a < b ? -1 : 1);

/** Read by several writers, each from the beginning. */
const eachOf = <T>(items: readonly T[]): AsyncIterable<T> => ({
  async *[Symbol.asyncIterator]() {
    yield* items;
  },
});
