import type { Rule, SchedulePay } from '../../../../engines/v1/plan';
import type { PlanDocument } from '../plan-document';
import { NOW, percent, planWith } from '../plan.fixture';
import type { Finding } from './finding';
import { lint } from './lint';

export const found = (
  more: Partial<PlanDocument>,
  published: Partial<PlanDocument>[] = [],
): string[] => findings(more, published).map(({ code, pointer }) => `${code} ${pointer}`);

export function findings(
  more: Partial<PlanDocument>,
  published: Partial<PlanDocument>[] = [],
): readonly Finding[] {
  const before = published.map((each, i) => planWith(each, i + 1));
  const plan = planWith(more, before.length + 1);
  return lint({ plan, published: before, now: NOW });
}

export const rules = (...all: Rule[]): Partial<PlanDocument> => ({ rules: all });
export const starting = (from: string, to: string | null = null): Partial<PlanDocument> => ({
  effective: { from, to },
});
export const agencies: Partial<PlanDocument> = { appliesTo: { partnerTypes: ['agency'] } };
export const integrations: Partial<PlanDocument> = { appliesTo: { partnerTypes: ['integration'] } };
export const schedule = (bands: SchedulePay['bands'], more: Partial<SchedulePay> = {}): Rule => ({
  ...percent('bands', 0),
  pay: {
    kind: 'schedule',
    mode: 'marginal',
    measure: { sum: 'credited.net', window: 'calendar_quarter' },
    bands,
    ...more,
  },
});
export const BANDS = [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }];

export function bonus(more: object): Rule {
  const when = { count: 'lead.accepted', gte: 5 };
  return {
    id: 'ref5',
    group: 'bonus',
    stack: true,
    pay: { kind: 'bonus', amount: '500000', once: 'calendar_quarter', when, ...more },
  };
}
