import { TRACKS, type Track } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  accept,
  laterOf,
  nothing,
  reject,
  unreachable,
} from '@tributary/kernel';
import { keyOf } from '../facts/fact';
import { isTrack } from '../rules/decide';
import { topicOfRules } from '../rules/events';
import { appeal, decideAppeal } from './appeals';
import {
  approve,
  approveAnnulment,
  propose,
  proposeAnnulment,
  rejectAnnulment,
  turnDown,
} from './by-hand';
import type {
  AdvanceClock,
  ByPeople,
  CommandOf,
  LearnFact,
  LearnRules,
  StandingCommand,
  StandingRejected,
} from './commands';
import { type Occasion, concluding } from './conclude';
import type { StandingEvent } from './events';
import { evolve } from './evolve';
import { snapshot } from './snapshot';
import { type Standing, initialStanding } from './state';

type Decides = Decision<StandingEvent, StandingRejected>;

/** In which tier a partner stands: by what is known of it, by the rules of its track, and by what people decide. */
export const standing: Decider<StandingCommand, StandingEvent, Standing, StandingRejected> = {
  initial: initialStanding,
  decide,
  evolve,
  snapshot,
};

function decide(command: StandingCommand, state: Standing): Decides {
  const { track } = command;
  if (!isTrack(track)) return reject({ code: 'track_unknown', track, tracks: Object.keys(TRACKS) });
  switch (command.type) {
    case 'LearnFact':
      return learnFact(command, track, state);
    case 'LearnRules':
      return learnRules(command, track, state);
    case 'AdvanceClock':
      return advanceClock(command, track, state);
    default:
      return byPeople(command, track, state);
  }
}

function learnFact(
  { partner, told, revision, source, at }: LearnFact,
  track: Track,
  state: Standing,
): Decides {
  const key = keyOf(told);
  if ((state.facts.get(key)?.revision ?? -1) >= revision) return nothing;
  const data = { partner, track, fact: { ...told, key, revision, source }, at };
  return concluded(state, { partner, track, asOf: at, reason: 'changed' }, [
    { type: 'FactLearned', data, occurredAt: at },
  ]);
}

function learnRules(
  { partner, revision, steps, at }: LearnRules,
  track: Track,
  state: Standing,
): Decides {
  if (state.rules.revision >= revision) return nothing;
  const data = { partner, track, revision, steps, at };
  return concluded(state, { partner, track, asOf: at, reason: 'changed' }, [
    { type: 'RulesLearned', data, occurredAt: at },
  ]);
}

/** A clock that goes backwards has nothing to say. */
function advanceClock({ partner, asOf }: AdvanceClock, track: Track, state: Standing): Decides {
  if (!state.isOpen && state.steps.length === 0) return nothing;
  if (state.clock !== null && state.clock > asOf) return nothing;
  return accept(...concluding(state, [], { partner, track, asOf, reason: 'quarterly' }));
}

function byPeople(command: ByPeople, track: Track, state: Standing): Decides {
  const { partner, receivedAt } = command;
  const reason = command.type === 'EvaluateStanding' ? 'demand' : 'changed';
  const decision = decidedByPeople(command, track, state);
  if ('rejected' in decision) return decision;
  // What only waits for somebody else changes nothing yet.
  const waits = command.type === 'ProposeStanding' || command.type === 'ProposeAnnulment';
  if (waits) return accept(...openedFirst(state, { partner, track }, decision.events));
  return concluded(state, { partner, track, asOf: receivedAt, reason }, decision.events);
}

function decidedByPeople(command: ByPeople, track: Track, state: Standing): Decides {
  switch (command.type) {
    case 'EvaluateStanding':
      return nothing;
    case 'ProposeStanding':
      return propose(command, track, state);
    case 'ApproveStanding':
      return approve(command, state);
    case 'RejectProposal':
      return turnDown(command, state);
    case 'ProposeAnnulment':
      return proposeAnnulment(command, track, state);
    case 'ApproveAnnulment':
      return approveAnnulment(command, state);
    case 'RejectAnnulment':
      return rejectAnnulment(command, track, state);
    case 'AppealDemotion':
      return appeal(command, track, state);
    case 'DecideAppeal':
      return decideAppeal(command, track, state);
    case 'AssignTask':
    case 'CloseTask':
      return taskDecided(command, track, state);
    default:
      return unreachable(command);
  }
}

function taskDecided(
  command: CommandOf<'AssignTask'> | CommandOf<'CloseTask'>,
  track: Track,
  { tasks }: Standing,
): Decides {
  const { partner, task, by, receivedAt: occurredAt } = command;
  if (!tasks.some((each) => each.task === task && !each.isDone))
    return reject({ code: 'task_unknown' });
  const of = { partner, track, task, by };
  return accept(
    command.type === 'AssignTask'
      ? { type: 'TaskAssigned', data: { ...of, owner: command.owner }, occurredAt }
      : { type: 'TaskDone', data: { ...of, note: command.note }, occurredAt },
  );
}

const concluded = (
  state: Standing,
  occasion: Occasion,
  events: readonly StandingEvent[],
): Decides => accept(...concluding(state, openedFirst(state, occasion, events), occasion));

/** Whatever comes first opens the standing, and asks for the rules of its track. */
function openedFirst(
  state: Standing,
  { partner, track, asOf }: Pick<Occasion, 'partner' | 'track'> & Partial<Pick<Occasion, 'asOf'>>,
  events: readonly StandingEvent[],
): readonly StandingEvent[] {
  if (state.isOpen) return events;
  const occurredAt = events[0]?.occurredAt ?? asOf;
  if (occurredAt === undefined) return events;
  const follows = [topicOfRules(track)];
  const opened: StandingEvent = {
    type: 'StandingOpened',
    data: { partner, track, follows },
    occurredAt: asOf === undefined ? occurredAt : laterOf(occurredAt, asOf),
  };
  return [opened, ...events];
}
