import type { ProgrammeData } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  accept,
  laterOf,
  nothing,
  unreachable,
} from '@tributary/kernel';
import { topicOfProgramme } from '../topics';
import type {
  DecideClaim,
  LearnClaimTerm,
  LearnRivals,
  MarkDirectAccount,
  NoteSameCompany,
  ProspectCommand,
  ProspectRejected,
  RegisterClaim,
  ReleaseDirectAccount,
  TakeVerdict,
  UpdateClaim,
  WithdrawClaim,
} from './commands';
import { adjudicate, extend, judge } from './decide-by-people';
import { derivedFrom } from './derive';
import { type CompanyKey, type ProspectEvent, topicOfLead } from './events';
import { type Prospect, evolve, unknownProspect } from './evolve';

type Decided = Decision<ProspectEvent, ProspectRejected>;

export const prospect: Decider<ProspectCommand, ProspectEvent, Prospect, ProspectRejected> = {
  initial: unknownProspect,
  decide: (command, state) => withConsequences(decide(command, state), state),
  evolve,
  step: derivedFrom,
  mostlyNew: true,
};

/** Where claims stand and which of them conflict is computed anew from everything known; only what changed is said. */
function withConsequences(decision: Decided, state: Prospect): Decided {
  if ('rejected' in decision || decision.events.length === 0) return decision;
  const { events } = decision;
  return accept(...events, ...derivedFrom(events.reduce(evolve, state)));
}

function decide(command: ProspectCommand, state: Prospect): Decided {
  switch (command.type) {
    case 'RegisterClaim':
      return submit(command, command, state);
    case 'UpdateClaim':
      return submit(command, command.company ?? state.company, state);
    case 'DecideClaim':
      return report(command, state);
    case 'WithdrawClaim':
      return withdraw(command, state);
    case 'NoteSameCompany':
      return noteSameCompany(command, state);
    case 'LearnClaimTerm':
      return learnTerm(command, state);
    case 'LearnRivals':
      return learnRivals(command, state);
    case 'TakeVerdict':
      return takeVerdict(command, state);
    case 'JudgeClaim':
      return judge(command, state);
    case 'ExtendClaim':
      return extend(command, state);
    case 'AdjudicateConflict':
      return adjudicate(command, state);
    case 'MarkDirectAccount':
      return markDirect(command, state);
    case 'ReleaseDirectAccount':
      return releaseDirect(command, state);
    default:
      return unreachable(command);
  }
}

interface Company {
  readonly programme: string;
  readonly key: CompanyKey;
}

function submit(
  command: RegisterClaim | UpdateClaim,
  company: Company | null,
  state: Prospect,
): Decided {
  const { prospect, lead, partner = null, fact, complete, about, at } = command;
  const known = state.claims[lead];
  if (company === null || known?.submissions.some((one) => one.fact.factId === fact.factId))
    return nothing;

  const { programme, key } = company;
  const heldByDirect = command.accountHeldByDirect ?? false;
  const follows = [
    ...(state.company ? [] : [topicOfProgramme(programme)]),
    ...(known?.submissions.length ? [] : [topicOfLead(lead)]),
  ];
  const claim = { lead, partner, fact, complete, about, heldByDirect };
  const data = { prospect, programme, key, ...claim, follows };
  return accept({ type: 'ClaimSubmitted', data, occurredAt: at });
}

function report(command: DecideClaim, state: Prospect): Decided {
  const { prospect, lead, fact, decision, rules, until = null, decidedBy, at } = command;
  if (state.claims[lead]?.reports.some((one) => one.fact.factId === fact.factId)) return nothing;
  const data = { prospect, lead, fact, decision, rules, until, decidedBy };
  return accept({ type: 'ClaimDecisionReported', data, occurredAt: at });
}

function withdraw({ prospect, lead, factId, by, at }: WithdrawClaim, state: Prospect): Decided {
  if (state.withdrawn[factId]) return nothing;
  return accept({
    type: 'ClaimFactWithdrawn',
    data: { prospect, lead, factId, by },
    occurredAt: at,
  });
}

/** Each fact speaks for itself: once it is taken back, by its own word, those of others about the pair are left. */
function noteSameCompany(command: NoteSameCompany, { links }: Prospect): Decided {
  const { prospect, other, linked, fact, at } = command;
  const said = links[other]?.[fact.factId];
  const isNews = said === undefined || (said.linked === true && !linked);
  if (other === prospect || !isNews) return nothing;
  return accept({
    type: 'SameCompanyNoted',
    data: { prospect, other, linked, fact },
    occurredAt: at,
  });
}

function learnTerm(command: LearnClaimTerm, state: Prospect): Decided {
  const { prospect, topic, revision, data } = command;
  const { company, latest, terms } = state;
  if (company === null || latest === null) return nothing;
  if (topic !== topicOfProgramme(company.programme)) {
    const news = newsOfLead(command);
    return news ? decide(news, state) : nothing;
  }
  if (revision <= (terms?.revision ?? 0)) return nothing;
  const learned = { prospect, revision, data: data as unknown as ProgrammeData };
  return accept({ type: 'ClaimTermsLearned', data: learned, occurredAt: latest });
}

type NewsOfLead = DecideClaim | UpdateClaim | WithdrawClaim;
const NEWS: readonly string[] = ['DecideClaim', 'UpdateClaim', 'WithdrawClaim'];

/** What `toldOfLead` has told: a command that lacked only the prospect. */
function newsOfLead({ topic, data, prospect }: LearnClaimTerm): NewsOfLead | undefined {
  const told = data as unknown as NewsOfLead;
  if (!NEWS.includes(told.type) || topic !== topicOfLead(told.lead)) return undefined;
  return { ...told, prospect };
}

function learnRivals(command: LearnRivals, { rivals, latest }: Prospect): Decided {
  const { prospect, from, revision, contenders, direct, at } = command;
  if (revision <= (rivals[from]?.revision ?? 0)) return nothing;
  return accept({
    type: 'RivalsLearned',
    data: { prospect, from, revision, contenders, direct },
    occurredAt: latest ? laterOf(latest, at) : at,
  });
}

function takeVerdict(command: TakeVerdict, { claims }: Prospect): Decided {
  const { prospect, lead, conflict, verdict, until, rule, reason, by, at } = command;
  if (claims[lead] === undefined) return nothing;
  const data = { prospect, lead, conflict, verdict, until, rule, reason, by };
  return accept({ type: 'VerdictTaken', data, occurredAt: at });
}

function markDirect(command: MarkDirectAccount, { company, direct }: Prospect): Decided {
  const { prospect, since, reason, by, at } = command;
  const named = command.company ?? company;
  if (named === null) return { rejected: { code: 'prospect_not_found' } };
  const held = direct.find(({ until }) => until === null);
  if (held) return { rejected: { code: 'direct_account_already_marked', since: held.since } };

  const { programme, key } = named;
  const follows = company ? [] : [topicOfProgramme(programme)];
  const data = { prospect, programme, key, since: since ?? at, reason, by, follows };
  return accept({ type: 'DirectAccountMarked', data, occurredAt: at });
}

function releaseDirect(command: ReleaseDirectAccount, { company, direct }: Prospect): Decided {
  const { prospect, reason, by, at } = command;
  if (company === null) return { rejected: { code: 'prospect_not_found' } };
  if (direct.every(({ until }) => until !== null))
    return { rejected: { code: 'direct_account_not_marked' } };
  return accept({ type: 'DirectAccountReleased', data: { prospect, reason, by }, occurredAt: at });
}
