import type { Instant } from '@tributary/kernel';
import type { EarningsEvent } from './events';
import { freeAt, holdsOn } from './holds';
import { HELD, RELEASED, leg } from './post';
import type { Account, Earnings, Group } from './state';

/** What may be handed to payouts by then, each part dated by the end of what held it, whenever that is found out. */
export function releasesOf(
  state: Earnings,
  group: string,
  { accounts }: Group,
  asOf: Instant,
): readonly EarningsEvent[] {
  const holds = holdsOn(state, group);
  return Object.values(accounts).flatMap((account) =>
    Object.entries(account.held)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([until, amount]) => {
        const at = freeAt(until as Instant, holds, asOf);
        return at === undefined ? [] : [released(state, account, until as Instant, amount, at)];
      }),
  );
}

// Each part by itself, however many end at one time: so two steps write what one would have written.
function released(
  { opened }: Earnings,
  account: Account,
  until: Instant,
  amount: string,
  at: Instant,
): EarningsEvent {
  const { lineId, key, programme, entity, asset } = account;
  const [partner, plan] = [opened?.partner ?? '', opened?.plan ?? ''];
  const of = { lineId, key, partner, plan, window: opened?.window ?? '', programme, entity, asset };
  const minor = BigInt(amount);
  const entry = { legs: [leg(of, 'debit', HELD, minor), leg(of, 'credit', RELEASED, minor)] };
  return { type: 'CommissionReleased', data: { ...of, amount, until, entry }, occurredAt: at };
}
