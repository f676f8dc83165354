import { type Fault, factType } from './fact-type';
import {
  amountFromZero,
  customerRef,
  domain,
  leadRef,
  list,
  partnerRef,
  ref,
  wholeNumber,
  word,
  words,
} from './fields';
import { type Fields, asset, optional, record } from './schema';

export const DEAL_OPENED = 'tributary.deal.opened.v1';
export const DEAL_STAGE_CHANGED = 'tributary.deal.stage_changed.v1';
export const DEAL_WON = 'tributary.deal.won.v1';
export const DEAL_LOST = 'tributary.deal.lost.v1';

/** What a partner does in a deal. Either every role has a share or none has, and the shares are 10,000 basis points together. */
export interface PartnerRole {
  readonly partnerRef: string;
  readonly role: string;
  readonly bp?: number;
}

/** An opportunity of the sales team, as it stands after what the type names. */
export interface DealData {
  readonly dealRef: string;
  readonly accountRef: string;
  /** Minor units of `asset`. */
  readonly amount: string;
  readonly asset: string;
  readonly stage: string;
  readonly probabilityBps?: number;
  readonly partnerRoles?: readonly PartnerRole[];
  readonly customerRef?: string;
  readonly leadRef?: string;
  readonly companyDomain?: string;
}

export interface DealLostData extends DealData {
  readonly reason?: string;
}

const WHOLE_BPS = 10_000;

const fields: Fields<DealData> = {
  dealRef: ref('Your id of the opportunity.'),
  accountRef: ref('Your id of the account.'),
  amount: amountFromZero('What it is worth, in minor units of the asset.'),
  asset,
  stage: words('The stage it stands at, as your system calls it.', 100),
  probabilityBps: optional(wholeNumber(0, WHOLE_BPS, 'How likely it is won, in basis points.')),
  partnerRoles: optional(
    list(
      record<PartnerRole>({
        partnerRef,
        role: word('What the partner does, like `co_sell`.'),
        bp: optional(wholeNumber(1, WHOLE_BPS, 'Its share in basis points.')),
      }),
      1,
      20,
    ),
  ),
  customerRef: optional(customerRef),
  leadRef: optional(leadRef),
  companyDomain: optional(domain),
};

const example = (id: string, time: string, stage: string): DealExample => ({
  id,
  source: 'https://crm.example/production',
  time,
  subject: 'deal-66',
  data: {
    dealRef: 'deal-66',
    accountRef: 'acc-300',
    amount: '166667',
    asset: 'BRL/2',
    stage,
    partnerRoles: [
      { partnerRef: 'northwind', role: 'source', bp: 6_000 },
      { partnerRef: 'eastwind', role: 'co_sell', bp: 4_000 },
    ],
  },
});
interface DealExample {
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly subject: string;
  readonly data: DealData;
}

export const dealOpened = factType<typeof DEAL_OPENED, DealData>({
  type: DEAL_OPENED,
  title: 'An opportunity was opened',
  fields,
  faultsOf: rolesFaults,
  example: example('deal-66-opened', '2026-01-22T09:00:00-03:00', 'qualification'),
});
export const dealStageChanged = factType<typeof DEAL_STAGE_CHANGED, DealData>({
  type: DEAL_STAGE_CHANGED,
  title: 'An opportunity moved to another stage, or its amount or its partners changed',
  fields,
  faultsOf: rolesFaults,
  example: example('deal-66-stage-2', '2026-02-02T14:00:00-03:00', 'proposal'),
});
export const dealWon = factType<typeof DEAL_WON, DealData>({
  type: DEAL_WON,
  title: 'An opportunity was won',
  fields,
  faultsOf: rolesFaults,
  example: example('deal-66-won', '2026-03-02T17:20:00-03:00', 'closed_won'),
});
export const dealLost = factType<typeof DEAL_LOST, DealLostData>({
  type: DEAL_LOST,
  title: 'An opportunity was lost',
  fields: { ...fields, reason: optional(word('Why, like `price`.')) },
  faultsOf: rolesFaults,
  example: example('deal-66-lost', '2026-03-02T17:20:00-03:00', 'closed_lost'),
});

function rolesFaults({ partnerRoles = [] }: DealData): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [i, { partnerRef: partner, role }] of partnerRoles.entries()) {
    const key = `${partner} ${role}`;
    if (seen.has(key)) {
      const detail = 'The same partner stands in the same role twice.';
      faults.push({ path: ['partnerRoles', i], code: 'not_unique', detail });
    }
    seen.add(key);
  }
  const shares = partnerRoles.flatMap(({ bp }) => (bp === undefined ? [] : [bp]));
  if (shares.length === 0) return faults;

  const sum = shares.reduce((total, bp) => total + bp, 0);
  if (shares.length < partnerRoles.length || sum !== WHOLE_BPS) {
    const detail = `Where a role has a share, each has one, and together they are ${WHOLE_BPS}: here ${sum} of ${shares.length} of ${partnerRoles.length} roles.`;
    faults.push({ path: ['partnerRoles'], code: 'split_not_whole', detail });
  }
  return faults;
}
