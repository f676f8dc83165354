import {
  type Decider,
  type Decision,
  accept,
  canonicalJson,
  nothing,
  reject,
} from '@tributary/kernel';
import { afterFiles } from './answers';
import type {
  AgeBreaks,
  AssignBreak,
  CloseBreak,
  RailCommand,
  RailRejected,
  SetMatchingRules,
  StatementCommand,
} from './commands';
import { closed } from './breaks';
import { Draft } from './draft';
import type { RailEvent } from './events';
import { evolveAhead, evolveRail } from './evolve';
import { type FileCommand, decideFile } from './files';
import type { MatchingRules } from './match-events';
import { approveMatch, matchByHand, unmatchLine } from './match-by-hand';
import { expectRemittance } from './match-remittance';
import { matchRepayment } from './match-repayment';
import { refuseMatch, refuseRepayment } from './refused';
import { filesWithOpenItems } from './overdue';
import { overdueRemittances } from './remittances';
import { snapshot } from './snapshot';
import { type Rail, initialRail, ofRail } from './state';
import { acceptStatement, dismissStatement, finish, importLines, receive } from './statements';
import { nextWork, pastWork } from './work';

type Decided = Decision<RailEvent, RailRejected>;

/** One account that we pay from: files that went out, what the bank answered, its statements, and how they were matched. */
export const rail: Decider<RailCommand, RailEvent, Rail, RailRejected> = {
  initial: initialRail,
  decide,
  evolve: evolveRail,
  step: nextWork,
  snapshot,
};

function decide(command: RailCommand, state: Rail): Decided {
  switch (command.type) {
    case 'MatchByHand':
      return matchByHand(command, state);
    case 'ApproveMatch':
      return approveMatch(command, state);
    case 'UnmatchLine':
      return unmatchLine(command, state);
    case 'RefuseMatch':
      return refuseMatch(command, state);
    case 'MatchRepayment':
      return matchRepayment(command, state);
    case 'RefuseRepayment':
      return refuseRepayment(command, state);
    case 'ExpectRemittance':
      return expectRemittance(command, state);
    case 'SetMatchingRules':
      return setRules(command, state);
    case 'AgeBreaks':
      return age(command, state);
    case 'AssignBreak':
      return assign(command, state);
    case 'CloseBreak':
      return close(command, state);
    default:
      return decideAboutStatements(command, state);
  }
}

function decideAboutStatements(command: FileCommand | StatementCommand, state: Rail): Decided {
  switch (command.type) {
    case 'ReceiveStatement':
      return receive(command, state);
    case 'ImportLines':
      return importLines(command, state);
    case 'FinishStatement':
      return finish(command, state);
    case 'AcceptStatement':
      return acceptStatement(command, state);
    case 'DismissStatement':
      return dismissStatement(command, state);
    default:
      return decideAboutFiles(command, state);
  }
}

/** What was sent and answered is decided beside; here follows what it means for lines that were read before. */
function decideAboutFiles(command: FileCommand, state: Rail): Decided {
  const decided = decideFile(command, state.files);
  if ('rejected' in decided || decided.events.length === 0) return decided;
  const next = evolveAhead(state, decided.events);
  return accept(...decided.events, ...afterFiles(next, decided.events));
}

function setRules({ rail: id, rules, by, at }: SetMatchingRules, state: Rail): Decided {
  if (state.of === null) return reject({ code: 'account_unknown', rail: id });
  const { proposedRules: proposed } = state;
  const data = { rail: id, rules, by };
  // Who sends those that hold keeps them, and drops what was proposed.
  if (isSame(rules, state.rules))
    return proposed === null ? nothing : accept({ type: 'MatchingRulesSet', data, occurredAt: at });
  if (proposed === null || !isSame(rules, proposed.rules))
    return accept({ type: 'MatchingRulesProposed', data, occurredAt: at });
  if (proposed.by === by) return nothing;
  return accept({
    type: 'MatchingRulesSet',
    data: { ...data, proposedBy: proposed.by },
    occurredAt: at,
  });
}

const isSame = (a: MatchingRules, b: MatchingRules): boolean =>
  canonicalJson({ ...a }) === canonicalJson({ ...b });

function age({ rail: id, asOf }: AgeBreaks, state: Rail): Decided {
  if (state.of === null) return reject({ code: 'account_unknown', rail: id });
  if (state.work.some(({ kind }) => kind === 'age')) return nothing;
  const work = filesWithOpenItems(state).map((file) => ({
    kind: 'age' as const,
    asOf,
    file,
    from: 0,
  }));
  const draft = new Draft(state);
  for (const overdue of overdueRemittances(state, asOf)) draft.open(overdue);
  return accept(...draft.finish(), ...pastWork(draft.state, work));
}

function assign(command: AssignBreak, state: Rail): Decided {
  const { break: id, owner, note, by, at } = command;
  const known = state.breaks.get(id);
  if (known === undefined) return reject({ code: 'break_unknown' });
  if (known.owner === owner) return nothing;
  const data = { rail: ofRail(state).rail, id, owner, note, by };
  return accept({ type: 'BreakAssigned', data, occurredAt: at });
}

function close({ break: id, reason, by }: CloseBreak, state: Rail): Decided {
  const known = state.breaks.get(id);
  if (known === undefined)
    return state.explained.has(id) ? nothing : reject({ code: 'break_unknown' });
  const { type, about } = known;
  if ('line' in about || 'statement' in about)
    return reject({ code: 'break_explained_by_matching', type });
  return accept(...closed(state, [id], reason, by));
}
