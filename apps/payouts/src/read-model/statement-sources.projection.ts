import {
  COMMISSION_HOLDS,
  COMMISSION_POSTED,
  COMMISSION_RELEASED,
  type CommissionPostedData,
  ENTITY,
  type EntityValue,
  PARTNER,
  type PartnerValue,
} from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Step } from '@tributary/kernel';

const LINE = {
  $tenant: 'text',
  lineId: 'text',
  partner: 'text',
  plan: 'text',
  window: 'text',
  entity: 'text',
  asset: 'text',
  amount: 'bigint',
} as const;

/** What a statement shows that is not decided here: names, zones, and what commission still holds. */
export const statementSources = projection({
  name: 'statement_sources',
  version: 1,
  events: {
    [ENTITY]: { $tenant: 'text', entity: 'text', steps: 'json' },
    [PARTNER]: { $tenant: 'text', partner: 'text', steps: 'json' },
    [COMMISSION_POSTED]: { ...LINE, heldUntil: 'instant?', takes: 'json' },
    [COMMISSION_RELEASED]: { ...LINE, until: 'instant?' },
    [COMMISSION_HOLDS]: {
      $tenant: 'text',
      partner: 'text',
      plan: 'text',
      window: 'text',
      group: 'text?',
      lineIds: 'json',
      holds: 'json',
    },
  },
  tables: {
    known_entity: keyedTable({
      key: { tenant: 'text', entity: 'text' },
      sets: { name: 'text', zone: 'text' },
    }),
    known_partner: keyedTable({
      key: { tenant: 'text', partner: 'text' },
      sets: { name: 'text' },
    }),
    held_commission: keyedTable({
      key: { tenant: 'text', line: 'text', until: 'instant' },
      adds: ['amount'],
      sets: { partner: 'text', plan: 'text', window_key: 'text', entity: 'text', asset: 'text' },
      indexes: ['(tenant, partner, entity, asset) where amount <> 0'],
    }),
    held_line: keyedTable({ key: { tenant: 'text', line: 'text' }, sets: { holds: 'json' } }),
    held_window: keyedTable({
      key: { tenant: 'text', partner: 'text', plan: 'text', window_key: 'text' },
      sets: { holds: 'json' },
    }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    switch (event.$type) {
      case ENTITY: {
        const value = lastOf<EntityValue>(event.steps);
        return { known_entity: [{ tenant, entity: event.entity, ...nameAndZone(value) }] };
      }
      case PARTNER: {
        const { name } = lastOf<PartnerValue>(event.steps);
        return { known_partner: [{ tenant, partner: event.partner, name }] };
      }
      case COMMISSION_HOLDS: {
        const { partner, plan, window: window_key, group, holds } = event;
        if (group === null) return { held_window: [{ tenant, partner, plan, window_key, holds }] };
        const lines = event.lineIds as unknown as readonly string[];
        return { held_line: lines.map((line) => ({ tenant, line, holds })) };
      }
      default:
    }
    const { lineId: line, partner, plan, window: window_key, entity, asset, amount } = event;
    const of = { tenant, line, partner, plan, window_key, entity, asset };
    if (event.$type === COMMISSION_RELEASED) {
      // What is taken back was released; its posting says what it took from the held part.
      return event.until === null
        ? {}
        : { held_commission: [{ ...of, until: event.until, amount: -amount }] };
    }
    const takes = event.takes as unknown as CommissionPostedData['takes'];
    return {
      held_commission: [
        ...(event.heldUntil === null ? [] : [{ ...of, until: event.heldUntil, amount }]),
        ...takes.map((take) => ({ ...of, until: take.until, amount: -BigInt(take.amount) })),
      ],
    };
  },
});

const nameAndZone = ({ name, zone }: EntityValue) => ({ name, zone });

/** As it was told last: names are shown, never decided by. */
function lastOf<V>(steps: unknown): V {
  const { value } = (steps as readonly (Step<V> & { readonly at: Instant })[]).at(-1) as Step<V>;
  return value;
}
