import { ENTITY, type EntityValue } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import type { Step } from '@tributary/kernel';

/** From which accounts an entity may pay. */
export const payingAccounts = projection({
  name: 'payout_rails',
  version: 1,
  events: {
    PayingAccountRegistered: {
      $tenant: 'text',
      rail: 'text',
      'settings.entity': 'text',
      'settings.asset': 'text',
      'settings.zone': 'text',
    },
  },
  tables: {
    payer_account: keyedTable({
      key: { tenant: 'text', rail: 'text' },
      sets: { entity: 'text', asset: 'text', zone: 'text' },
      indexes: ['(tenant, entity, asset)'],
    }),
  },
  rows({ $tenant: tenant, rail, ...settings }) {
    const entity = settings['settings.entity'];
    const row = { tenant, rail, entity, asset: settings['settings.asset'] };
    return { payer_account: [{ ...row, zone: settings['settings.zone'] }] };
  },
});

/** The zone of an entity, which never changes. */
export const payerEntities = projection({
  name: 'payer_entities',
  version: 1,
  events: { [ENTITY]: { $tenant: 'text', entity: 'text', steps: 'json' } },
  tables: {
    payer_entity: keyedTable({
      key: { tenant: 'text', entity: 'text' },
      sets: { zone: 'text', currency: 'text' },
    }),
  },
  rows({ $tenant: tenant, entity, steps }) {
    const value = (steps as unknown as readonly Step<EntityValue>[]).at(-1)?.value;
    if (value === undefined) return {};
    return { payer_entity: [{ tenant, entity, zone: value.zone, currency: value.currency }] };
  },
});
