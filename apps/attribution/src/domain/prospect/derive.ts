import { type Instant, type Json, canonicalJson } from '@tributary/kernel';
import type { ClaimStanding, ProspectEvent, Settlement } from './events';
import { evidenceVersion } from './evidence-of-claim';
import type { Prospect, ToldConflict } from './evolve';
import {
  type Found,
  type Known,
  conflictsAmong,
  contenderOf,
  foreignOf,
  leadersFirst,
  sameConflict,
  sideOf,
} from './rivalry';
import { type Own, ownOf } from './standing';

/** What is told in one append; the rest follows in steps. */
export const MOST_AT_ONCE = 100;
/** A claim lists so many; each of them is told by itself. */
const MOST_CONFLICTS = 20;
/** An event stays small: behind so many leading claims nobody's would win. */
export const MOST_CONTENDERS = 40;

/** Everything that has to be said because it is no longer as it was told. */
export function derivedFrom(state: Prospect): ProspectEvent[] {
  const { company, latest } = state;
  if (company === null || latest === null) return [];
  const known: Known = { ...state, company };
  const owns = Object.values(state.claims).flatMap((claim) => ownOf(claim, state) ?? []);
  const found = conflictsAmong(owns, known);
  return [
    ...claimsChanged(owns, found, known, latest),
    ...conflictsChanged(owns, found, known, latest),
    ...rivalsTold(owns, known, latest),
  ].slice(0, MOST_AT_ONCE);
}

function claimsChanged(
  owns: readonly Own[],
  found: readonly Found[],
  { company, told }: Known,
  occurredAt: Instant,
): ProspectEvent[] {
  const open = openBySide(found);
  return owns.flatMap((own): ProspectEvent[] => {
    const before = told.claims[own.lead];
    const place = placeOf(own, open, company);
    if (before && isTold(before, own, place)) return [];
    const now: Now = { ...company, ...own, ...place };
    if (before && same(now, withoutHistory(before))) {
      TOLD.set(before, own);
      return [];
    }
    const data: ClaimStanding = {
      ...now,
      revision: (before?.revision ?? 0) + 1,
      evidence: evidenceVersion(now, before),
      before: before
        ? {
            state: before.state,
            partner: before.partner,
            factId: before.fact.factId,
            evidence: before.evidence,
            decidedAt: before.decidedAt,
          }
        : null,
    };
    return [{ type: 'ClaimChanged', data, occurredAt }];
  });
}

type Now = Omit<ClaimStanding, 'before' | 'evidence' | 'revision'>;

function openBySide(found: readonly Found[]): ReadonlyMap<string, readonly Found[]> {
  const open = new Map<string, Found[]>();
  for (const each of found) {
    if (each.how !== null) continue;
    for (const { side } of each.conflict.sides) {
      const others = open.get(side);
      if (others) others.push(each);
      else open.set(side, [each]);
    }
  }
  return open;
}

type Place = Pick<ClaimStanding, 'conflicts' | 'rule' | 'state'>;

/** Where it stands among the others. */
function placeOf(
  { lead, state, rule }: Own,
  bySide: ReadonlyMap<string, readonly Found[]>,
  { prospect }: Known['company'],
): Place {
  const side = sideOf({ prospect, lead });
  const open = bySide.get(side) ?? [];
  const challenged = open.find(({ challenger }) => challenger === side);
  const shown = state === 'pending' ? (challenged ? 'conflict' : 'registered') : state;
  const conflicts = open
    .map(({ conflict }) => conflict.conflict)
    .sort()
    .slice(0, MOST_CONFLICTS);
  const why = shown === 'conflict' ? (challenged?.conflict.rule ?? null) : rule;
  return { state: shown, rule: why, conflicts };
}

/** Which of the told standings were found to say what a claim is, so that only its place has to be looked at again. */
const TOLD = new WeakMap<ClaimStanding, Own>();

const isTold = (before: ClaimStanding, own: Own, { state, rule, conflicts }: Place): boolean =>
  TOLD.get(before) === own &&
  before.state === state &&
  before.rule === rule &&
  before.conflicts.length === conflicts.length &&
  before.conflicts.every((conflict, i) => conflict === conflicts[i]);

const withoutHistory = ({ revision: _r, before: _b, evidence: _e, ...now }: ClaimStanding): Now =>
  now;

function conflictsChanged(
  owns: readonly Own[],
  found: readonly Found[],
  state: Known,
  occurredAt: Instant,
): ProspectEvent[] {
  const { told, company } = state;
  const { prospect } = company;
  const settled = (conflict: string, how: Settlement): ProspectEvent => ({
    type: 'ConflictSettled',
    data: { prospect, conflict, how },
    occurredAt,
  });
  const owned = found.filter(({ conflict }) => conflict.prospect === prospect);
  const standing = owned.flatMap(({ conflict, how }): ProspectEvent[] => {
    const before = told.conflicts[conflict.conflict];
    const reopened =
      how === null && (before?.how !== null || !sameConflict(before.conflict, conflict));
    const isNews = before === undefined || reopened;
    const news: ProspectEvent[] = isNews
      ? [{ type: 'ConflictFound', data: conflict, occurredAt }]
      : [];
    if (how !== null && how !== before?.how) news.push(settled(conflict.conflict, how));
    return news;
  });

  const stands = new Set(owned.map(({ conflict }) => conflict.conflict));
  const refused = refusedSides(owns, state);
  const gone = Object.entries(told.conflicts).flatMap(([id, before]): ProspectEvent[] => {
    if (stands.has(id)) return [];
    const how = howGone(before, refused, state);
    return how === before.how ? [] : [settled(id, how)];
  });
  return [...standing, ...gone];
}

/** Of a conflict that what is known now does not show any more. What a person has decided stays decided. */
function howGone(
  { conflict, how }: ToldConflict,
  refused: ReadonlySet<string>,
  { claims, withdrawn }: Known,
): Settlement {
  const isWithdrawn = conflict.sides.some(({ lead }) => {
    const submissions = (lead !== null && claims[lead]?.submissions) || [];
    return submissions.length > 0 && submissions.every(({ fact }) => withdrawn[fact.factId]);
  });
  if (isWithdrawn) return 'withdrawn';
  if (how === 'adjudicated') return how;
  return conflict.sides.some(({ side }) => refused.has(side)) ? 'decided' : 'superseded';
}

function refusedSides(owns: readonly Own[], state: Known): ReadonlySet<string> {
  const { prospect } = state.company;
  const contenders = owns.flatMap((own) => contenderOf(prospect, own) ?? []);
  const refused = [...contenders, ...foreignOf(state)].filter(({ refusedAt }) => refusedAt);
  return new Set(refused.map(sideOf));
}

/** Nobody is told before two prospects are one company; after that every change, also that they are not. */
function rivalsTold(
  owns: readonly Own[],
  { company: { prospect }, direct, links, told }: Known,
  occurredAt: Instant,
): ProspectEvent[] {
  const to = Object.keys(links).sort();
  if (to.length === 0) return [];
  const all = owns.flatMap((own) => contenderOf(prospect, own) ?? []);
  const contenders = leadersFirst(all).slice(0, MOST_CONTENDERS);
  const { rivals } = told;
  const news = { to, contenders, direct };
  const { revision, ...before } = rivals;
  if (revision > 0 && same(news, before)) return [];
  const data = { prospect, revision: revision + 1, ...news };
  return [{ type: 'ClaimsTold', data, occurredAt }];
}

const same = (a: object, b: object): boolean => textOf(a) === textOf(b);
const textOf = (value: object): string => canonicalJson(value as Json);
