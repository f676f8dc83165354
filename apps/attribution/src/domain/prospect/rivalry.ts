import { type Instant, laterOf, uuidV5, withoutDashes } from '@tributary/kernel';
import {
  type Conflict,
  type ConflictSide,
  type Contender,
  DIRECT,
  type DirectPeriod,
  type Settlement,
} from './events';
import type { Prospect } from './evolve';
import type { Own } from './standing';

/** A prospect whose company has been named. */
export interface Known extends Prospect {
  readonly company: NonNullable<Prospect['company']>;
}

/** A conflict as everything known now makes it: open, or settled and how. */
export interface Found {
  readonly conflict: Conflict;
  readonly how: Settlement | null;
  /** The claim that came second: it waits for a decision about both. */
  readonly challenger: string;
}

export const sideOf = ({ prospect, lead }: { prospect: string; lead: string }): string =>
  `${prospect}.${lead}`;

/** The same from either side. */
const conflictOf = (a: string, b: string): string =>
  withoutDashes(uuidV5('conflict', ...[a, b].sort()));

export function contenderOf(prospect: string, own: Own): Contender | undefined {
  const { state, registeredAt, until, decideBy, decidedAt, lead, partner, fact, facts } = own;
  if (state === 'withdrawn' || registeredAt === null || decideBy === null) return undefined;
  return {
    prospect,
    lead,
    partner,
    registeredAt,
    fact,
    facts,
    grantedAt: state === 'protected' ? decidedAt : null,
    refusedAt: state === 'refused' ? decidedAt : null,
    // Of a refused claim nothing is left to protect; it ends when it is refused.
    until: until ?? decidedAt ?? registeredAt,
  };
}

/** Of several on one company: protection comes first, then the first complete submission by (occurredAt, id). */
export const leadersFirst = (contenders: readonly Contender[]): Contender[] =>
  contenders
    .map((contender) => ({ contender, order: orderOf(contender) }))
    .sort((a, b) => compare(a.order, b.order))
    .map(({ contender }) => contender);

const orderOf = ({ grantedAt, registeredAt, fact, prospect }: Contender): string[] => [
  grantedAt === null ? '1' : `0${grantedAt}`,
  registeredAt,
  fact.factId,
  prospect,
];

function compare(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((part, at) => part !== b[at]);
  if (i < 0) return 0;
  return (a[i] as string) < (b[i] as string) ? -1 : 1;
}

const endOf = ({ until, refusedAt }: Contender): Instant =>
  refusedAt !== null && refusedAt < until ? refusedAt : until;

const overlap = (a: Contender, b: Contender): boolean =>
  a.registeredAt < endOf(b) && b.registeredAt < endOf(a);

/** The latest word by (at, fact id) on whether another prospect is the same company. */
function isLinked({ links }: Prospect, other: string): boolean {
  const said = Object.entries(links[other] ?? {}).filter(([, { linked }]) => linked !== null);
  const [first, ...rest] = said;
  if (first === undefined) return false;
  const isLater = ([id, { at }]: typeof first, [otherId, than]: typeof first) =>
    at > than.at || (at === than.at && id > otherId);
  const [, latest] = rest.reduce((last, one) => (isLater(one, last) ? one : last), first);
  return latest.linked === true;
}

const linkedTo = (state: Prospect) =>
  Object.entries(state.rivals)
    .filter(([prospect]) => isLinked(state, prospect))
    .map(([, told]) => told);

/** Claims of other prospects that are the same company. */
export const foreignOf = (state: Prospect): Contender[] =>
  linkedTo(state).flatMap(({ contenders }) => contenders);

/** Whoever holds the company under one of its keys holds it. */
const heldBySales = (state: Prospect): DirectPeriod[] => [
  ...state.direct,
  ...linkedTo(state).flatMap(({ direct }) => direct),
];

/** All conflicts that a claim of this prospect is a side of, at most one per challenger and rule. */
export function conflictsAmong(owns: readonly Own[], state: Known): Found[] {
  const { prospect } = state.company;
  const own = owns.flatMap((each) => contenderOf(prospect, each) ?? []);
  const all = leadersFirst([...own, ...foreignOf(state)]);
  const between = all.flatMap((challenger, i) => against(challenger, all, i, state) ?? []);
  const held = heldBySales(state);
  const direct = owns.flatMap((each) => withDirect(each, held, state) ?? []);
  const mine = between.filter(({ conflict }) =>
    conflict.sides.some((side) => side.prospect === prospect),
  );
  return [...mine, ...direct];
}

/** A challenger stands against the first who leads it: open while both stand and nobody has decided between them. */
function against(
  challenger: Contender,
  all: readonly Contender[],
  place: number,
  { company, adjudicated }: Known,
): Found | undefined {
  const idOf = (rival: Contender) => conflictOf(sideOf(rival), sideOf(challenger));
  let rival: Contender | undefined;
  let isOpen = false;
  for (let i = 0; i < place && !isOpen; i++) {
    const each = all[i] as Contender;
    if (each.partner === challenger.partner || !overlap(each, challenger)) continue;
    isOpen =
      each.refusedAt === null &&
      challenger.refusedAt === null &&
      adjudicated[idOf(each)] === undefined;
    if (isOpen || rival === undefined) rival = each;
  }
  if (rival === undefined) return undefined;
  const conflict: Conflict = {
    // Decided in one of both streams, and always in the same one.
    prospect: rival.prospect < challenger.prospect ? rival.prospect : challenger.prospect,
    programme: company.programme,
    conflict: idOf(rival),
    rule: 'claimed_by_another_partner',
    at: laterOf(rival.registeredAt, challenger.registeredAt),
    sides: [sideAs(rival), sideAs(challenger)],
  };
  const settled = adjudicated[conflict.conflict] === undefined ? 'decided' : 'adjudicated';
  return { conflict, how: isOpen ? null : settled, challenger: sideOf(challenger) };
}

function withDirect(
  own: Own,
  direct: readonly DirectPeriod[],
  { company, adjudicated }: Known,
): Found | undefined {
  const contender = contenderOf(company.prospect, own);
  if (contender === undefined) return undefined;
  const { registeredAt } = contender;
  const periods = own.heldByDirect ? [{ since: registeredAt, until: null }, ...direct] : direct;
  const during = periods.filter(
    ({ since, until }) =>
      since < endOf(contender) && (until === null || until > contender.registeredAt),
  );
  const held = during.find(({ until }) => until === null) ?? during[0];
  if (held === undefined) return undefined;

  const side = `${company.prospect}.${DIRECT}`;
  const id = conflictOf(side, sideOf(contender));
  const us: ConflictSide = {
    side: DIRECT,
    prospect: company.prospect,
    lead: null,
    partner: null,
    since: held.since,
    facts: [],
  };
  const conflict: Conflict = {
    prospect: company.prospect,
    programme: company.programme,
    conflict: id,
    rule: 'held_by_direct_sales',
    at: laterOf(held.since, registeredAt),
    sides: [us, sideAs(contender)],
  };
  const how = howWithDirect(contender, held.until, adjudicated[id]);
  return { conflict, how, challenger: sideOf(contender) };
}

function howWithDirect(
  { refusedAt }: Contender,
  releasedAt: Instant | null,
  winner: string | undefined,
): Settlement | null {
  if (winner !== undefined) return 'adjudicated';
  if (refusedAt !== null) return 'decided';
  return releasedAt === null ? null : 'released';
}

const sideAs = (contender: Contender): ConflictSide => ({
  side: sideOf(contender),
  prospect: contender.prospect,
  lead: contender.lead,
  partner: contender.partner,
  since: contender.registeredAt,
  facts: contender.facts,
});

/** Compared by what it is about: facts never change, so that their ids say enough. */
export const sameConflict = (a: Conflict, b: Conflict): boolean =>
  a.at === b.at && a.sides.every((side, i) => sameSide(side, b.sides[i] as ConflictSide));

const sameSide = (a: ConflictSide, b: ConflictSide): boolean =>
  a.side === b.side &&
  a.since === b.since &&
  a.facts.length === b.facts.length &&
  a.facts.every(({ factId }, i) => factId === b.facts[i]?.factId);
