import type { LinkValue } from '@tributary/contracts';
import { type Instant, type Step, msOf } from '@tributary/kernel';
import type { Claim, Touch } from '../evidence';
import type { DiscardReason } from './credit';
import type { Terms } from './customer-view';
import type { Identity, Piece } from './known';
import type { Situation } from './situation';

const MS_PER_DAY = 86_400_000;

/** A piece of evidence, the partner that it speaks for, and why it cannot win; null where it can. */
export interface Judged<B> {
  readonly piece: Piece<B>;
  readonly partner: string | null;
  readonly reason: DiscardReason | null;
}
export interface JudgedTouch extends Judged<Touch> {
  /** Whether its partner had a hand in it, sourced or not. */
  readonly influences: boolean;
}

export function judgeTouches(
  { touches, identity, policy }: Situation,
  terms: Terms,
  isCrowd: boolean,
): JudgedTouch[] {
  const { conversionAt } = identity;
  if (conversionAt === null) return [];
  const { sources, lookbackDays, influence } = policy.content;
  return touches.map((piece) => {
    const { type } = piece.body;
    const { partner, reason: unresolved } = speaksFor(piece, identity, terms);
    const refused =
      refusedAsSaid(piece, isCrowd) ??
      unresolved ??
      (piece.at > conversionAt ? 'after_conversion' : null) ??
      standingOf(partner, piece.at, terms);
    if (refused !== null) return { piece, partner, reason: refused, influences: false };

    const ageMs = msOf(conversionAt) - msOf(piece.at);
    const influences = influence.types.includes(type) && ageMs <= influence.days * MS_PER_DAY;
    if (!sources.includes(type)) return { piece, partner, reason: 'cannot_source', influences };
    const isOld = ageMs > lookbackDays[type] * MS_PER_DAY;
    return { piece, partner, reason: isOld ? 'outside_lookback' : null, influences };
  });
}

function refusedAsSaid({ body }: Piece<Touch>, isCrowd: boolean): DiscardReason | null {
  if (isCrowd) return 'not_a_person';
  if (body.selfReported) return 'self_reported';
  return body.consent ? null : 'no_consent';
}

interface Speaker {
  readonly partner: string | null;
  readonly reason: DiscardReason | null;
}

/** Links and coupons change hands; whoever owned it at the time of the touch is meant. */
function speaksFor({ at, body }: Piece<Touch>, identity: Identity, terms: Terms): Speaker {
  const { partner, link, coupon } = body;
  if (partner !== undefined) return { partner, reason: null };
  const steps = link === undefined ? terms.coupons.get(coupon ?? '') : terms.links.get(link);
  const owned = inForce<LinkValue>(steps, at);
  if (!owned || owned.owner === null) return { partner: null, reason: 'unknown_link' };
  const reason = owned.programme === identity.programme ? null : 'other_programme';
  return { partner: owned.owner, reason };
}

/** Why a partner could not have brought anybody at that time. */
export function standingOf(
  partner: string | null,
  at: Instant,
  terms: Pick<Terms, 'partners'>,
): DiscardReason | null {
  const steps = partner === null ? undefined : terms.partners.get(partner);
  if (!steps || steps.length === 0) return 'unknown_partner';
  const status = inForce(steps, at)?.status;
  if (status === 'active') return null;
  return status === 'suspended' ? 'suspended_partner' : 'inactive_partner';
}

const inForce = <V>(steps: readonly Step<V>[] | undefined, at: Instant): V | undefined =>
  steps?.findLast((step) => step.at <= at)?.value;

/** Whether a claim protects what was created at `opportunityAt`. */
export function judgeClaims(
  claims: readonly Piece<Claim>[],
  opportunityAt: Instant,
  terms: Terms,
): Judged<Claim>[] {
  return claims.map((piece) => {
    const { partner, state, registeredAt, from = registeredAt, until } = piece.body;
    const isLive = from <= opportunityAt && (until === undefined || opportunityAt < until);
    const reason =
      state === 'protected'
        ? (standingOf(partner, registeredAt, terms) ?? (isLive ? null : 'claim_not_live'))
        : 'claim_not_protected';
    return { piece, partner, reason };
  });
}
