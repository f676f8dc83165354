import { ENTITY } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';

/**
 * In whose zone the days and months of an entity are counted before its first cut says so. A zone never changes, but something may have
 * been booked before it was told: what is asked about then does not know it.
 */
export const entities = projection({
  name: 'entity',
  version: 2,
  events: {
    [ENTITY]: {
      $tenant: 'text',
      $logPosition: 'bigint',
      entity: 'text',
      'steps.0.value.zone': 'text',
    },
  },
  tables: {
    entity: keyedTable({
      key: { tenant: 'text', entity: 'text' },
      keeps: { zone: 'text', log_position: 'bigint' },
    }),
  },
  rows: ({ $tenant: tenant, $logPosition: log_position, entity, 'steps.0.value.zone': zone }) => ({
    entity: [{ tenant, entity, zone, log_position }],
  }),
});
