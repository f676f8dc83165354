import { percent, plan } from './window.fixture';
import type { Rule, SchedulePay } from './plan';

export const AGENCY = percent('agency', 2500, { when: { 'partner.type': 'agency' } });

export const BY_TIER: Rule = {
  id: 'tier',
  group: 'base',
  pay: {
    kind: 'matrix',
    by: 'partner.tier@event',
    bp: { certified: 2000, preferred: 2500, strategic: 3000 },
  },
};

export const accelerator = (mode: SchedulePay['mode']): Rule => ({
  id: 'accel',
  group: 'base',
  pay: {
    kind: 'schedule',
    mode,
    measure: { sum: 'credited.net', window: 'calendar_quarter' },
    bands: [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }],
  },
});

export const MIXED = plan([
  percent('base', 2500),
  percent('svc', 1000, { priority: 40, when: { 'line.productGroup': 'services' } }),
]);

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
