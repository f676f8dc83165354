import type { Identifier as Named, IdentityLinkData } from '@tributary/contracts';
import type { Identifier } from '../evidence';
import { type Command, noteAt } from './commands';
import { type RoutedFact, identifierOf, itemOf, linkTo } from './routed';

/** Both ends hear of it, because each may be reached without the other. */
export const whenIdentified =
  (linked: boolean) =>
  (fact: RoutedFact<IdentityLinkData>): Command[] => {
    const { from, to, basis } = fact.data;
    const [one, other] = [endOf(fact, from), endOf(fact, to)];
    return [
      noteAt(one, itemOf(fact, 0, linkTo(other, basis, linked))),
      noteAt(other, itemOf(fact, 1, linkTo(one, basis, linked))),
    ];
  };

const endOf = (fact: RoutedFact<object>, { type, value }: Named): Identifier =>
  identifierOf(fact, type, value);
