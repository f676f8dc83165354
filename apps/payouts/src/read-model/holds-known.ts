import type { Instant } from '@tributary/kernel';
import type { StatusStep } from '../domain/account/events';
import type { DeclineReason, PayeeTerms } from '../domain/account/terms';
import type { HoldsKnown } from '../domain/statement/holds';
import { utc } from './reading';

/** Accounts as they are, with the first answer that is due to one of their disputes. */
export const ACCOUNTS_NOW = `(
  select h.*, (select min(d.answer_by) from holds_dispute d where d.tenant = h.tenant and d.account = h.account) as answer_by
  from holds_account h)`;

/**
 * The same up to a position. Of accounts that have not changed since nothing has to be looked up. Of the others, what moved since is taken
 * back; and what had been told by then is read, the last under each name, unless a reservation has ended it.
 */
export const accountsThen = (position: string): string => `(
  select h.tenant, h.account, h.partner, h.entity, h.asset, h.payable - m.payable as payable,
    h.disputed - m.disputed as disputed, h.owed - m.owed as owed, t.payee, t.statuses, t.declined_by, t.declined_reason,
    t.declined_detail, t.answer_by
  from (select * from ${ACCOUNTS_NOW} each where opened_position <= ${position}) h
    cross join lateral (
      select coalesce(sum(m.payable), 0) as payable, coalesce(sum(m.disputed), 0) as disputed, coalesce(sum(m.owed), 0) as owed
      from holds_move m where h.last_position > ${position}
        and m.tenant = h.tenant and m.account = h.account and m.position > ${position}) m
    cross join lateral (
      select h.payee, h.statuses, h.declined_by, h.declined_reason, h.declined_detail, h.answer_by
        where h.last_position <= ${position}
      union all
      select s.said -> 'payee', s.said -> 'statuses', d.value ->> 'by', d.value ->> 'reason', d.value ->> 'detail',
        (select min((e.value #>> '{}')::timestamptz) from jsonb_each(s.said) e where e.key like 'dispute %')
      from (
        select coalesce(jsonb_object_agg(o.name, o.value order by o.position), '{}') as said from holds_told o
        where o.tenant = h.tenant and o.account = h.account and o.position <= ${position}) s
        left join lateral (select s.said -> 'declined' as value) d on not exists (
          select 1 from payout_item i where i.tenant = h.tenant and i.partner = h.partner and i.account = h.account
            and i.reserved_position > (d.value ->> 'position')::bigint and i.reserved_position <= ${position})
        where h.last_position > ${position}) t)`;

/** Of `knownTables`. */
export const KNOWN_COLUMNS = `a.payable::text, a.disputed::text, a.payee, a.statuses, a.declined_reason as reason,
  a.declined_detail as detail, r.minimum::text, ${utc('a.answer_by')} as "answerBy"`;

/** `accounts`: `ACCOUNTS_NOW`, or those of then. */
export const knownTables = (accounts: string): string =>
  `${accounts} a left join holds_run r on r.tenant = a.tenant and r.run = a.declined_by`;

export interface KnownRow {
  readonly payable: string;
  readonly disputed: string;
  readonly payee: PayeeTerms | null;
  readonly statuses: readonly StatusStep[] | null;
  readonly reason: DeclineReason | null;
  readonly detail: string | null;
  readonly minimum: string | null;
  readonly answerBy: Instant | null;
}

export const knownOf = (row: KnownRow): HoldsKnown => {
  const { payable, disputed, payee, statuses, reason, detail, minimum, answerBy } = row;
  return {
    payable: BigInt(payable),
    disputed: BigInt(disputed),
    payee,
    statuses,
    declined: reason && {
      reason,
      detail: detail ?? '',
      minimum: minimum === null ? null : BigInt(minimum),
    },
    answerBy,
  };
};
