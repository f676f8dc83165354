import type { Instant } from '@tributary/kernel';
import type { CompiledPlan } from './compile';
import type { CreditedLine, PartnerValue, WindowFacts } from './facts';
import type { ZeroReason } from './line-due';
import { type Agreement, agreementAt } from './situation';
import { forSale } from './timelines';

/** Ladders: the first thing that stands in the way is the reason. */
export function refusalOfLine(
  { version, excluded }: CompiledPlan,
  { asset, parts, product, productGroup }: CreditedLine,
  owner: string,
): ZeroReason | null {
  if (asset !== version.asset) return 'no_plan_in_this_currency';
  if (!parts.some(({ partner }) => partner === owner)) return 'not_credited';
  if (excluded !== null && (excluded.has(product) || excluded.has(productGroup ?? '')))
    return 'excluded_product';
  return null;
}

export function refusalOfPartner(
  { kinds, types }: CompiledPlan,
  partner: PartnerValue | undefined,
  agreement: Agreement | undefined,
): ZeroReason | null {
  if (partner === undefined) return 'partner_unknown';
  if (!mayEarn(partner)) return 'partner_not_active';
  if (agreement === undefined) return 'no_agreement';
  if (kinds !== null && !kinds.has(partner.kind ?? '')) return 'not_applicable';
  return types !== null && !types.has(partner.type) ? 'not_applicable' : null;
}

/** Whoever earns an override needs an agreement too; it may name another plan. */
export function refusalOfParent(
  { terms, partner: id }: WindowFacts,
  t: Instant,
  paidAt: Instant,
): ZeroReason | null {
  const partner = forSale(terms.partner, t, paidAt);
  if (partner === undefined) return 'partner_unknown';
  if (!mayEarn(partner)) return 'partner_not_active';
  const agreement = agreementAt(terms, t, paidAt, (agreed) => agreed.partner === id);
  return agreement === undefined ? 'no_agreement' : null;
}

/** Whoever is suspended goes on earning; it is held. */
const mayEarn = ({ status }: PartnerValue): boolean =>
  status === 'active' || status === 'suspended';
