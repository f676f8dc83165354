/** What a programme manager enters before anything happens. The key makes each a command that is decided once. */
export interface Entry {
  readonly key: string;
  readonly path: string;
  readonly body: object;
}

export const LINK = 'northwindspring';
export const COUPON = { couponSystem: 'shop', code: 'SOUTH10' };

const effectiveAt = '2026-01-01T00:00:00-03:00';

const partner = (id: string, name: string): Entry => ({
  key: `demo-partner-${id}`,
  path: '/v1/partners',
  body: { id, name, type: 'channel', kind: 'agency', effectiveAt },
});

export const REGISTRY: readonly Entry[] = [
  partner('northwind', 'Northwind Agency'),
  partner('southwind', 'Southwind Agency'),
  {
    key: 'demo-link-northwindspring',
    path: '/v1/links',
    body: { id: LINK, owner: 'northwind', effectiveAt },
  },
  {
    key: 'demo-coupon-south10',
    path: '/v1/coupons',
    body: {
      system: COUPON.couponSystem,
      code: COUPON.code,
      owner: 'southwind',
      effectiveAt,
    },
  },
];
