import type { CustomerActivity, CustomerData } from '@tributary/contracts';
import { type Instant, type Step, reviseTimeline, emptyTimeline, valueAt } from '@tributary/kernel';
import type { CreditStep } from '../credit/credit';
import type { Activity, CustomerTold } from './events';

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
    return { at, value: { ...known, partners: partnersAt(credits.general, at) } };
  });
  const { steps: ordered } = reviseTimeline(emptyTimeline, steps);
  return { customer, canonical, programme, signedUpAt, firstPaidAt, country, steps: ordered };
}

/** Those credited with whatever is paid from then on. */
function partnersAt(steps: readonly CreditStep[], at: Instant): string[] {
  const parts = valueAt({ revision: 1, steps }, at, at)?.parts ?? [];
  return [...new Set(parts.map(({ partner }) => partner))].sort();
}
