import { COMMISSION_POSTED, COMMISSION_RELEASED } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Instant } from '@tributary/kernel';

const OF_LINE = {
  $tenant: 'text',
  $occurredAt: 'instant',
  lineId: 'text',
  partner: 'text',
  entity: 'text',
  asset: 'text',
  amount: 'bigint',
} as const;

/** What commission still holds, by the date until which it does; and of each line when its customer paid and when it was released. */
export const ahead = projection({
  name: 'payout_ahead',
  version: 1,
  events: {
    [COMMISSION_POSTED]: { ...OF_LINE, paidAt: 'instant', heldUntil: 'instant?', takes: 'json' },
    [COMMISSION_RELEASED]: { ...OF_LINE, until: 'instant?' },
  },
  tables: {
    payout_held: keyedTable({
      key: { tenant: 'text', entity: 'text', asset: 'text', until: 'instant', partner: 'text' },
      adds: ['amount'],
    }),
    payout_line_fact: keyedTable({
      key: { tenant: 'text', line: 'text' },
      keeps: { paid_at: 'instant?', released_at: 'instant?' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, lineId: line, partner, entity, asset, amount } = event;
    const of = { tenant, entity, asset, partner };
    if (event.$type === COMMISSION_RELEASED) {
      const { until, $occurredAt } = event;
      // What is taken back had been released: it was not held.
      if (until === null) return {};
      return {
        payout_held: [{ ...of, until, amount: -amount }],
        payout_line_fact: [{ tenant, line, released_at: $occurredAt }],
      };
    }
    const { heldUntil, takes, paidAt: paid_at } = event;
    const taken = takes as unknown as readonly {
      readonly until: Instant;
      readonly amount: string;
    }[];
    return {
      payout_held: [
        ...(heldUntil === null ? [] : [{ ...of, until: heldUntil, amount }]),
        ...taken.map((take) => ({ ...of, until: take.until, amount: -BigInt(take.amount) })),
      ],
      payout_line_fact: [{ tenant, line, paid_at }],
    };
  },
});
