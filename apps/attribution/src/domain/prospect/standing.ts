import { type ClaimSettings, DEFAULT_PROGRAMME } from '@tributary/contracts';
import { type Instant, addDays } from '@tributary/kernel';

import { decideBy } from './business-days';
import type { About, ClaimStanding } from './events';
import type { Claim, Prospect, Report, Submission, Word } from './evolve';

export type Settings = ClaimSettings & { readonly zone: string };

/** What one claim is by its own facts and the words of people, before it is held against others. */
export interface Own extends Pick<
  ClaimStanding,
  | 'about'
  | 'decideBy'
  | 'decidedAt'
  | 'decidedBy'
  | 'extensions'
  | 'fact'
  | 'facts'
  | 'heldByDirect'
  | 'lead'
  | 'partner'
  | 'reason'
  | 'registeredAt'
  | 'rules'
  | 'until'
> {
  readonly state: 'incomplete' | 'pending' | 'protected' | 'refused' | 'withdrawn';
  readonly rule: ClaimStanding['rule'];
}

const MOST_FACTS = 20;

/** The programme's settings at the time of the registration: what it changes later is about later claims. */
export function settingsAt({ terms }: Prospect, at: Instant): Settings {
  const steps = terms?.data.steps ?? [];
  const inForce = steps.findLast((step) => step.at <= at) ?? steps[0];
  const { claims, zone } = inForce?.value ?? DEFAULT_PROGRAMME;
  return { ...claims, zone };
}

interface Known {
  readonly own: Own | undefined;
  readonly terms: Prospect['terms'];
  readonly withdrawn: Prospect['withdrawn'];
}
/** A company may have many claims, and a command changes one of them. */
const KNOWN = new WeakMap<Claim, Known>();

/** Undefined while nobody has said whose claim it is. */
export function ownOf(claim: Claim, state: Prospect): Own | undefined {
  const { terms, withdrawn } = state;
  const known = KNOWN.get(claim);
  if (known && known.terms === terms && known.withdrawn === withdrawn) return known.own;
  const own = computed(claim, state);
  KNOWN.set(claim, { own, terms, withdrawn });
  return own;
}

function computed(claim: Claim, state: Prospect): Own | undefined {
  const said = [...claim.submissions].sort(earlierFirst);
  const valid = said.filter(({ fact }) => !state.withdrawn[fact.factId]);
  const registered = valid.find(({ complete }) => complete);
  const first = registered ?? valid[0] ?? said[0];
  // The one who came first with it: an update that names somebody else moves no claim.
  const partner = [registered, ...valid, ...said].find((each) => each?.partner)?.partner;
  if (first === undefined || !partner) return undefined;

  const facts = [...valid, ...reportsOf(claim, state)].sort(earlierFirst);
  const common = {
    lead: claim.lead,
    partner,
    about: Object.assign({}, ...valid.map(({ about }) => about)) as About,
    heldByDirect: valid.some(({ heldByDirect }) => heldByDirect),
    fact: first.fact,
    facts: facts.map(({ fact }) => fact).slice(-MOST_FACTS),
  };
  if (registered) return { ...common, ...decided(claim, registered.at, state) };
  return { ...common, ...undecided, state: valid.length === 0 ? 'withdrawn' : 'incomplete' };
}

const undecided = {
  rule: null,
  registeredAt: null,
  decideBy: null,
  until: null,
  decidedAt: null,
  decidedBy: null,
  reason: null,
  rules: [],
  extensions: 0,
} as const;

function decided(claim: Claim, registeredAt: Instant, state: Prospect) {
  const settings = settingsAt(state, registeredAt);
  const reports = reportsOf(claim, state);
  const registered = {
    ...undecided,
    registeredAt,
    decideBy: decideBy(registeredAt, settings),
    until: defaultEnd(registeredAt, settings),
  };
  const word: Said | null =
    claim.word ?? wordOf(reports.find(({ decision }) => decision !== 'extended'));
  if (word === null) return { ...registered, state: 'pending' } as const;

  const { verdict, at: decidedAt, by: decidedBy, reason, rules = [], rule } = word;
  const decision = { ...registered, decidedAt, decidedBy, reason, rules, rule };
  if (verdict === 'refused') return { ...decision, state: 'refused', until: null } as const;
  const granted = word.until ?? registered.until;
  return {
    ...decision,
    state: 'protected',
    ...extended(claim, granted, reports, settings),
  } as const;
}

type Said = Omit<Word, 'reason'> & {
  readonly reason: string | null;
  readonly rules?: readonly string[];
};

/** What a system outside has decided counts as long as no person has. */
function wordOf(report: Report | undefined): Said | null {
  if (report === undefined) return null;
  const { decision, at, until, decidedBy: by, rules } = report;
  const verdict = decision === 'refused' ? 'refused' : 'approved';
  return { verdict, at, until, by, rules, reason: null, rule: null };
}

export const defaultEnd = (registeredAt: Instant, { protectionDays, zone }: Settings): Instant =>
  addDays(registeredAt, protectionDays, zone);

export const addExtension = (until: Instant, { extensionDays, zone }: Settings): Instant =>
  addDays(until, extensionDays, zone);

/**
 * Extensions by people were checked when they were given, beside those that facts had told by then; those that facts tell since have
 * what is left of the programme's number.
 */
function extended(
  { extension }: Claim,
  granted: Instant,
  reports: readonly Report[],
  settings: Settings,
) {
  const given = extension ? extension.count + extension.told.length : 0;
  const told = reports
    .filter(
      ({ decision, fact }) => decision === 'extended' && !extension?.told.includes(fact.factId),
    )
    .slice(0, Math.max(0, settings.extensions - given));
  const until = told.reduce(
    (end, report) => report.until ?? addExtension(end, settings),
    extension?.until ?? granted,
  );
  return { until, extensions: given + told.length };
}

const reportsOf = ({ reports }: Claim, { withdrawn }: Prospect): Report[] =>
  reports.filter(({ fact }) => !withdrawn[fact.factId]).sort(earlierFirst);

type Dated = Pick<Submission, 'at' | 'fact'>;

/** By the world's clock, then by the id of the fact: the same in any order of arrival. */
export function earlierFirst(a: Dated, b: Dated): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.fact.factId === b.fact.factId) return 0;
  return a.fact.factId < b.fact.factId ? -1 : 1;
}
