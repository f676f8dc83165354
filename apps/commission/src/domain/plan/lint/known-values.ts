import {
  INTEGRATION_LEVELS,
  PARTNER_CATEGORIES,
  PARTNER_KINDS,
  PARTNER_TYPES,
} from '@tributary/contracts';

/** The levels that the tracks come with. A programme may name others, which is why a table of them can end in `*`. */
const COMMERCIAL_TIERS = ['certified', 'preferred', 'strategic'];
const INTEGRATION_TIERS = ['self-serve', 'joint', 'strategic'];

/** `partner.tier@event` is another name for `partner.tier`. */
export const plainField = (field: string): string => field.replace(/@event$/, '');

export const TIERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['partner.tier', COMMERCIAL_TIERS],
  ['partner.integrationTier', INTEGRATION_TIERS],
]);

/** Fields whose values are a closed list: no partner will ever have another one. */
export const CLOSED_VALUES: ReadonlyMap<string, readonly string[]> = new Map<
  string,
  readonly string[]
>([
  ['partner.type', PARTNER_KINDS],
  ['partner.class', PARTNER_TYPES],
  ['partner.category', PARTNER_CATEGORIES],
  ['partner.integrationLevel', INTEGRATION_LEVELS],
  ['customer.active', ['true', 'false']],
  ['customer.reactivated', ['true', 'false']],
]);
