import type { Instant } from '@tributary/kernel';
import type { Claim, EvidenceItem } from '../evidence';
import { type CreditPart, type DiscardReason, MOST_WINNERS, type Rung } from './credit';
import type { Terms } from './customer-view';
import { type Judged, type JudgedTouch, standingOf } from './judge-touches';
import type { DealState, Situation } from './situation';
import { governing } from './situation';
import { weighTouches } from './weigh-touches';

/** Who wins by one rung, and on which pieces. */
export interface Won {
  readonly parts: readonly CreditPart[];
  readonly on: readonly { readonly piece: EvidenceItem; readonly partner: string }[];
}

/** What the rungs decide on. */
export interface Contest {
  readonly situation: Situation;
  readonly conversionAt: Instant;
  readonly terms: Terms;
  /** Null for what is not about a deal. */
  readonly deal: DealState | null;
  readonly touches: readonly JudgedTouch[];
  readonly claims: readonly Judged<Claim>[];
}

export const WHOLE_BP = 10_000;
const WHOLE_WEIGHT = 1;
/** Of a part whose evidence names no role. */
export const SOURCE_ROLE = 'source';

const house: Won = { parts: [], on: [] };

/** What each rung says; undefined: nothing, and the next one is asked. An adjudication is no rung that is asked: it stands above. */
export const ASK: Readonly<
  Record<Exclude<Rung, 'adjudicated'>, (contest: Contest) => Won | undefined>
> = {
  deal: byShares,
  registration: byRegistration,
  exclusivity: byExclusivity,
  coupon: byCoupon,
  touches: byTouches,
  house: () => house,
};

export const sharesOf = (deal: DealState) =>
  deal.roles.flatMap(({ partner, role, bp }) =>
    bp === undefined ? [] : { partner, role, weight: bp },
  );

export const isWhole = (shares: readonly CreditPart[]): boolean =>
  shares.every(({ weight }) => Number.isSafeInteger(weight) && weight > 0) &&
  shares.reduce((sum, { weight }) => sum + weight, 0) === WHOLE_BP;

/** Why a partner has no part in a deal, though the fact that tells who has names it; null where it has. */
export const standingIn = (
  { toldBy }: DealState,
  partner: string,
  terms: Pick<Terms, 'partners'>,
): DiscardReason | null => (toldBy ? standingOf(partner, toldBy.at, terms) : null);

/** A share of who could not have brought anybody by then falls to the others, as a touch of it would. */
function byShares({ deal, terms }: Contest): Won | undefined {
  if (!deal?.toldBy) return undefined;
  const { toldBy } = deal;
  const shares = sharesOf(deal);
  if (!isWhole(shares)) return undefined;
  const parts = shares.filter(({ partner }) => standingIn(deal, partner, terms) === null);
  if (parts.length === 0) return undefined;
  const partners = [...new Set(parts.map(({ partner }) => partner))];
  return { parts, on: partners.map((partner) => ({ piece: toldBy, partner })) };
}

/** Of several live claims the one registered first; the prospect should have let only one live. */
function byRegistration({ claims }: Contest): Won | undefined {
  const [first] = claims
    .filter(({ reason }) => reason === null)
    .sort(({ piece: a }, { piece: b }) => compare(registration(a), registration(b)));
  if (!first) return undefined;
  return wholeTo(first.piece.body.partner, SOURCE_ROLE, first.piece);
}

const registration = ({ item, body }: Judged<Claim>['piece']): string =>
  `${body.registeredAt} ${item}`;

/** Whoever was promised this country or segment, at the conversion. Of several the agreement that began first, then by id. */
function byExclusivity({ situation, conversionAt, terms }: Contest): Won | undefined {
  const { identity, t } = situation;
  const { signUp } = identity;
  if (!signUp) return undefined;
  const { country, segment } = signUp.body;
  const live = (terms.exclusives.get(identity.programme) ?? []).flatMap(({ agreement, steps }) => {
    const { value } = governing(steps, t, conversionAt) ?? {};
    if (value?.status !== 'active' || !value.exclusivity) return [];
    const { territories, verticals } = value.exclusivity;
    if (!covers(territories, country) || !covers(verticals, segment)) return [];
    return { partner: value.partner, order: `${steps[0]?.at ?? ''} ${agreement}` };
  });
  const [first] = live.sort((a, b) => compare(a.order, b.order));
  return first && wholeTo(first.partner, SOURCE_ROLE, signUp);
}

/** An empty list does not limit. */
const covers = (named: readonly string[], value: string | undefined): boolean =>
  named.length === 0 || (value !== undefined && named.includes(value));

function byCoupon({ touches }: Contest): Won | undefined {
  const latest = touches.findLast(
    ({ piece, reason }) => reason === null && piece.body.type === 'coupon',
  );
  if (!latest || latest.partner === null) return undefined;
  return wholeTo(latest.partner, latest.piece.body.role ?? SOURCE_ROLE, latest.piece);
}

const wholeTo = (partner: string, role: string, piece: EvidenceItem): Won => ({
  parts: [{ partner, role, weight: WHOLE_WEIGHT }],
  on: [{ piece, partner }],
});

/** The touches that share: of more than a decision can name, the first one and the latest. */
export function weighed(touches: readonly JudgedTouch[]): readonly JudgedTouch[] {
  const eligible = touches.filter(({ reason }) => reason === null);
  if (eligible.length <= MOST_WINNERS) return eligible;
  return [...eligible.slice(0, 1), ...eligible.slice(1 - MOST_WINNERS)];
}

function byTouches({ situation, conversionAt, deal, touches }: Contest): Won | undefined {
  const candidates = weighed(touches);
  if (candidates.length === 0) return undefined;
  const weights = weighTouches(
    candidates.map(({ piece }) => piece),
    situation.policy.content.model,
    { conversionAt, leadAt: leadAt(situation), opportunityAt: opportunityAt(situation, deal) },
  );
  const winners = candidates.flatMap(({ piece, partner }, i) => {
    const weight = weights[i] ?? 0;
    if (weight === 0 || partner === null) return [];
    return { piece, part: { partner, role: piece.body.role ?? SOURCE_ROLE, weight } };
  });
  return {
    parts: inLowestTerms(winners.map(({ part }) => part)),
    on: winners.map(({ piece, part }) => ({ piece, partner: part.partner })),
  };
}

/** When this lead was first registered by anybody, whatever became of the claim. */
const leadAt = ({ claims }: Situation): Instant | null =>
  claims.reduce<Instant | null>(
    (first, { body: { registeredAt } }) =>
      first === null || registeredAt < first ? registeredAt : first,
    null,
  );

/** What is not about a deal counts from the first opportunity that there was. */
function opportunityAt({ deals }: Situation, deal: DealState | null): Instant | null {
  if (deal) return deal.openedAt;
  let first: Instant | null = null;
  for (const { openedAt } of deals.values())
    if (first === null || openedAt < first) first = openedAt;
  return first;
}

/**
 * Touches of one partner stay apart, because they are summed after the allocation; a single partner gets everything either way.
 * Without a common factor, equal credit is equal to the letter.
 */
function inLowestTerms(parts: readonly CreditPart[]): readonly CreditPart[] {
  const [first] = parts;
  if (!first) return parts;
  if (parts.every(({ partner, role }) => partner === first.partner && role === first.role))
    return [{ ...first, weight: WHOLE_WEIGHT }];
  const factor = parts.reduce((common, { weight }) => commonFactor(common, weight), 0);
  return factor === 1 ? parts : parts.map((part) => ({ ...part, weight: part.weight / factor }));
}

const commonFactor = (a: number, b: number): number => (b === 0 ? a : commonFactor(b, a % b));

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
