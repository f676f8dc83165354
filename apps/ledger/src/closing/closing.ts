import type { ServiceDefinition } from '@tributary/platform';
import { startCloser } from './closer';

/** One closer, in whichever process of the ledger holds its lease. */
export const closingWorks: NonNullable<ServiceDefinition['works']> = ({
  database,
  failed,
  orderTo,
}) => ({
  closer: () =>
    startCloser({
      database,
      failed,
      now: Date.now,
      order: async (order) => await orderTo('payouts')(order),
    }),
});
