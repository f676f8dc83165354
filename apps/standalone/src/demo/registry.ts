/** What people enter before anything happens. The key makes each a command that is decided once. */
export interface Entry<Who extends string = 'admin' | 'programme'> {
  readonly key: string;
  readonly by: Who;
  readonly path: string;
  readonly body: object;
}

export const LINK = 'northwindspring';
export const COUPON = { couponSystem: 'shop', code: 'SOUTH10' };

/** 25% of what customers of an agency pay, as long as they stay. */
export const PLAN = {
  planId: 'agency',
  programId: 'main',
  asset: 'BRL/2',
  window: 'calendar_quarter',
  timezone: 'America/Sao_Paulo',
  effective: { from: '2026-01-01T00:00:00-03:00', to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  hold: { days: 14, from: 'paidAt' },
  appliesTo: { partnerTypes: ['agency'] },
  rules: [
    {
      id: 'agency',
      group: 'base',
      priority: 10,
      pay: { kind: 'percent', bp: 2500 },
      duration: { while: 'customer_active' },
    },
  ],
};

const effectiveAt = '2026-01-01T00:00:00-03:00';

const partner = (id: string, name: string): Entry => ({
  key: `demo-partner-${id}`,
  by: 'programme',
  path: '/v1/partners',
  body: { id, name, type: 'channel', kind: 'agency', effectiveAt },
});

export const REGISTRY: readonly Entry[] = [
  partner('northwind', 'Northwind Agency'),
  partner('southwind', 'Southwind Agency'),
  {
    key: 'demo-link-northwindspring',
    by: 'programme',
    path: '/v1/links',
    body: { id: LINK, owner: 'northwind', effectiveAt },
  },
  {
    key: 'demo-coupon-south10',
    by: 'programme',
    path: '/v1/coupons',
    body: {
      system: COUPON.couponSystem,
      code: COUPON.code,
      owner: 'southwind',
      effectiveAt,
    },
  },
  {
    key: 'demo-agreement-northwind',
    by: 'programme',
    path: '/v1/agreements',
    body: {
      id: 'northwindagency',
      partner: 'northwind',
      plan: PLAN.planId,
      effectiveFrom: effectiveAt,
    },
  },
  {
    key: 'demo-agreement-northwind-approval',
    by: 'admin',
    path: '/v1/agreements/northwindagency/approvals',
    body: { version: 1 },
  },
];
