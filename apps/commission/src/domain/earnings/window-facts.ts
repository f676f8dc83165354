import {
  type AgreementData,
  type CommissionHold,
  DEFAULT_PROGRAMME,
  type EntityData,
  MAIN_ENTITY,
  MAIN_PROGRAMME,
  type MeasuredData,
  type PartnerData,
  type ProgrammeData,
  type StandingData,
} from '@tributary/contracts';
import { type Instant, type Step, invariant } from '@tributary/kernel';
import { hasBonuses, isIndependent } from '../../../engines/v1/due';
import type {
  ChildFacts,
  LineFact,
  OverrideFact,
  PartnerTerms,
  PostedFact,
  WindowFacts,
} from '../../../engines/v1/facts';
import type { PlanVersion, Rule } from '../../../engines/v1/plan';
import { type PlanStep, type PlanTold, topicOfPlan } from '../plan/events';
import type { ToldTerm } from './commands';
import type { CommissionSummed, HoldLifted, HoldPlaced } from './events';
import type { Earnings } from './state';
import {
  topicOfAgreements,
  topicOfEntity,
  topicOfHolds,
  topicOfMeasures,
  topicOfPartner,
  topicOfPosted,
  topicOfProgramme,
  topicOfStanding,
} from './topics';
import { type WindowId, lineGroupOf } from './window';

/** In whose books a window stands, and by whose months. */
export interface Books {
  readonly programme: string;
  readonly entity: string;
  readonly zone: string;
  readonly bookFrom: Instant | null;
}

/** What the engine is told, without the lines. */
export interface Known {
  readonly facts: WindowFacts;
  /** Null while the programme or its entity is not known yet. */
  readonly books: Books | null;
  /** Of every version, by the object that the engine names it by. */
  readonly versions: ReadonlyMap<PlanVersion, PlanTold>;
  /** The partner above earns on what is posted here. */
  readonly isSummed: boolean;
  /** No line has a say in another one. */
  readonly isPerLine: boolean;
  /** Terms that may change what a line is worth after it was paid: when they were decided, and from which payments on. */
  readonly decisions: readonly { readonly at: Instant; readonly from: Instant }[];
  /** By group, when what is posted for that line of a partner below has changed: a part of it is earned here, whenever it was paid. */
  readonly postedAt: ReadonlyMap<string, readonly Instant[]>;
  /** By group, what people have placed on it in this window or in another one, in order. */
  readonly placed: ReadonlyMap<string, readonly CommissionHold[]>;
}

interface Cached extends Pick<Earnings, 'opened' | 'overrides'> {
  readonly known: Known;
}

const KNOWN = new WeakMap<Earnings['terms'], Cached>();

export function knownIn(state: Earnings): Known {
  const cached = KNOWN.get(state.terms);
  const { opened, overrides } = state;
  if (cached?.overrides === overrides && cached.opened === opened) return cached.known;
  const known = readTerms(state);
  KNOWN.set(state.terms, { opened, overrides, known });
  return known;
}

function readTerms(state: Earnings): Known {
  const { opened, terms } = state;
  invariant(opened, 'a window is opened by its first line');
  const { partner, plan, calendar } = opened;
  const told = Object.values(terms);
  const planSteps = stepsOf<PlanTold>(told, topicOfPlan(plan)) as readonly PlanStep[];
  const versions = new Map(planSteps.map(({ value }) => [value.plan, value]));
  const facts: WindowFacts = {
    partner,
    plan,
    window: calendar.window,
    months: calendar.months,
    offsets: calendar.offsets,
    versions: planSteps.map(({ value, ...step }) => ({ ...step, value: value.plan })),
    terms: termsOf(told, partner),
    lines: [],
    children: childrenOf(told, opened),
    overrides: overridesOf(state),
  };
  return {
    facts,
    books: booksOf(told, planSteps[0]?.value.plan.programId),
    versions,
    isSummed: planSteps.some(({ value }) => value.plan.rules.some(isOfCommission)),
    isPerLine: isIndependent(facts) && !hasBonuses(facts),
    decisions: decisionsIn(facts),
    postedAt: postedAtIn(facts),
    placed: placedIn(under(told, topicOfHolds(partner, plan))),
  };
}

const under = (told: readonly ToldTerm[], topic: string): readonly ToldTerm[] =>
  told.filter((each) => each.topic === topic);

/** All keys of the topic as one timeline. */
const stepsOf = <V>(told: readonly ToldTerm[], topic: string): readonly Step<V>[] =>
  under(told, topic)
    .flatMap(({ data }) => data['steps'] as unknown as readonly Step<V>[])
    .sort((a, b) => compareTexts(a.at, b.at) || compareTexts(a.from ?? a.at, b.from ?? b.at));

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function termsOf(told: readonly ToldTerm[], partner: string): PartnerTerms {
  const agreements = under(told, topicOfAgreements(partner)).map(
    ({ data }) => data as unknown as AgreementData,
  );
  const standings = under(told, topicOfStanding(partner)).map(
    ({ data }) => data as unknown as StandingData,
  );
  return {
    agreements: agreements.map(({ agreement, steps }) => ({ agreement, steps })),
    partner: stepsOf<PartnerData['steps'][number]['value']>(told, topicOfPartner(partner)),
    standings: Object.fromEntries(standings.map(({ track, steps }) => [track, steps])),
    measures: under(told, topicOfMeasures(partner)).map(({ data }) => {
      const { measure, subject, steps } = data as unknown as MeasuredData;
      return { measure, subject, steps };
    }),
  };
}

const AGREEMENTS = topicOfAgreements('');

/** Whoever else's agreements are told here is below this partner. Their lines are asked about one by one. */
function childrenOf(
  told: readonly ToldTerm[],
  { partner: own, plan }: WindowId,
): readonly ChildFacts[] {
  const partners = told
    .filter(({ topic }) => topic.startsWith(AGREEMENTS))
    .map(({ topic }) => topic.slice(AGREEMENTS.length))
    .filter((partner) => partner !== own);
  return [...new Set(partners)].sort().map((partner) => ({
    partner,
    terms: termsOf(told, partner),
    lines: [],
    posted: postedOf(told, partner, plan),
  }));
}

function placedIn(told: readonly ToldTerm[]): Known['placed'] {
  const all = told.map(({ data }) => data as unknown as HoldPlaced['data'] | HoldLifted['data']);
  const ends = new Map(all.flatMap((each) => ('at' in each ? [[each.hold, each.at]] : [])));
  const byGroup = new Map<string, CommissionHold[]>();
  for (const each of all) {
    if ('at' in each) continue;
    const { group, hold } = each;
    const held = { ...hold, until: ends.get(hold.id) ?? hold.until };
    byGroup.set(group, [...(byGroup.get(group) ?? []), held]);
  }
  for (const holds of byGroup.values())
    holds.sort((a, b) => compareTexts(a.from, b.from) || compareTexts(a.id, b.id));
  return byGroup;
}

const isOfCommission = ({ pay }: Rule): boolean =>
  pay.kind === 'percent' && 'of' in pay && pay.of === 'child_commission';

/** Under this plan: what the line below earns under another one is for whoever stands above there. */
function postedOf(told: readonly ToldTerm[], child: string, plan: string): readonly PostedFact[] {
  const prefix = topicOfPosted(child, '');
  return told.flatMap(({ topic, data }) => {
    if (!topic.startsWith(prefix)) return [];
    const { plan: of, key, steps } = data as unknown as CommissionSummed['data'];
    if (of !== plan) return [];
    const { sale, payment, line, rule } = key;
    return [{ sale, payment, line, rule, steps }];
  });
}

const overridesOf = ({ overrides }: Earnings): readonly OverrideFact[] =>
  Object.values(overrides)
    .filter(({ steps }) => steps.length > 0)
    .map(({ key, steps }) => ({ key, steps }));

function booksOf(told: readonly ToldTerm[], programme: string | undefined): Books | null {
  if (programme === undefined) return null;
  const [said] = under(told, topicOfProgramme(programme));
  const settings = (said?.data as ProgrammeData | undefined)?.steps.at(-1)?.value;
  if (settings === undefined && programme !== MAIN_PROGRAMME) return null;
  const { entity, bookFrom, zone: ownZone } = settings ?? DEFAULT_PROGRAMME;
  const [of] = under(told, topicOfEntity(entity));
  const zone = (of?.data as EntityData | undefined)?.steps.at(-1)?.value.zone;
  if (zone !== undefined) return { programme, entity, zone, bookFrom };
  // The entity of whoever has created none keeps the books in the zone of its programme.
  return entity === MAIN_ENTITY ? { programme, entity, zone: ownZone, bookFrom } : null;
}

/** The programme as it is known, and the entity that it names. */
export function topicsOfBooks(state: Earnings): readonly string[] {
  const { opened, terms } = state;
  if (opened === null) return [];
  const told = Object.values(terms);
  const [first] = stepsOf<PlanTold>(told, topicOfPlan(opened.plan));
  if (first === undefined) return [];
  const { programId } = first.value.plan;
  const [said] = under(told, topicOfProgramme(programId));
  const settings = (said?.data as ProgrammeData | undefined)?.steps.at(-1)?.value;
  const entity = settings?.entity ?? (programId === MAIN_PROGRAMME ? MAIN_ENTITY : undefined);
  return [topicOfProgramme(programId), ...(entity === undefined ? [] : [topicOfEntity(entity)])];
}

function decisionsIn({ versions, terms, children, overrides }: WindowFacts): Known['decisions'] {
  const of = ({ agreements, partner, standings, measures }: PartnerTerms) => [
    ...agreements.flatMap(({ steps }) => steps),
    ...partner,
    ...Object.values(standings).flat(),
    ...measures.flatMap(({ steps }) => steps),
  ];
  const all: readonly Step<unknown>[] = [
    ...versions,
    ...of(terms),
    ...children.flatMap((child) => of(child.terms)),
  ];
  return [
    ...all.map(({ at, from = at }) => ({ at, from })),
    // A decision about a line's worth governs it whenever it was paid.
    ...overrides.flatMap(({ steps }) => steps.map(({ at }) => ({ at, from: BEGINNING }))),
  ];
}

function postedAtIn({ children }: WindowFacts): Known['postedAt'] {
  const byGroup = new Map<string, Instant[]>();
  for (const { partner, posted } of children)
    for (const { steps, ...line } of posted) {
      const group = lineGroupOf(line, partner);
      const moments = steps.map(({ at }) => at);
      byGroup.set(group, [...(byGroup.get(group) ?? []), ...moments]);
    }
  return byGroup;
}

const BEGINNING = '0001-01-01T00:00:00.000Z' as Instant;

/** The facts with the lines in them, for what looks at all of them. */
export function wholeFacts(state: Earnings, { facts }: Known): WindowFacts {
  const own: LineFact[] = [];
  const byChild = new Map<string, LineFact[]>();
  for (const [, { child, fact }] of state.lines.entries()) {
    if (child === null) {
      own.push(fact);
      continue;
    }
    const lines = byChild.get(child);
    if (lines) lines.push(fact);
    else byChild.set(child, [fact]);
  }
  const children = facts.children.map((child) => ({
    ...child,
    lines: byChild.get(child.partner) ?? [],
  }));
  return { ...facts, lines: own, children };
}
