import { type Instant, type JsonObject, canonicalJson, sha256Hex } from '@tributary/kernel';
import { RUNGS } from '../credit/credit';
import { TOUCH_TYPES } from '../evidence';
import type { PolicyContent, PolicyVersion } from './policy-content';

/** Since when the built-in policy holds, and what "for all sales" is written as. */
export const BEGINNING = '0001-01-01T00:00:00.000Z' as Instant;

/** Of the policy that is built in; no programme can publish one under this name. */
export const STANDARD = 'standard';

/** Over the canonical bytes of what was approved. */
export const policyHash = (content: PolicyContent, effectiveFrom: Instant): string =>
  sha256Hex(canonicalJson({ content, effectiveFrom } as unknown as JsonObject));

const content: PolicyContent = {
  // It stands for every programme that has published none.
  programme: '*',
  precedence: RUNGS,
  model: { kind: 'last' },
  lookbackDays: { click: 90, coupon: 90, event: 90, integration: 365, intro: 180, referral: 180 },
  sources: TOUCH_TYPES,
  influence: { types: TOUCH_TYPES, days: 180 },
};

/** What holds where nobody has published anything. Old decisions name its hash, so it never changes; a better one is version 2. */
export const STANDARD_POLICY: PolicyVersion = {
  id: STANDARD,
  version: 1,
  hash: policyHash(content, BEGINNING),
  content,
};
