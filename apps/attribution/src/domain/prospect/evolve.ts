import type { ProgrammeData } from '@tributary/contracts';
import { type Instant, type Uuid, laterOf } from '@tributary/kernel';
import type { FactRef } from '../evidence';
import type {
  About,
  ClaimDecisionReported,
  ClaimStanding,
  CompanyKey,
  Conflict,
  ConflictRule,
  Contender,
  DirectPeriod,
  ProspectEvent,
  Settlement,
  Verdict,
} from './events';

export interface Submission {
  readonly fact: FactRef;
  readonly at: Instant;
  readonly partner: string | null;
  readonly complete: boolean;
  readonly about: About;
  readonly heldByDirect: boolean;
}

export interface Report {
  readonly fact: FactRef;
  readonly at: Instant;
  readonly decision: ClaimDecisionReported['data']['decision'];
  readonly rules: readonly string[];
  readonly until: Instant | null;
  readonly decidedBy: string;
}

/** What a person has said last about a claim; a later word takes its place. */
export interface Word {
  readonly verdict: Verdict;
  readonly at: Instant;
  readonly until: Instant | null;
  readonly by: string;
  readonly reason: string;
  readonly rule: ConflictRule | null;
}

export interface Claim {
  readonly lead: string;
  readonly submissions: readonly Submission[];
  readonly reports: readonly Report[];
  readonly word: Word | null;
  /** By people, and the extensions that facts had told by then: `until` is later by those as well. */
  readonly extension: {
    readonly until: Instant;
    readonly count: number;
    readonly told: readonly Uuid[];
  } | null;
}

/** Null: the fact that said so was taken back. */
export interface SaidOfLink {
  readonly linked: boolean | null;
  readonly at: Instant;
}

export interface ToldConflict {
  readonly conflict: Conflict;
  readonly how: Settlement | null;
}

/** Keyed by what they are about; each of these is small, so that plain objects do. */
export interface Prospect {
  readonly company: {
    readonly prospect: string;
    readonly programme: string;
    readonly key: CompanyKey;
  } | null;
  readonly latest: Instant | null;
  readonly claims: Readonly<Record<string, Claim>>;
  readonly withdrawn: Readonly<Record<Uuid, true>>;
  /** By the other prospect and the fact that says so. */
  readonly links: Readonly<Record<string, Readonly<Record<Uuid, SaidOfLink>>>>;
  readonly rivals: Readonly<
    Record<
      string,
      {
        readonly revision: number;
        readonly contenders: readonly Contender[];
        readonly direct: readonly DirectPeriod[];
      }
    >
  >;
  readonly direct: readonly DirectPeriod[];
  readonly terms: { readonly revision: number; readonly data: ProgrammeData } | null;
  /** Conflicts that a person has decided, here or at the other prospect, and who won. */
  readonly adjudicated: Readonly<Record<string, string>>;
  readonly told: {
    readonly claims: Readonly<Record<string, ClaimStanding>>;
    readonly conflicts: Readonly<Record<string, ToldConflict>>;
    readonly rivals: {
      readonly to: readonly string[];
      readonly revision: number;
      readonly contenders: readonly Contender[];
      readonly direct: readonly DirectPeriod[];
    };
  };
}

export const unknownProspect: Prospect = {
  company: null,
  latest: null,
  claims: {},
  withdrawn: {},
  links: {},
  rivals: {},
  direct: [],
  terms: null,
  adjudicated: {},
  told: { claims: {}, conflicts: {}, rivals: { to: [], revision: 0, contenders: [], direct: [] } },
};

export function evolve(state: Prospect, event: ProspectEvent): Prospect {
  const next = stepped(state, event);
  const latest = state.latest ? laterOf(state.latest, event.occurredAt) : event.occurredAt;
  return latest === next.latest ? next : { ...next, latest };
}

function stepped(state: Prospect, event: ProspectEvent): Prospect {
  switch (event.type) {
    case 'ClaimSubmitted': {
      const { prospect, programme, key, lead, fact, partner, complete, about, heldByDirect } =
        event.data;
      const one = { fact, at: event.occurredAt, partner, complete, about, heldByDirect };
      const company = state.company ?? { prospect, programme, key };
      return withClaim({ ...state, company }, lead, ({ submissions }) => ({
        submissions: [...submissions, one],
      }));
    }
    case 'ClaimDecisionReported': {
      const { lead, fact, decision, rules, until, decidedBy } = event.data;
      const one = { fact, at: event.occurredAt, decision, rules, until, decidedBy };
      return withClaim(state, lead, ({ reports }) => ({ reports: [...reports, one] }));
    }
    case 'ClaimFactWithdrawn':
      return { ...state, withdrawn: { ...state.withdrawn, [event.data.factId]: true } };
    case 'SameCompanyNoted': {
      const { other, linked, fact } = event.data;
      const before = state.links[other];
      const isTakenBack = before?.[fact.factId]?.linked === true && !linked;
      const said = { linked: isTakenBack ? null : linked, at: event.occurredAt };
      return { ...state, links: { ...state.links, [other]: { ...before, [fact.factId]: said } } };
    }
    case 'ClaimTermsLearned': {
      const { revision, data } = event.data;
      return { ...state, terms: { revision, data } };
    }
    case 'RivalsLearned': {
      const { from, revision, contenders, direct } = event.data;
      return { ...state, rivals: { ...state.rivals, [from]: { revision, contenders, direct } } };
    }
    default:
      return afterPeople(state, event);
  }
}

type Rest = Exclude<
  ProspectEvent,
  {
    type:
      | 'ClaimDecisionReported'
      | 'ClaimFactWithdrawn'
      | 'ClaimSubmitted'
      | 'ClaimTermsLearned'
      | 'RivalsLearned'
      | 'SameCompanyNoted';
  }
>;

function afterPeople(state: Prospect, event: Rest): Prospect {
  switch (event.type) {
    case 'ClaimDecided': {
      const { reason, by } = event.data;
      return withVerdict(state, event.data, reason, by, event.occurredAt);
    }
    case 'ClaimExtended': {
      const { lead, until } = event.data;
      return withClaim(state, lead, ({ extension, reports }) => {
        const before = extension ?? { count: 0, told: [] };
        const standing = reports.filter(
          ({ decision, fact }) => decision === 'extended' && !state.withdrawn[fact.factId],
        );
        const told = new Set([...before.told, ...standing.map(({ fact }) => fact.factId)]);
        return { extension: { until, count: before.count + 1, told: [...told] } };
      });
    }
    case 'ConflictAdjudicated': {
      const { prospect, conflict, winner, verdicts, reason, by } = event.data;
      const adjudicated = { ...state.adjudicated, [conflict]: winner };
      const own = verdicts.filter((verdict) => verdict.prospect === prospect);
      return own.reduce(
        (before, verdict) => withVerdict(before, verdict, reason, by, event.occurredAt),
        { ...state, adjudicated },
      );
    }
    case 'VerdictTaken': {
      const { conflict, prospect, lead, verdict, reason, by } = event.data;
      const winner = verdict === 'approved' ? `${prospect}.${lead}` : '';
      const adjudicated = { ...state.adjudicated, [conflict]: winner };
      return withVerdict({ ...state, adjudicated }, event.data, reason, by, event.occurredAt);
    }
    case 'DirectAccountMarked': {
      const { prospect, programme, key, since } = event.data;
      const company = state.company ?? { prospect, programme, key };
      return { ...state, company, direct: [...state.direct, { since, until: null }] };
    }
    case 'DirectAccountReleased': {
      const direct = state.direct.map(({ since, until }) => ({
        since,
        until: until ?? event.occurredAt,
      }));
      return { ...state, direct };
    }
    default:
      return { ...state, told: afterTelling(state.told, event) };
  }
}

type Telling = Extract<
  ProspectEvent,
  { type: 'ClaimChanged' | 'ClaimsTold' | 'ConflictFound' | 'ConflictSettled' }
>;

function afterTelling(told: Prospect['told'], { type, data }: Telling): Prospect['told'] {
  switch (type) {
    case 'ClaimChanged':
      return { ...told, claims: { ...told.claims, [data.lead]: data } };
    case 'ConflictFound': {
      const open = { conflict: data, how: null };
      return { ...told, conflicts: { ...told.conflicts, [data.conflict]: open } };
    }
    case 'ConflictSettled': {
      const found = told.conflicts[data.conflict];
      if (!found) return told;
      const settled = { ...found, how: data.how };
      return { ...told, conflicts: { ...told.conflicts, [data.conflict]: settled } };
    }
    case 'ClaimsTold': {
      const { to, revision, contenders, direct } = data;
      return { ...told, rivals: { to, revision, contenders, direct } };
    }
  }
}

function withVerdict(
  state: Prospect,
  {
    lead,
    verdict,
    until,
    rule,
  }: Pick<Word, 'rule' | 'until' | 'verdict'> & { readonly lead: string },
  reason: string,
  by: string,
  at: Instant,
): Prospect {
  const word = { verdict, at, until, by, reason, rule };
  return withClaim(state, lead, () => ({ word, extension: null }));
}

function withClaim(
  state: Prospect,
  lead: string,
  change: (claim: Claim) => Partial<Claim>,
): Prospect {
  const before = state.claims[lead] ?? {
    lead,
    submissions: [],
    reports: [],
    word: null,
    extension: null,
  };
  return { ...state, claims: { ...state.claims, [lead]: { ...before, ...change(before) } } };
}
