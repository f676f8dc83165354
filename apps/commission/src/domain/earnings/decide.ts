import {
  type Decider,
  type Decision,
  accept,
  nothing,
  reject,
  unreachable,
} from '@tributary/kernel';
import type { CommissionKey, LineCreditedData } from '@tributary/contracts';
import { topicOfPlan } from '../plan/events';
import type {
  ApproveOverride,
  EarningsCommand,
  EarningsRejected,
  LearnLines,
  LearnTerm,
  LiftHold,
  OpenWindow,
  PlaceHold,
  ProposeOverride,
  ReleaseHolds,
  TakeDecision,
  ToldTerm,
} from './commands';
import type { CommissionSummed, EarningsEvent, HoldLifted, HoldPlaced } from './events';
import { evolve } from './evolve';
import { holdsOfWindow, sameHolds } from './holds';
import { snapshot } from './snapshot';
import { type Earnings, initialEarnings, termKeyOf } from './state';
import { nextReleases, nextSteps, settledNow } from './steps';
import {
  topicOfAgreements,
  topicOfHolds,
  topicOfMeasures,
  topicOfPartner,
  topicOfStanding,
  topicOfPosted,
} from './topics';
import { type WindowId, calendarOf, lineGroupOf } from './window';
import { knownIn, topicsOfBooks } from './window-facts';

export type EarningsDecision = Decision<EarningsEvent, EarningsRejected>;

/** What one partner has earned under one plan, of what was paid in one window. */
export const earnings: Decider<EarningsCommand, EarningsEvent, Earnings, EarningsRejected> = {
  initial: initialEarnings,
  decide,
  evolve,
  step: (state) => nextSteps(state),
  snapshot,
};

function decide(command: EarningsCommand, state: Earnings): EarningsDecision {
  switch (command.type) {
    case 'LearnLines':
      return learnLines(command, state);
    case 'OpenWindow':
      return state.opened === null ? accept(opened(command)) : nothing;
    case 'LearnTerm':
      return learnTerm(command, state);
    case 'ReleaseHolds':
      return releaseHolds(command, state);
    case 'PlaceHold':
      return placeHold(command, state);
    case 'LiftHold':
      return liftHold(command, state);
    case 'ProposeOverride':
      return propose(command, state);
    case 'ApproveOverride':
      return approve(command, state);
    case 'TakeDecision':
      return takeDecision(command, state);
    default:
      return unreachable(command);
  }
}

function learnLines(command: LearnLines, state: Earnings): EarningsDecision {
  const { child, lines } = command;
  const news = lines.filter(
    ({ revision, data }) => (state.lines.get(lineGroupOf(data, child))?.revision ?? -1) < revision,
  );
  const [first] = news;
  if (first === undefined) return nothing;
  const events: EarningsEvent[] = [];
  let next = state;
  const add = (event: EarningsEvent) => {
    events.push(event);
    next = evolve(next, event);
  };
  if (state.opened === null)
    add(opened({ ...command, at: first.data.steps[0]?.at ?? calendarStart(command) }));
  for (const { revision, data } of news) {
    const occurredAt = data.steps.at(-1)?.at ?? first.data.steps[0]?.at;
    if (occurredAt === undefined) continue;
    // A window that was opened before holds were told asks for them with its next line.
    const topics = [ofHolds(command.id), ...(child === null ? [] : ofChild(child, data))];
    const follows = unfollowed(next, topics);
    add({
      type: 'LineLearned',
      data: { revision, child, line: data, follows },
      occurredAt,
    });
  }
  const groups = news.map(({ data }) => lineGroupOf(data, child));
  const moments = news.flatMap(({ data }) => data.steps.map(({ at }) => at));
  const isAlone = knownIn(next).isPerLine;
  return accept(...events, ...settledNow(next, isAlone ? groups : null, moments));
}

const calendarStart = ({ id, zone }: LearnLines) => calendarOf(id.window, zone).window.from;

function opened({ id, zone, at }: Pick<OpenWindow, 'at' | 'id' | 'zone'>): EarningsEvent {
  const { partner, plan, window } = id;
  const calendar = calendarOf(window, zone);
  // Holds first: nothing is posted before they are known.
  const follows = [ofHolds(id), ...ofPartner(partner), topicOfPlan(plan)];
  return {
    type: 'WindowOpened',
    data: { partner, plan, window, calendar, follows },
    occurredAt: at,
  };
}

const ofHolds = ({ partner, plan }: WindowId): string => topicOfHolds(partner, plan);

const ofPartner = (partner: string): readonly string[] => [
  topicOfAgreements(partner),
  topicOfPartner(partner),
  topicOfStanding(partner),
  topicOfMeasures(partner),
];

const ofChild = (child: string, line: LineCreditedData): readonly string[] => [
  ...ofPartner(child),
  topicOfPosted(child, `${line.sale} ${line.payment} ${line.line}`),
];

const unfollowed = ({ followed }: Earnings, topics: readonly string[]): readonly string[] =>
  topics.filter((topic) => !followed.includes(topic));

function learnTerm({ told, at }: LearnTerm, state: Earnings): EarningsDecision {
  if (state.opened === null) return nothing;
  if ((state.terms[termKeyOf(told)]?.revision ?? -1) >= told.revision) return nothing;
  const learned = evolve(state, {
    type: 'TermLearned',
    data: { ...told, follows: [] },
    occurredAt: at,
  });
  const follows = unfollowed(state, topicsOfBooks(learned));
  const event: EarningsEvent = {
    type: 'TermLearned',
    data: { ...told, follows },
    occurredAt: at,
  };
  let next = evolve(state, event);
  const events: EarningsEvent[] = [event];
  const { partner, plan, window } = state.opened;
  const holds = holdsOfWindow(next);
  if (!sameHolds(holds, next.holds)) {
    const data = { partner, plan, window, group: null, lineIds: [], holds };
    const changed: EarningsEvent = { type: 'HoldsChanged', data, occurredAt: at };
    events.push(changed);
    next = evolve(next, changed);
  }
  if (told.topic === ofHolds(state.opened)) return accept(...events, ...heldElsewhere(next, told));
  return accept(...events, ...settledNow(next, groupsOfTerm(next, told), momentsIn(told.data)));
}

/** What people have said of a line while it was in another window, or here: a line that never came here is none of ours. */
function heldElsewhere(state: Earnings, { data }: ToldTerm): readonly EarningsEvent[] {
  const said = data as unknown as HoldPlaced['data'] | HoldLifted['data'];
  if (state.groups.get(said.group) === undefined) return [];
  return settledNow(state, [said.group], ['at' in said ? said.at : said.hold.from]);
}

/** What is posted for one line of a partner below concerns that line alone; everything else may concern any. */
function groupsOfTerm(state: Earnings, { topic, data }: ToldTerm): readonly string[] | null {
  if (!topic.startsWith(POSTED) || !knownIn(state).isPerLine) return null;
  const { partner, key } = data as unknown as CommissionSummed['data'];
  return [lineGroupOf(key, partner)];
}

const POSTED = 'posted:';

const momentsIn = (data: LearnTerm['told']['data']) =>
  ((data['steps'] ?? []) as unknown as readonly { readonly at: LearnTerm['at'] }[]).map(
    ({ at }) => at,
  );

/** Twice, late or in two steps: what is released is dated by the end of its hold, so the entries are the same. */
function releaseHolds({ asOf }: ReleaseHolds, state: Earnings): EarningsDecision {
  if (state.opened === null) return nothing;
  if (state.behind !== null || state.releasing !== null) {
    const { partner, plan, window } = state.opened;
    const later = state.releasing !== null && state.releasing.asOf >= asOf;
    if (later) return nothing;
    const data = { partner, plan, window, asOf, through: null };
    return accept({ type: 'ReleasePostponed', data, occurredAt: asOf });
  }
  return accept(...nextReleases(state, asOf, null));
}

function placeHold(command: PlaceHold, state: Earnings): EarningsDecision {
  const { line, hold: id, reason, owner, condition, by, receivedAt } = command;
  const group = state.groupOfLine.get(line);
  if (group === undefined) return reject({ code: 'line_unknown' });
  const known = state.groups.get(group);
  if (known?.holds.some((each) => each.id === id)) return reject({ code: 'hold_exists' });
  const hold = { id, reason, owner, condition, from: receivedAt, until: null };
  return concluded(state, group, {
    type: 'HoldPlaced',
    data: { lineId: line, group, hold, by },
    occurredAt: receivedAt,
  });
}

function liftHold(
  { line, hold, note, by, receivedAt }: LiftHold,
  state: Earnings,
): EarningsDecision {
  const group = state.groupOfLine.get(line);
  const known = group === undefined ? undefined : state.groups.get(group);
  if (group === undefined || known === undefined) return reject({ code: 'line_unknown' });
  const found = known.holds.find(({ id }) => id === hold);
  // What follows from facts ends with them.
  if (found === undefined || found.id.startsWith('dispute'))
    return reject({ code: 'hold_unknown' });
  if (found.until !== null) return nothing;
  return concluded(state, group, {
    type: 'HoldLifted',
    data: { lineId: line, group, hold, at: receivedAt, note, by },
    occurredAt: receivedAt,
  });
}

function propose(command: ProposeOverride, state: Earnings): EarningsDecision {
  const { line, override, amount, reason, by, receivedAt } = command;
  const key = keyOfLine(state, line);
  if (key === undefined) return reject({ code: 'line_unknown' });
  if (BigInt(amount) < 0n) return reject({ code: 'worth_below_zero' });
  const data = { override, lineId: line, key, amount, reason, by };
  return accept({ type: 'OverrideProposed', data, occurredAt: receivedAt });
}

function approve(command: ApproveOverride, state: Earnings): EarningsDecision {
  const { line, override, by } = command;
  const key = keyOfLine(state, line);
  if (key === undefined) return reject({ code: 'line_unknown' });
  const proposed = state.overrides[line]?.proposed;
  if (proposed?.override !== override) return reject({ code: 'override_unknown' });
  if (proposed.by === by) return reject({ code: 'same_person' });
  const { amount, by: proposedBy } = proposed;
  return decided(state, key, { ...command, amount, proposedBy });
}

function takeDecision(command: TakeDecision, state: Earnings): EarningsDecision {
  const key = keyOfLine(state, command.line);
  if (key === undefined) return reject({ code: 'line_unknown' });
  if (BigInt(command.amount) < 0n) return reject({ code: 'worth_below_zero' });
  if (command.proposedBy === command.by) return reject({ code: 'same_person' });
  return decided(state, key, command);
}

type Decided = Pick<
  TakeDecision,
  'amount' | 'by' | 'line' | 'override' | 'proposedBy' | 'receivedAt'
>;

function decided(
  state: Earnings,
  key: CommissionKey,
  { line, override, amount, proposedBy, by, receivedAt }: Decided,
): EarningsDecision {
  return concluded(state, state.groupOfLine.get(line) ?? '', {
    type: 'OverrideDecided',
    data: { override, lineId: line, key, amount, at: receivedAt, proposedBy, by },
    occurredAt: receivedAt,
  });
}

function keyOfLine({ groupOfLine, groups }: Earnings, line: string) {
  const group = groups.get(groupOfLine.get(line) ?? '');
  if (group === undefined) return undefined;
  return (
    Object.values(group.accounts).find(({ lineId }) => lineId === line)?.key ??
    group.reasons[line]?.key
  );
}

function concluded(state: Earnings, group: string, event: EarningsEvent): EarningsDecision {
  return accept(event, ...settledNow(evolve(state, event), [group], [event.occurredAt]));
}
