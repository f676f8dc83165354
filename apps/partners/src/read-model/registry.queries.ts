import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, type Step, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { registry } from './registry.projection';

interface Place {
  readonly table: string;
  readonly id: string;
  /** Besides the id. */
  readonly columns: readonly string[];
  /** Columns, and members of the value in force, that a list can be filtered by. */
  readonly filters: Readonly<Record<string, string>>;
  readonly only?: string;
}

const byValue = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `now.value->>'${name}'`]));

/** An agreement may name whom nobody has registered yet; whoever reads it should see that. */
const PARTNER_KNOWN = `exists (select 1 from partner p
  where p.tenant = t.tenant and p.partner = t.steps->-1->'value'->>'partner') as "partnerKnown"`;

const SIGNATURES = `(select coalesce(json_agg(json_build_object('version', g.version, 'party', g.party,
  'signedAt', to_char(g.signed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'document', g.document)
  order by g.version, g.party), '[]') from agreement_signature g
  where g.tenant = t.tenant and g.agreement = t.agreement) as signatures`;

const SHELVES = {
  entity: { table: 'entity', id: 'entity', columns: [], filters: {} },
  programme: { table: 'programme', id: 'programme', columns: [], filters: byValue('entity') },
  partner: {
    table: 'partner',
    id: 'partner',
    columns: [],
    filters: byValue('status', 'type', 'category'),
  },
  agreement: {
    table: 'agreement',
    id: 'agreement',
    columns: ['t.pending', PARTNER_KNOWN, SIGNATURES],
    filters: byValue('status', 'partner', 'programme'),
  },
  link: {
    table: 'link',
    id: 'link',
    columns: [],
    filters: byValue('owner', 'programme'),
    only: `and t.kind = 'link'`,
  },
  coupon: {
    table: 'link',
    id: 'link',
    columns: ['t.system', 't.code'],
    filters: { ...byValue('owner', 'programme'), system: 't.system', code: 't.code' },
    only: `and t.kind = 'coupon'`,
  },
  /** Links and coupons alike, as their owner may see them. */
  owned: {
    table: 'link',
    id: 'link',
    columns: ['t.kind', 't.system', 't.code'],
    filters: byValue('owner'),
  },
} satisfies Readonly<Record<string, Place>>;
export type Shelf = keyof typeof SHELVES;

export interface Asked {
  readonly tenant: string;
  /** Whose values are asked for: what holds at this time. */
  readonly at: Instant;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly filters: Readonly<Record<string, string | undefined>>;
}

/** Something registered: who it is, and what holds of it; null where nothing holds yet. */
export interface Item {
  readonly value: Json;
  readonly [column: string]: unknown;
}
export interface Whole extends Item {
  readonly steps: readonly Step<Json>[];
}

export interface Page {
  readonly items: readonly Item[];
  /** Hand it back as `after`; null on the last page. */
  readonly next: string | null;
  readonly position: bigint;
}

// Steps ascend by (at, from), so that of those that govern the time the last one counts: of agreements what was decided latest, by all that
// is decided by now. Instants are text of one form.
const VALUE = `left join lateral (
  select s.step->'value' as value from jsonb_array_elements(t.steps) with ordinality s(step, i)
  where coalesce(s.step->>'from', s.step->>'at') <= $2 collate "C"
  order by s.i desc limit 1) now on true`;

// In the statement that reads the rows, so that an answer never claims more than it shows.
const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(registry)}')`;

/** The registry as it stands at a position of our log. */
@Injectable()
export class Registry {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(shelf: Shelf, { tenant, at, limit, after, filters }: Asked): Promise<Page> {
    const { table, id, only = '', ...place }: Place = SHELVES[shelf];
    const values: unknown[] = [tenant, at, limit + 1];
    const wanted = (value: string) => `$${values.push(value)}`;
    const conditions = Object.entries(filters).flatMap(([name, value]) => {
      const column = place.filters[name];
      invariant(column, `${shelf} can be filtered by ${name}`);
      return value === undefined ? [] : `and ${column} = ${wanted(value)}`;
    });
    if (after !== undefined) conditions.push(`and t.${id} > ${wanted(after)}`);
    const { rows } = await this.runtime.database.pool.query<{ position: string; items: Item[] }>(
      `select ${POSITION} as position, coalesce(json_agg(r order by r.${id}), '[]') as items from (
         select ${shown(place, id)}, now.value from ${table} t ${VALUE}
         where t.tenant = $1 ${only} ${conditions.join(' ')} order by t.${id} limit $3) r`,
      values,
    );
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1)?.[id] : undefined;
    return {
      items,
      next: typeof last === 'string' ? last : null,
      position: BigInt(row.position),
    };
  }

  async find(
    shelf: Shelf,
    tenant: string,
    wanted: string,
    at: Instant,
  ): Promise<{ readonly item: Whole | undefined; readonly position: bigint }> {
    const { table, id, only = '', ...place }: Place = SHELVES[shelf];
    const { rows } = await this.runtime.database.pool.query<{
      position: string;
      item: Whole | null;
    }>(
      `select ${POSITION} as position, (select to_json(r) from (
         select ${shown(place, id)}, now.value, t.steps from ${table} t ${VALUE}
         where t.tenant = $1 ${only} and t.${id} = $3) r) as item`,
      [tenant, at, wanted],
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { item: row.item ?? undefined, position: BigInt(row.position) };
  }
}

const shown = ({ columns }: Pick<Place, 'columns'>, id: string): string =>
  [`t.${id}`, ...columns].join(', ');
