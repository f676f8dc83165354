import { MEASURED, type MeasuredStep } from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';

/** What was measured of each partner, as attribution last told it. */
export const measures = projection({
  name: 'measures',
  version: 1,
  events: {
    [MEASURED]: {
      $tenant: 'text',
      $correlationId: 'text',
      partner: 'text',
      measure: 'text',
      subject: 'text',
      steps: 'json',
    },
  },
  tables: {
    measure: keyedTable({
      key: { tenant: 'text', partner: 'text', measure: 'text', subject: 'text' },
      sets: { count: 'bigint', amount: 'bigint', at: 'instant' },
    }),
    measure_arrival: keyedTable({
      key: { tenant: 'text', correlation_id: 'text' },
      sets: { position: 'bigint' },
    }),
  },
  rows({
    $tenant: tenant,
    $correlationId: correlation_id,
    $position: position,
    partner,
    measure,
    subject,
    steps,
  }) {
    const last = (steps as unknown as readonly MeasuredStep[]).at(-1);
    const { count, amount } = last?.value ?? { count: 0, amount: 0 };
    return {
      measure: [
        {
          tenant,
          partner,
          measure,
          subject,
          count: BigInt(count),
          amount: BigInt(amount),
          ...(last && { at: last.at }),
        },
      ],
      measure_arrival: [{ tenant, correlation_id, position }],
    };
  },
});
