import { type Instant, canonicalJson, laterOf } from '@tributary/kernel';
import type { Claim } from '../evidence';
import type { ClaimStanding } from './events';

type Stands = Pick<
  ClaimStanding,
  'decidedAt' | 'fact' | 'partner' | 'prospect' | 'registeredAt' | 'state' | 'until'
>;

/** What a claim says about customers, and since when: a decision since it was made, else since the registration. Null: nothing. */
export function evidenceOf(claim: Stands): { readonly at: Instant; readonly body: Claim } | null {
  const { prospect, partner, state, registeredAt, until, decidedAt } = claim;
  if (registeredAt === null || state === 'incomplete' || state === 'withdrawn') return null;
  const at = decidedAt === null ? registeredAt : laterOf(decidedAt, registeredAt);
  const known = { kind: 'claim', prospect, partner, registeredAt } as const;
  if (state === 'protected' && until !== null)
    return { at, body: { ...known, state, from: registeredAt, until } };
  return { at, body: { ...known, state: state === 'refused' ? state : 'pending' } };
}

/** The next version where a customer would hear something new, such as not that somebody contests the claim. */
export function evidenceVersion(now: Stands, before: ClaimStanding | undefined): number {
  if (before === undefined) return evidenceOf(now) ? 1 : 0;
  return textOf(now) === textOf(before) ? before.evidence : before.evidence + 1;
}

const textOf = (claim: Stands): string => {
  const evidence = evidenceOf(claim);
  return evidence
    ? canonicalJson({ ...evidence, body: { ...evidence.body }, fact: { ...claim.fact } })
    : '';
};
