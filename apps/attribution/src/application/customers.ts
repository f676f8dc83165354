import type { StreamName } from '@tributary/kernel';
import { Dispatched } from '@tributary/platform';
import type {
  AdjudicateCredit as Adjudication,
  CustomerCommand,
  CustomerRejected,
} from '../domain/customer/commands';
import { customerStreamOf } from '../domain/customer/events';

/** What follows from facts; none of it is refused. */
export class ToCustomer extends Dispatched<CustomerCommand, CustomerRejected> {}

/** A person's decision. */
export class AdjudicateCredit extends Dispatched<Adjudication, CustomerRejected> {}

export const streamOfCustomer = (
  { customer }: Pick<CustomerCommand, 'customer'>,
  tenant: string,
): StreamName => customerStreamOf(tenant, customer);
