import { factType } from './fact-type';
import {
  amountFromZero,
  domain,
  leadRef,
  list,
  oneOfWords,
  partnerRef,
  ref,
  sealed,
  taxId,
  time,
  word,
  words,
} from './fields';
import { FORBIDDEN } from './forbidden';
import { type Schema, asset, needs, optional, record } from './schema';

export const LEAD_REGISTERED = 'tributary.lead.registered.v1';
export const LEAD_UPDATED = 'tributary.lead.updated.v1';
export const LEAD_DECIDED = 'tributary.lead.decided.v1';

export const LEAD_DECISIONS = ['approve', 'reject', 'extend'] as const;
export type LeadDecision = (typeof LEAD_DECISIONS)[number];

export interface LeadCompany {
  readonly name: string;
  readonly domain: string;
  /** As it was sent until the vault has exchanged it; never kept. */
  readonly taxId?: string;
}

/** Sealed under the key of the lead. */
export interface LeadContact {
  readonly contactName?: string;
  readonly contactEmail?: string;
  readonly contactPhone?: string;
}

/** A partner registers a company as its prospect. */
export interface LeadRegisteredData {
  readonly leadRef: string;
  readonly partnerRef: string;
  readonly company: LeadCompany;
  readonly pii?: LeadContact;
  readonly product: string;
  /** Minor units of `asset`, which stands beside it. */
  readonly value?: string;
  readonly asset?: string;
  readonly territory: string;
  readonly vertical?: string;
}

/** What has changed about a lead; what is not named stays. */
export interface LeadUpdatedData {
  readonly leadRef: string;
  readonly partnerRef?: string;
  readonly company?: Partial<LeadCompany>;
  readonly pii?: LeadContact;
  readonly product?: string;
  readonly value?: string;
  readonly asset?: string;
  readonly territory?: string;
  readonly vertical?: string;
}

/** A system outside has decided about a registration. */
export interface LeadDecidedData {
  readonly leadRef: string;
  readonly decision: LeadDecision;
  readonly ruleRefs: readonly string[];
  readonly protectionUntil?: string;
  readonly actor: string;
}

const pii = optional(
  record<LeadContact>({
    contactName: optional(sealed(200, 'Who to talk to.')),
    contactEmail: optional(sealed(320, 'Their e-mail address.')),
    contactPhone: optional(sealed(50, 'Their telephone number.')),
  }),
);
const companyName = words('The name of the company.');
const product = ref('What it is about.');
const value = optional(amountFromZero('What the deal may be worth, in minor units of the asset.'));
const territory = word('Where, like `br` or `us-ca`.');
const vertical = optional(word('The industry, like `retail`.'));

/** A lead names the company by its tax id in the clear, which is exchanged with the rest. */
const { taxId: _takenHere, ...FORBIDDEN_HERE } = FORBIDDEN;
const marks: Schema = { 'x-subject': 'leadRef', 'x-forbidden': FORBIDDEN_HERE };

const SOURCE = 'https://portal.example/production';

export const leadRegistered = factType<typeof LEAD_REGISTERED, LeadRegisteredData>({
  type: LEAD_REGISTERED,
  title: 'A partner registers a company as its prospect',
  fields: {
    leadRef,
    partnerRef,
    company: record<LeadCompany>({ name: companyName, domain, taxId: optional(taxId) }),
    pii,
    product,
    value,
    asset: optional(asset),
    territory,
    vertical,
  },
  choices: [needs('value', 'asset', 'currency')],
  marks,
  example: {
    id: 'lead-801-registered',
    source: SOURCE,
    time: '2026-01-15T10:00:00-03:00',
    subject: 'lead-801',
    data: {
      leadRef: 'lead-801',
      partnerRef: 'northwind',
      company: { name: 'Acme Ltda', domain: 'acme.example', taxId: '12.345.678/0001-95' },
      pii: { contactName: 'Ana Souza', contactEmail: 'ana@acme.example' },
      product: 'payments',
      value: '2400000',
      asset: 'BRL/2',
      territory: 'br',
      vertical: 'retail',
    },
  },
});

export const leadUpdated = factType<typeof LEAD_UPDATED, LeadUpdatedData>({
  type: LEAD_UPDATED,
  title: 'Something about a lead has changed',
  fields: {
    leadRef,
    partnerRef: optional(partnerRef),
    company: optional(
      record<Partial<LeadCompany>>({
        name: optional(companyName),
        domain: optional(domain),
        taxId: optional(taxId),
      }),
    ),
    pii,
    product: optional(product),
    value,
    asset: optional(asset),
    territory: optional(territory),
    vertical,
  },
  choices: [needs('value', 'asset', 'currency')],
  marks,
  example: {
    id: 'lead-801-updated-1',
    source: SOURCE,
    time: '2026-01-20T16:45:00-03:00',
    subject: 'lead-801',
    data: {
      leadRef: 'lead-801',
      pii: { contactPhone: '+55 11 5555 0100' },
      value: '3000000',
      asset: 'BRL/2',
    },
  },
});

export const leadDecided = factType<typeof LEAD_DECIDED, LeadDecidedData>({
  type: LEAD_DECIDED,
  title: 'A registration has been decided about',
  fields: {
    leadRef,
    decision: oneOfWords(LEAD_DECISIONS, 'What was decided.'),
    ruleRefs: list(ref('A rule that it rests on.'), 0, 20),
    protectionUntil: optional(time('Until when the registration is protected.')),
    actor: ref('Who decided, as a reference to your staff and never a name.'),
  },
  example: {
    id: 'lead-801-decided',
    source: 'https://crm.example/production',
    time: '2026-01-19T09:30:00-03:00',
    subject: 'lead-801',
    data: {
      leadRef: 'lead-801',
      decision: 'approve',
      ruleRefs: ['territory-br'],
      protectionUntil: '2026-04-19T00:00:00-03:00',
      actor: 'staff-12',
    },
  },
});
