import { type JsonObject, canonicalJson, sha256Hex, uuidV5 } from '@tributary/kernel';
import type { EvidenceItem } from '../evidence';
import {
  type Credit,
  type CreditDecision,
  type Discarded,
  type DiscardReason,
  MOST_DISCARDED,
  MOST_INFLUENCED,
  type Rung,
} from './credit';
import type { Adjudication, Terms } from './customer-view';
import { type Judged, type JudgedTouch, judgeClaims, judgeTouches } from './judge-touches';
import { byTimeAndItem } from './known';
import { ASK, type Contest, type Won, isWhole, sharesOf, standingIn, weighed } from './rungs';
import type { DealState, Situation } from './situation';

/** A customer at some time, with everything about it that is the same for all of its deals. */
export interface Hearing {
  readonly customer: string;
  readonly situation: Situation;
  readonly terms: Terms;
  readonly touches: readonly JudgedTouch[];
}

export const hearingOf = (
  customer: string,
  situation: Situation,
  terms: Terms,
  isCrowd: boolean,
): Hearing => ({ customer, situation, terms, touches: judgeTouches(situation, terms, isCrowd) });

interface Verdict extends Won {
  readonly rung: Rung;
}

/** By the policy's precedence: the first rung that says something decides. */
export function decideByPolicy(hearing: Hearing, deal: DealState | null): CreditDecision {
  const contest = contestOf(hearing, deal);
  if (!contest) return concluded(hearing, deal?.deal ?? null, undefined, unknownCustomer);
  for (const rung of contest.situation.policy.content.precedence) {
    const won = rung === 'adjudicated' ? undefined : ASK[rung](contest);
    if (won) return concluded(hearing, deal?.deal ?? null, contest, { rung, ...won });
  }
  return concluded(hearing, deal?.deal ?? null, contest, { rung: 'house', parts: [], on: [] });
}

const unknownCustomer: Verdict = { rung: 'house', parts: [], on: [] };

/** A person has decided; what is known by then is shown beside it. */
export function decideByPerson(
  hearing: Hearing,
  { deal, parts, evidence }: Adjudication,
): CreditDecision {
  const { deals } = hearing.situation;
  const about = deal === null ? null : (deals.get(deal) ?? null);
  const contest = contestOf(hearing, about);
  const named = new Set(evidence);
  const pieces: readonly Judged<unknown>[] = [...hearing.touches, ...(contest?.claims ?? [])];
  const on = pieces.flatMap(({ piece, partner }) =>
    named.has(piece.item) && partner !== null ? { piece, partner } : [],
  );
  return concluded(hearing, deal, contest, { rung: 'adjudicated', parts, on });
}

function contestOf(hearing: Hearing, deal: DealState | null): Contest | undefined {
  const { situation, terms, touches } = hearing;
  const { conversionAt } = situation.identity;
  if (conversionAt === null) return undefined;
  const claims = judgeClaims(situation.claims, deal?.openedAt ?? conversionAt, terms);
  return { situation, conversionAt, terms, deal, touches, claims };
}

function concluded(
  hearing: Hearing,
  deal: string | null,
  contest: Contest | undefined,
  { rung, parts, on }: Verdict,
): CreditDecision {
  const { policy, identity } = hearing.situation;
  const { id, version, hash } = policy;
  const content: Omit<CreditDecision, 'decision'> = {
    deal,
    policy: { id, version, hash },
    rung,
    unattributed: whyNobody(rung, parts.length > 0, contest !== undefined),
    conversionAt: identity.conversionAt,
    parts,
    influenced: influencedBy(hearing, contest, parts),
    evidence: on.map(({ piece, partner }) => ({ ...piece.fact, item: piece.item, partner })),
    ...listed(discardedOf(hearing, contest, on)),
  };
  // The customer is part of the name: what is said of two of them may well be the same words.
  const text = canonicalJson(content as unknown as JsonObject);
  return { decision: uuidV5('credit', hearing.customer, text), ...content };
}

function whyNobody(
  rung: Rung,
  isSomebody: boolean,
  isKnown: boolean,
): CreditDecision['unattributed'] {
  if (isSomebody || rung === 'adjudicated') return null;
  return isKnown ? 'no_eligible_evidence' : 'customer_unknown';
}

/** Apart from those who share: sourced and influenced are never added up. */
function influencedBy(
  { touches }: Hearing,
  contest: Contest | undefined,
  parts: CreditDecision['parts'],
): string[] {
  const had = new Set<string>();
  for (const { partner, influences } of touches) if (influences && partner) had.add(partner);
  // Who plays a role in the deal without a share of it.
  const { deal, terms } = contest ?? {};
  for (const { partner, bp } of deal?.roles ?? [])
    if (deal && terms && bp === undefined && standingIn(deal, partner, terms) === null)
      had.add(partner);
  for (const { partner } of parts) had.delete(partner);
  return [...had].sort().slice(0, MOST_INFLUENCED);
}

const lost = 'lost_to_stronger_evidence';
const tooMany = 'too_many_touches';

type Aside = Discarded & { readonly at: EvidenceItem['at'] };

/** Everything known that did not win, each with why. */
function discardedOf(hearing: Hearing, contest: Contest | undefined, on: Won['on']): Aside[] {
  const { withdrawn, identity } = hearing.situation;
  const winners = new Set(on.map(({ piece }) => piece.item));
  const won = new Set(on.map(({ piece, partner }) => `${partner} ${piece.item}`));
  const inTheRunning = new Set(weighed(hearing.touches));
  const aside = [
    ...hearing.touches.map((touch) =>
      asideOf(
        touch.piece,
        touch.partner,
        touch.reason ?? (inTheRunning.has(touch) ? lost : tooMany),
      ),
    ),
    ...(contest?.claims ?? []).map(({ piece, partner, reason }) =>
      asideOf(piece, partner, reason ?? lost),
    ),
    ...(contest ? sharesAside(contest) : []),
    ...identity.toCrowds.map((piece) => asideOf(piece, null, 'not_a_person')),
    ...withdrawn.map((piece) => asideOf(piece, null, 'superseded')),
    // A fact of a deal may win for one partner and be put aside for another.
  ].filter(({ item, partner, reason }) =>
    reason === lost || partner === null ? !winners.has(item) : !won.has(`${partner} ${item}`),
  );
  return aside.length > 1 ? aside.sort(byTimeAndItem) : aside;
}

const asideOf = (
  { at, item, fact }: EvidenceItem,
  partner: string | null,
  reason: DiscardReason,
): Aside => ({ at, item, fact, partner, reason });

function sharesAside({ deal, terms }: Contest): Aside[] {
  const shares = deal ? sharesOf(deal) : [];
  const toldBy = deal?.toldBy;
  if (!deal || !toldBy || shares.length === 0) return [];
  if (!isWhole(shares)) return [asideOf(toldBy, null, 'shares_not_whole')];
  const refused = new Map<string, DiscardReason>();
  for (const { partner } of shares) {
    const reason = standingIn(deal, partner, terms);
    if (reason !== null) refused.set(partner, reason);
  }
  const each = [...refused].map(([partner, reason]) => asideOf(toldBy, partner, reason));
  return shares.some(({ partner }) => !refused.has(partner))
    ? [...each, asideOf(toldBy, null, lost)]
    : each;
}

type Listed = Pick<CreditDecision, 'discarded' | 'discardedCounts' | 'restDigest'>;

function listed(aside: readonly Aside[]): Listed {
  const counts: Partial<Record<DiscardReason, number>> = {};
  for (const { reason } of aside) counts[reason] = (counts[reason] ?? 0) + 1;
  const discarded = aside
    .slice(0, MOST_DISCARDED)
    .map(({ item, fact, partner, reason }) => ({ item, fact, partner, reason }));
  const rest = aside.slice(MOST_DISCARDED);
  const lines = rest.map(({ item, fact: { factId, hash }, partner, reason }) =>
    [item, factId, hash, partner ?? '', reason].join(' '),
  );
  const restDigest = rest.length === 0 ? null : sha256Hex(lines.join('\n'));
  return { discarded, discardedCounts: counts, restDigest };
}

/** What sales have to know of a decision. A fact that stands behind several parts is named once. */
export function creditIn(decided: CreditDecision): Credit {
  const { decision, rung, policy, parts, influenced, unattributed } = decided;
  const facts = new Map(decided.evidence.map(({ factId, hash }) => [factId, { factId, hash }]));
  const evidence = [...facts.values()];
  return { decision, rung, policy, parts, influenced, unattributed, evidence };
}
