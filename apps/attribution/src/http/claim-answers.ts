import type { Columns } from '@tributary/platform';
import type { ClaimRow } from '../read-model/prospects.queries';

/** What a partner is shown of its claim: of a rival the rule alone, and no free text where one is involved. */
export function forPartner(claim: ClaimRow) {
  const { lead, programme, about, state, rule, extensions } = claim;
  const { registeredAt, decideBy, protectedUntil, decidedAt } = claim;
  const reason = rule === null ? claim.reason : null;
  const when = { registeredAt, decideBy, protectedUntil, decidedAt };
  return { lead, programme, about, state, rule, reason, ...when, extensions };
}

type ForPartner = ReturnType<typeof forPartner>;

export const PARTNER_CLAIM_COLUMNS: Columns<ForPartner> = {
  lead: ({ lead }) => lead,
  programme: ({ programme }) => programme,
  company: ({ about }) => about['name'],
  domain: ({ about }) => about['domain'],
  product: ({ about }) => about['product'],
  territory: ({ about }) => about['territory'],
  state: ({ state }) => state,
  rule: ({ rule }) => rule,
  reason: ({ reason }) => reason,
  registeredAt: ({ registeredAt }) => registeredAt,
  decideBy: ({ decideBy }) => decideBy,
  protectedUntil: ({ protectedUntil }) => protectedUntil,
  decidedAt: ({ decidedAt }) => decidedAt,
};

export const CLAIM_COLUMNS: Columns<ClaimRow> = {
  ...PARTNER_CLAIM_COLUMNS,
  reason: ({ reason }) => reason,
  prospect: ({ prospect }) => prospect,
  partner: ({ partner }) => partner,
  decidedBy: ({ decidedBy }) => decidedBy,
  extensions: ({ extensions }) => extensions,
  conflicts: ({ conflicts }) => conflicts.join(' '),
};
