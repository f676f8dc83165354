import { type CreditedLine, LINE_CREDITED } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Step } from '@tributary/kernel';

/** What partners brought, by when it became known to the world. Each cent counts once, however many had a hand in it. */
export interface RevenueChange {
  readonly at: Instant;
  readonly asset: string;
  readonly sourced: string;
  /** Of what nobody has brought: what somebody had a hand in. */
  readonly influenced: string;
}

/**
 * Every telling of every line with its place in the log, so that what was known at a time can be asked for later: what it brought, when it
 * was paid, and whom it names.
 */
export const creditedRevenue = projection({
  name: 'credited_revenue',
  version: 3,
  events: {
    [LINE_CREDITED]: {
      $tenant: 'text',
      $logPosition: 'bigint',
      sale: 'text',
      payment: 'text',
      line: 'text',
      programme: 'text?',
      steps: 'json',
    },
  },
  tables: {
    credited_revenue: keyedTable({
      key: { position: 'bigint' },
      sets: {
        tenant: 'text',
        sale: 'text',
        payment: 'text',
        line: 'text',
        programme: 'text?',
        log_position: 'bigint',
        changes: 'json',
        paid_ats: 'json',
        partners: 'json',
      },
      indexes: ['(tenant, sale, payment, line, position)', '(tenant, log_position)'],
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $position: position, $tenant: tenant, $logPosition: log_position } = event;
    const { sale, payment, line, programme } = event;
    const steps = event.steps as unknown as readonly Step<CreditedLine>[];
    const changes = changesOf(steps).map((change) => ({ ...change }));
    const named = steps.flatMap(({ value }) => value.parts.map((part) => part.partner));
    const paid_ats = [...new Set(steps.map(({ value }) => value.paidAt))];
    const partners = [...new Set(named)];
    const telling = { position, tenant, sale, payment, line, programme, log_position, changes };
    return { credited_revenue: [{ ...telling, paid_ats, partners }] };
  },
});

/** What each step adds to the one before it. */
export function changesOf(steps: readonly Step<CreditedLine>[]): readonly RevenueChange[] {
  const changes: RevenueChange[] = [];
  let before: { readonly asset: string; readonly sourced: bigint; readonly influenced: bigint } = {
    asset: '',
    sourced: 0n,
    influenced: 0n,
  };
  const add = (at: Instant, asset: string, sourced: bigint, influenced: bigint) => {
    if (sourced !== 0n || influenced !== 0n)
      changes.push({ at, asset, sourced: String(sourced), influenced: String(influenced) });
  };
  for (const { at, value } of steps) {
    const now = { asset: value.asset, ...revenueOf(value) };
    if (before.asset === now.asset || before.asset === '') {
      add(at, now.asset, now.sourced - before.sourced, now.influenced - before.influenced);
    } else {
      add(at, before.asset, -before.sourced, -before.influenced);
      add(at, now.asset, now.sourced, now.influenced);
    }
    before = now;
  }
  return changes;
}

function revenueOf({ parts, influenced, net }: CreditedLine) {
  const sourced = parts.reduce((sum, { basis }) => sum + BigInt(basis), 0n);
  return { sourced, influenced: influenced.length > 0 ? BigInt(net) - sourced : 0n };
}
