import { ENTITY } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';

/** In whose zone the days and months of an entity are counted before its first cut says so. A zone never changes. */
export const entities = projection({
  name: 'entity',
  version: 1,
  events: { [ENTITY]: { $tenant: 'text', entity: 'text', 'steps.0.value.zone': 'text' } },
  tables: {
    entity: keyedTable({ key: { tenant: 'text', entity: 'text' }, keeps: { zone: 'text' } }),
  },
  rows: ({ $tenant: tenant, entity, 'steps.0.value.zone': zone }) => ({
    entity: [{ tenant, entity, zone }],
  }),
});
