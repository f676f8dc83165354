import type { Step } from '@tributary/kernel';
import type { Published } from '../published';

export const PARTNER = 'partners.partner.v1';

export const PARTNER_TYPES = ['technology', 'channel', 'strategic', 'ecosystem'] as const;
export type PartnerType = (typeof PARTNER_TYPES)[number];

/** What rules of a plan call `partner.type`. */
export const PARTNER_KINDS = [
  'reseller',
  'agency',
  'si',
  'integration',
  'consultancy',
  'referral',
] as const;
export type PartnerKind = (typeof PARTNER_KINDS)[number];

export const PARTNER_CATEGORIES = ['crm', 'ecommerce', 'accounting', 'social', 'other'] as const;
export type PartnerCategory = (typeof PARTNER_CATEGORIES)[number];

export const PARTNER_STATUSES = ['prospective', 'active', 'suspended', 'ended'] as const;
export type PartnerStatus = (typeof PARTNER_STATUSES)[number];

export const INTEGRATION_LEVELS = ['none', 'self-serve', 'joint', 'strategic'] as const;
export type IntegrationLevel = (typeof INTEGRATION_LEVELS)[number];

export interface PartnerValue {
  readonly name: string;
  readonly type: PartnerType;
  readonly kind?: PartnerKind;
  readonly category: PartnerCategory;
  readonly status: PartnerStatus;
  /** ISO 3166-1 alpha-2; empty: not limited. */
  readonly territories: readonly string[];
  readonly verticals: readonly string[];
  readonly integrationLevel: IntegrationLevel;
  readonly benefits: {
    readonly toPartner: readonly string[];
    readonly fromPartner: readonly string[];
  };
  readonly initiatives: readonly string[];
}

/** Since when a partner is what: a step has `at` alone, so that a suspension told late holds from the day it names. */
export interface PartnerData {
  readonly partner: string;
  readonly steps: readonly Step<PartnerValue>[];
}

export type PartnerTold = Published<typeof PARTNER, PartnerData>;
