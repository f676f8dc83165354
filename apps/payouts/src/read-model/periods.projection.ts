import {
  COMMISSION_BEHIND,
  COMMISSION_POSTED,
  PERIOD_CERTIFIED,
  PERIOD_CLOSED,
  PERIOD_SOFT_CLOSED,
  RELEASES_TAKEN,
} from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';

const OF_PERIOD = {
  $tenant: 'text',
  $recordedAt: 'instant',
  entity: 'text',
  'period.key': 'text',
} as const;
const CUT = { ...OF_PERIOD, 'period.zone': 'text', 'period.until': 'instant', by: 'text' } as const;

/** How far the months of an entity have come. */
export const periods = projection({
  name: 'periods',
  version: 1,
  events: {
    [PERIOD_SOFT_CLOSED]: CUT,
    [RELEASES_TAKEN]: OF_PERIOD,
    [PERIOD_CLOSED]: CUT,
    [PERIOD_CERTIFIED]: { ...OF_PERIOD, digest: 'text' },
  },
  tables: {
    period_month: keyedTable({
      key: { tenant: 'text', entity: 'text', month: 'text' },
      sets: {
        zone: 'text',
        ends: 'instant',
        soft_closed_at: 'instant',
        soft_closed_by: 'text',
        taken_at: 'instant',
        closed_at: 'instant',
        closed_by: 'text',
        certified_at: 'instant',
        digest: 'text',
      },
    }),
  },
  rows(event) {
    const { $tenant: tenant, entity, 'period.key': month, $recordedAt: at } = event;
    const key = { tenant, entity, month };
    switch (event.$type) {
      case PERIOD_SOFT_CLOSED: {
        const bounds = { zone: event['period.zone'], ends: event['period.until'] };
        return {
          period_month: [{ ...key, ...bounds, soft_closed_at: at, soft_closed_by: event.by }],
        };
      }
      case RELEASES_TAKEN:
        return { period_month: [{ ...key, taken_at: at }] };
      case PERIOD_CLOSED:
        return { period_month: [{ ...key, closed_at: at, closed_by: event.by }] };
      case PERIOD_CERTIFIED:
        return { period_month: [{ ...key, certified_at: at, digest: event.digest }] };
    }
  },
});

/**
 * Which windows commission has not finished posting. A window does not say whose it is, so the entity is the one that its plan has
 * posted for; a plan that has not posted yet might be anybody's, and holds up everybody.
 */
export const commissionBehind = projection({
  name: 'commission_behind',
  version: 1,
  events: {
    [COMMISSION_BEHIND]: {
      $tenant: 'text',
      $recordedAt: 'instant',
      partner: 'text',
      plan: 'text',
      window: 'text',
      behind: 'boolean',
    },
    [COMMISSION_POSTED]: { $tenant: 'text', plan: 'text', entity: 'text' },
  },
  tables: {
    behind_window: keyedTable({
      key: { tenant: 'text', partner: 'text', plan: 'text', window: 'text' },
      sets: { since: 'instant' },
    }),
    posted_plan: keyedTable({ key: { tenant: 'text', plan: 'text', entity: 'text' } }),
  },
  rows(event) {
    const { $tenant: tenant, plan } = event;
    if (event.$type === COMMISSION_POSTED)
      return { posted_plan: [{ tenant, plan, entity: event.entity }] };
    const key = { tenant, partner: event.partner, plan, window: event.window };
    const isBehind = event.behind;
    return {
      behind_window: [isBehind ? { ...key, since: event.$recordedAt } : { ...key, $remove: true }],
    };
  },
});
