import type { DealData } from '@tributary/contracts';
import type { Deal, Identifier } from '../evidence';
import { hashedIdOf } from '../topics';
import { type Command, noteAt } from './commands';
import { type RoutedFact, identifierOf, linkTo, itemOf } from './routed';

export const dealIdOf = (tenant: string, dealRef: string): string =>
  hashedIdOf(tenant, 'deal', dealRef);

/** A deal is known under its account and under every other name that the sales team gave it. */
export const whenDeal =
  (stage: Deal['stage']) =>
  (fact: RoutedFact<DealData>): Command[] => {
    const {
      dealRef,
      accountRef,
      customerRef,
      leadRef,
      companyDomain,
      partnerRoles = [],
    } = fact.data;
    const deal = dealIdOf(fact.tenant, dealRef);
    const body: Deal = {
      kind: 'deal',
      deal,
      stage,
      openedAt: fact.at,
      roles: partnerRoles.map(({ partnerRef, role, bp }) => ({
        partner: partnerRef,
        role,
        ...(bp !== undefined && { bp }),
      })),
    };
    const item = { item: `deal.${deal}.${fact.fact.factId}`, at: fact.at, fact: fact.fact, body };
    const account = identifierOf(fact, 'account', accountRef);
    const names: Identifier[] = [account];
    if (customerRef !== undefined) names.push(identifierOf(fact, 'customer', customerRef));
    if (leadRef !== undefined) names.push(identifierOf(fact, 'lead', leadRef));
    if (companyDomain !== undefined) names.push(identifierOf(fact, 'company', companyDomain));
    return [
      ...names.map((name) => noteAt(name, item)),
      ...names
        .slice(1)
        .flatMap((name, i) => [
          noteAt(account, itemOf(fact, 2 * i + 1, linkTo(name, 'deal'))),
          noteAt(name, itemOf(fact, 2 * i + 2, linkTo(account, 'deal'))),
        ]),
    ];
  };
