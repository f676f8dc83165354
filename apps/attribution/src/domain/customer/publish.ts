import type { CustomerActivity, CustomerData } from '@tributary/contracts';
import { type Instant, type Step, reviseTimeline, emptyTimeline, valueAt } from '@tributary/kernel';
import type { CreditStep } from '../credit/credit';
import type { Activity, CustomerTold } from './events';

type Shares = NonNullable<CustomerActivity['shares']>;

const SILENT: Activity = {
  active: false,
  reactivated: false,
  mrr: null,
  asset: null,
  interval: null,
};

/** What the other services may know of a customer: its subscriptions beside the partners that it is credited to. */
export function customerData({ credits, activity, ...told }: CustomerTold): CustomerData {
  const { customer, canonical, programme, signedUpAt, firstPaidAt, country } = told;
  const times = new Set<Instant>([...activity, ...credits.general].map(({ at }) => at));
  const steps = [...times].sort().map((at): Step<CustomerActivity> => {
    const known = valueAt({ revision: 1, steps: activity }, at) ?? SILENT;
    const shares = sharesAt(credits.general, at);
    const partners = [...new Set(shares.map(({ partner }) => partner))].sort();
    return { at, value: { ...known, partners, shares } };
  });
  const { steps: ordered } = reviseTimeline(emptyTimeline, steps);
  return { customer, canonical, programme, signedUpAt, firstPaidAt, country, steps: ordered };
}

/** Those credited with whatever is paid from then on; what a partner has in several roles is one share. */
function sharesAt(steps: readonly CreditStep[], at: Instant): Shares {
  const weights = new Map<string, number>();
  for (const { partner, weight } of valueAt({ revision: 1, steps }, at, at)?.parts ?? [])
    weights.set(partner, (weights.get(partner) ?? 0) + weight);
  return [...weights].map(([partner, weight]) => ({ partner, weight }));
}
