import { instant } from '@tributary/kernel';
import type { CreditStep } from '../credit/credit';
import type { CustomerTold } from './events';
import { customerData } from './publish';

const MARCH = instant('2026-03-01T00:00:00Z');
const MAY = instant('2026-05-01T00:00:00Z');

describe('telling how partners share a customer', () => {
  it('adds up what a partner has in several roles, in the order in which a cent is given', () => {
    const parts = [
      { partner: 'northwind', role: 'lead', weight: 30 },
      { partner: 'eastwind', role: 'last', weight: 40 },
      { partner: 'northwind', role: 'first', weight: 30 },
    ];
    const credited = { at: MARCH, value: { parts } } as unknown as CreditStep;
    const told: CustomerTold = {
      customer: 'c1',
      revision: 1,
      canonical: 'c1',
      programme: null,
      credits: { general: [credited], deals: {} },
      signedUpAt: null,
      firstPaidAt: null,
      customerType: null,
      country: null,
      segment: null,
      activity: [
        {
          at: MAY,
          value: {
            active: true,
            reactivated: false,
            mrr: '100',
            asset: 'BRL/2',
            interval: 'month',
          },
        },
      ],
    };
    const shares = [
      { partner: 'northwind', weight: 60 },
      { partner: 'eastwind', weight: 40 },
    ];
    expect(customerData(told).steps).toMatchObject([
      { at: MARCH, value: { mrr: null, partners: ['eastwind', 'northwind'], shares } },
      { at: MAY, value: { mrr: '100', partners: ['eastwind', 'northwind'], shares } },
    ]);
  });
});
