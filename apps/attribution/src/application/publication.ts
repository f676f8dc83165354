import { CUSTOMER, LINE_CREDITED, MEASURED } from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';
import type { CustomerTold } from '../domain/customer/events';
import { customerData } from '../domain/customer/publish';
import type { MeasureRevised } from '../domain/measure/events';

/** What the other services may know, as timelines: lines with their credit, customers, measures. */
export const publication: Publication = {
  owner: 'attribution',
  version: 2,
  types: ['CreditRevised', 'LineCredited', 'MeasureRevised'],
  publish: ({ type, data }) => {
    switch (type) {
      case 'LineCredited':
        return { type: LINE_CREDITED, data };
      case 'CreditRevised':
        return { type: CUSTOMER, data: { ...customerData(data as unknown as CustomerTold) } };
      default: {
        const { observations: _kept, ...told } = data as unknown as MeasureRevised['data'];
        return { type: MEASURED, data: { ...told } };
      }
    }
  },
};
