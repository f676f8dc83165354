/** What a payment is from its reservation on. */
const FIXED = [
  'tenant',
  'item',
  'partner',
  'entity',
  'asset',
  'run',
  'gross',
  'net',
  'method',
  'method_display',
  'replaces',
  'reserved_at',
  'back_position',
] as const;

/** What is said of it later, and how the database reads it. */
const CHANGING = [
  ['state', 'text'],
  ['rail', 'text'],
  ['file', 'text'],
  ['file_sequence', 'integer'],
  ['instructed_at', 'timestamptz'],
  ['bank_line', 'text'],
  ['booked_on', 'text'],
  ['bank_reference', 'text'],
  ['end_to_end_id', 'text'],
  ['rejected_at', 'timestamptz'],
  ['codes', 'jsonb'],
  ['returned_line', 'text'],
  ['returned_on', 'text'],
  ['returned_amount', 'bigint'],
  ['return_fee', 'bigint'],
  ['return_reason', 'text'],
  ['return_reference', 'text'],
  ['return_end_to_end_id', 'text'],
  ['reissued_as', 'text'],
] as const;

const fixed = FIXED.map((name) => `i.${name}`).join(', ');
const said = CHANGING.map(([name, type]) => `${name} ${type}`).join(', ');
const asIs = CHANGING.map(([name]) => `i.${name}`).join(', ');
const asSaid = CHANGING.map(([name]) =>
  name === 'state' ? `coalesce(s.state, 'reserved') as state` : `s.${name}`,
).join(', ');

/**
 * The rows of `payout_item` as they were up to a position: each row by itself, as it is where it has not changed since, and otherwise put
 * together again from what had been said of it by then. Of several values under one name the last one counts. Rows come one by one in
 * whatever order they are asked for, so that a page costs about a page, and a look at the changes of each payment that it shows.
 */
export const payoutItemThen = (position: string): string => `(
  select ${fixed}, t.*
  from payout_item i cross join lateral (
    select ${asIs} where i.last_position <= ${position}
    union all
    select ${asSaid}
    from (
        select jsonb_object_agg(e.key, e.value order by c.position) as said
        from payout_item_change c cross join lateral jsonb_each(c.said) e
        where c.tenant = i.tenant and c.item = i.item and c.position <= ${position}) told
      cross join lateral jsonb_to_record(coalesce(told.said, '{}')) s (${said})
    where i.last_position > ${position}) t
  where i.reserved_position <= ${position})`;
