import { withoutDashes, uuidV5 } from '@tributary/kernel';
import type { Topic } from './customer/events';
import type { Identifier } from './evidence';

const topic = (text: string): Topic => text as Topic;

/** What happened under this identifier; of a customer, what it is known by first-hand. */
export const topicOfIdentifier = ({ kind, id }: Identifier): Topic =>
  topic(`${kind === 'customer' ? 'customer' : 'identifier'}:${id}`);
/** Its status over time. */
export const topicOfPartner = (partner: string): Topic => topic(`partner:${partner}`);
/** Who owns it, since when. */
export const topicOfLink = (link: string): Topic => topic(`link:${link}`);
export const topicOfCoupon = (coupon: string): Topic => topic(`coupon:${coupon}`);
export const topicOfProgramme = (programme: string): Topic => topic(`programme:${programme}`);
/** The policy versions of a programme. */
export const topicOfPolicy = (programme: string): Topic => topic(`policy:${programme}`);
/** Agreements of a programme that grant exclusive rights; each speaks under a key of its own. */
export const topicOfExclusivity = (programme: string): Topic => topic(`exclusive:${programme}`);
/** What the sales of a customer have to know of it. */
export const topicOfCustomerTold = (customer: string): Topic => topic(`told:${customer}`);

/** The identifier that an evidence topic is about; undefined for every other topic. */
export function identifierOfTopic(
  text: string,
): { readonly kind: 'customer' | 'identifier'; readonly id: string } | undefined {
  const [kind, id] = text.split(':');
  if (id === undefined || (kind !== 'customer' && kind !== 'identifier')) return undefined;
  return { kind, id };
}

/** Of an identifier that cannot be personal: its name in upstream is hashed. Those that may be are pseudonyms already. */
export const hashedIdOf = (tenant: string, kind: string, value: string): string =>
  withoutDashes(uuidV5('identifier', tenant, kind, value));
