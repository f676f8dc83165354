import { type Instant, laterOf, unreachable } from '@tributary/kernel';
import { scheduleOf } from '../evaluation/entitled';
import { talliesOf, withFact } from '../evaluation/tallies';
import type {
  FactLearned,
  RulesLearned,
  ScorecardIssued,
  StandingEvent,
  StandingGranted,
  TierAnnulled,
} from './events';
import { startsWith } from './starts';
import { type Cap, type Standing, factsOf } from './state';

export function evolve(state: Standing, event: StandingEvent): Standing {
  const next = withEvent(state, event);
  const seen = seenIn(event);
  if (seen === null) return next;
  return { ...next, clock: state.clock === null ? seen : laterOf(state.clock, seen) };
}

/** What takes the clock along: what was told, and what was decided at a time. */
function seenIn({ type, data }: StandingEvent): Instant | null {
  if (type === 'ScorecardIssued') return data.asOf;
  return 'at' in data ? data.at : null;
}

function withEvent(state: Standing, event: StandingEvent): Standing {
  const { type, data } = event;
  switch (type) {
    case 'StandingOpened':
      return { ...state, isOpen: true };
    case 'FactLearned':
      return learned(state, data);
    case 'RulesLearned':
      return underRules(state, data);
    case 'StandingProposed':
      return { ...state, latestProposal: data.proposal, pending: data };
    case 'StandingProposalRejected':
      return { ...state, pending: null };
    case 'StandingGranted':
      return granted(state, data);
    case 'AnnulmentProposed':
      return { ...state, latestAnnulment: data.annulment, pendingAnnulment: data };
    case 'AnnulmentRejected':
      return { ...state, pendingAnnulment: null };
    case 'TierAnnulled':
      return annulled(state, data);
    case 'TierRaised':
    case 'TierLowered':
    case 'EntitlementChanged':
      return { ...state, steps: data.steps, toldAt: data.at };
    case 'ScorecardIssued':
      return reviewed(state, data);
    case 'RiskAssessed':
      return { ...state, risks: data.risks };
    default:
      return withNotice(withTask(state, event), event);
  }
}

function learned(state: Standing, { track, fact }: FactLearned['data']): Standing {
  const { key } = fact;
  const before = state.facts.get(key);
  const tallies = withFact(state.tallies, scheduleOf(track, state.rules.steps), fact, before);
  return { ...state, track, facts: state.facts.set(key, fact), tallies };
}

/** Rules are published seldom; this alone looks at every fact. */
function underRules(state: Standing, { track, revision, steps }: RulesLearned['data']): Standing {
  const tallies = talliesOf(factsOf(state), scheduleOf(track, steps));
  return { ...state, track, rules: { revision, steps }, tallies };
}

const reviewed = (state: Standing, { reason, quarter }: ScorecardIssued['data']): Standing =>
  reason === 'quarterly' ? { ...state, quarter } : state;

function granted(state: Standing, { track, from, tier, steps, at }: StandingGranted['data']) {
  const grants = startsWith(state.grants, track, { from, tier });
  return { ...state, pending: null, grants, caps: endedBy(state.caps, from), steps, toldAt: at };
}

/** Whoever is granted a tier by two persons afterwards is trusted again from then on. */
export const endedBy = (caps: readonly Cap[], from: Instant): readonly Cap[] =>
  caps.map((cap) =>
    cap.from <= from && (cap.until === null || cap.until > from) ? { ...cap, until: from } : cap,
  );

function annulled(state: Standing, { tier, from, until, steps, at }: TierAnnulled['data']) {
  const caps = [...state.caps, { tier, from, until }];
  return { ...state, pendingAnnulment: null, caps, steps, toldAt: at };
}

type Noticed = Extract<
  StandingEvent,
  { type: 'AppealDecided' | 'DemotionAppealed' | 'DemotionNoticed' | 'NoticeEnded' }
>;
type Tasked = Extract<
  StandingEvent,
  { type: 'TaskAssigned' | 'TaskDone' | 'TaskDropped' | 'TaskOpened' }
>;

function withNotice(state: Standing, event: Noticed | Tasked): Standing {
  const { notices } = state;
  const change = (tier: string, changed: Partial<Standing['notices'][number]>) => ({
    ...state,
    notices: notices.map((notice) => (notice.tier === tier ? { ...notice, ...changed } : notice)),
  });
  switch (event.type) {
    case 'DemotionNoticed': {
      const { tier, endsAt } = event.data;
      return { ...state, notices: [...notices, { tier, endsAt, appealedBy: null }] };
    }
    case 'NoticeEnded':
      return { ...state, notices: notices.filter(({ tier }) => tier !== event.data.tier) };
    case 'DemotionAppealed':
      return change(event.data.tier, { appealedBy: event.data.by });
    case 'AppealDecided':
      return change(event.data.tier, { appealedBy: null, endsAt: event.data.endsAt });
    default:
      return state;
  }
}

function withTask(state: Standing, event: Noticed | Tasked): Standing {
  const { tasks } = state;
  const change = (task: string, changed: Partial<Standing['tasks'][number]>) => ({
    ...state,
    tasks: tasks.map((each) => (each.task === task ? { ...each, ...changed } : each)),
  });
  switch (event.type) {
    case 'TaskOpened': {
      const { task, kind, subject, tier, owner } = event.data;
      const opened = { task, kind, subject, tier, owner, isDone: false };
      return { ...state, latestTask: state.latestTask + 1, tasks: [...tasks, opened] };
    }
    case 'TaskDropped':
      return { ...state, tasks: tasks.filter(({ task }) => task !== event.data.task) };
    case 'TaskAssigned':
      return change(event.data.task, { owner: event.data.owner });
    case 'TaskDone':
      return change(event.data.task, { isDone: true });
    case 'AppealDecided':
    case 'DemotionAppealed':
    case 'DemotionNoticed':
    case 'NoticeEnded':
      return state;
    default:
      return unreachable(event);
  }
}
