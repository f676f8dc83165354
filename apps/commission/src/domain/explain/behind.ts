import type { CommissionKey } from '@tributary/contracts';
import { TIER_FIELDS } from '../../../engines/v1/fields';
import type { TraceStep } from '../../../engines/v1/trace';
import { termKeyOf } from '../earnings/state';
import {
  topicOfAgreements,
  topicOfMeasures,
  topicOfPartner,
  topicOfStanding,
} from '../earnings/topics';
import { type PlanStep, topicOfPlan } from '../plan/events';
import type { EventRef, Story } from './story';

/** Which events of the window each step of a calculation rests on. */
export interface EventsBehind {
  step(step: TraceStep): readonly EventRef[];
  plan(version: number): EventRef | null;
}

export function eventsBehind(story: Story, key: CommissionKey): EventsBehind {
  const { state, terms, credited, decisions } = story;
  const plan = state.opened?.plan ?? '';
  const owner = ('child' in key ? key.child : undefined) ?? state.opened?.partner ?? '';
  const told = Object.values(state.terms);

  const under = (topic: string): readonly EventRef[] =>
    told.filter((term) => term.topic === topic).flatMap((term) => terms.get(termKeyOf(term)) ?? []);

  const versionTold = (version: number): EventRef | null => {
    const term = told.find(
      ({ topic, data }) =>
        topic === topicOfPlan(plan) &&
        (data['steps'] as unknown as readonly PlanStep[]).some(
          ({ value }) => value.version === version,
        ),
    );
    return term === undefined ? null : (terms.get(termKeyOf(term)) ?? null);
  };

  const line = credited === null ? [] : [credited.event];
  const ofPlan = under(topicOfPlan(plan));
  const standings = under(topicOfStanding(owner));
  const measures = under(topicOfMeasures(owner));
  const party = [...under(topicOfAgreements(owner)), ...under(topicOfPartner(owner))];

  return {
    plan: versionTold,
    step: ({ step, inputs }) => {
      switch (step) {
        case 'terms':
          return [...ofPlan, ...party];
        case 'match':
          return [...ofPlan, ...line, ...(asksForTier(inputs['looksAt']) ? standings : [])];
        case 'matrix':
          return [...ofPlan, ...line, ...(asksForTier(inputs) ? standings : [])];
        case 'basis':
        case 'order':
          return line;
        case 'bonus':
          return [...ofPlan, ...measures];
        case 'override':
          return decisions.slice(-1).map(({ event }) => event);
        default:
          return [...ofPlan, ...line];
      }
    },
  };
}

const asksForTier = (asked: unknown): boolean =>
  typeof asked === 'object' &&
  asked !== null &&
  Object.keys(asked).some((name) => TIER_FIELDS.has(name));
