import { type Instant, type Json, canonicalJson } from '@tributary/kernel';
import type { Decided } from '../credit/decide-credit';
import type { SignUp } from '../evidence';
import { activityOf } from './activity';
import type { CustomerTold } from './events';
import { firstPaidAtOf } from './payments';
import type { Customer } from './state';

/** What sales have to know, without the number of the revision. */
export type Telling = Omit<CustomerTold, 'revision'>;

/** Everything about who it is, as the customer that all of them turned out to be has said it. */
export function tellingOf(
  customer: string,
  { timelines, identity }: Decided,
  state: Customer,
  firstPaidAt: Instant | null,
): Telling {
  const { canonical, signUp } = identity;
  const said: Partial<SignUp> = signUp?.body ?? {};
  return {
    customer,
    canonical,
    programme: said.programme ?? null,
    credits: timelines,
    signedUpAt: signUp?.at ?? null,
    firstPaidAt,
    customerType: said.customerType ?? null,
    country: said.country ?? null,
    segment: said.segment ?? null,
    activity: activityIn(state),
  };
}

export const activityIn = ({ subscriptions, payments }: Customer): CustomerTold['activity'] =>
  activityOf(
    subscriptions.entries().map(([, note]) => note),
    firstPaidAtOf(payments.first),
  );

export const isToldAlready = (told: CustomerTold, telling: Telling): boolean =>
  textOf({ ...told, revision: 0 }) === textOf({ ...telling, revision: 0 });

const textOf = (told: CustomerTold): string => canonicalJson(told as unknown as Json);
