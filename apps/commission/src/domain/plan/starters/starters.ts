import type { PlanDocument } from '../plan-document';

export interface Starter {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Name your own plan, programme, asset, zone and start; the rest can be published as it is. */
  readonly plan: PlanDocument;
}

const COMMON = {
  programId: 'main',
  asset: 'BRL/2',
  window: 'calendar_quarter',
  timezone: 'America/Sao_Paulo',
  effective: { from: '2027-01-01T00:00:00-03:00', to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  // With a run on the 15th everything is settled within 30 days after the month of its payment.
  hold: { days: 14, from: 'paidAt' },
} as const;

const BASE = { group: 'base', priority: 10 } as const;

const TIERS: Starter = {
  id: 'tiers',
  title: 'Certified, preferred, strategic',
  description: 'Recurring 20%, 25% or 30%, by the tier that held when the customer paid.',
  plan: {
    ...COMMON,
    planId: 'tiers',
    rules: [
      {
        id: 'tier',
        ...BASE,
        pay: {
          kind: 'matrix',
          by: 'partner.tier@event',
          bp: { certified: 2000, preferred: 2500, strategic: 3000 },
        },
      },
    ],
  },
};

const AGENCY: Starter = {
  id: 'agency',
  title: 'Agency',
  description:
    'Recurring 25% as long as the customer stays. One who comes back earns again only with `resume`.',
  plan: {
    ...COMMON,
    planId: 'agency',
    appliesTo: { partnerTypes: ['agency'] },
    rules: [
      {
        id: 'agency',
        ...BASE,
        pay: { kind: 'percent', bp: 2500 },
        duration: { while: 'customer_active' },
      },
    ],
  },
};

const INTEGRATION: Starter = {
  id: 'integration',
  title: 'Revenue share of integrations',
  description: '15% of what customers pay through an integration.',
  plan: {
    ...COMMON,
    planId: 'integration',
    appliesTo: { partnerTypes: ['integration'] },
    rules: [{ id: 'share', ...BASE, pay: { kind: 'percent', bp: 1500 } }],
  },
};

const IMPLEMENTATION: Starter = {
  id: 'implementation',
  title: 'System integrators',
  description: '20% once one of their implementations has been qualified.',
  plan: {
    ...COMMON,
    planId: 'implementation',
    appliesTo: { partnerTypes: ['si'] },
    rules: [
      {
        id: 'qualified',
        ...BASE,
        when: { 'measure.implementation.qualified': { gte: 1 } },
        pay: { kind: 'percent', bp: 2000 },
      },
    ],
  },
};

const REGIONAL: Starter = {
  id: 'regional',
  title: 'Regional partners',
  description: '30% on customers of the named countries; put yours in their place.',
  plan: {
    ...COMMON,
    planId: 'regional',
    rules: [
      {
        id: 'region',
        ...BASE,
        when: { 'customer.country': { in: ['BR'] } },
        pay: { kind: 'percent', bp: 3000 },
      },
    ],
  },
};

const VERTICAL: Starter = {
  id: 'vertical',
  title: 'Vertical partners',
  description: '25% on customers of the named segments; put yours in their place.',
  plan: {
    ...COMMON,
    planId: 'vertical',
    rules: [
      {
        id: 'vertical',
        ...BASE,
        when: { 'customer.segment': { in: ['healthcare'] } },
        pay: { kind: 'percent', bp: 2500 },
      },
    ],
  },
};

export const STARTERS: readonly Starter[] = [
  TIERS,
  AGENCY,
  INTEGRATION,
  IMPLEMENTATION,
  REGIONAL,
  VERTICAL,
];
