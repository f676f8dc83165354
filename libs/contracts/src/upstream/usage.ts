import { factType } from './fact-type';
import { amountFromZero, customerRef, quantity, ref, time, word } from './fields';
import { periodFaults } from './period-faults';
import { type FactReference, supersedes, billingSystem } from './references';
import { asset, needs, optional } from './schema';

export const USAGE_REPORTED = 'tributary.usage.reported.v1';

/** How much a customer used in a period. A report that supersedes another replaces it. */
export interface UsageReportedData {
  readonly meterRef: string;
  readonly customerRef: string;
  readonly billingSystem?: string;
  readonly quantity: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly productRef?: string;
  readonly productGroup?: string;
  /** Minor units of `asset`, which stands beside it. */
  readonly attributableRevenue?: string;
  readonly asset?: string;
  readonly supersedes?: FactReference;
}

export const usageReported = factType<typeof USAGE_REPORTED, UsageReportedData>({
  type: USAGE_REPORTED,
  title: 'How much a customer has used in a period',
  fields: {
    meterRef: ref('What was counted.'),
    customerRef,
    billingSystem,
    quantity,
    periodStart: time('From when.'),
    periodEnd: time('Until when.'),
    productRef: optional(ref('Your id of the product, if it is not the meter.')),
    productGroup: optional(word('Like `usage`; rules may name it.')),
    attributableRevenue: optional(
      amountFromZero('What this use has brought in, in minor units of the asset.'),
    ),
    asset: optional(asset),
    supersedes,
  },
  choices: [needs('attributableRevenue', 'asset', 'currency')],
  faultsOf: ({ periodStart, periodEnd }) => periodFaults([], periodStart, periodEnd),
  example: {
    id: 'usage-2026-03-b',
    source: 'https://metering.example/production',
    time: '2026-04-02T00:10:00-03:00',
    subject: 'cus-4711',
    data: {
      meterRef: 'api-calls',
      customerRef: 'cus-4711',
      quantity: '1234575',
      periodStart: '2026-03-01T00:00:00-03:00',
      periodEnd: '2026-04-01T00:00:00-03:00',
      attributableRevenue: '1234575',
      asset: 'BRL/2',
      supersedes: { source: 'https://metering.example/production', id: 'usage-2026-03-a' },
    },
  },
});
