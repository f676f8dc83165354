import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, type Told, type Topics, reaction } from '@tributary/feeds';
import {
  type Instant,
  type JsonObject,
  type StreamName,
  idsOf,
  parseStreamName,
} from '@tributary/kernel';
import { dispatchAs } from '@tributary/platform';
import { type RulesPublished, topicOfRules } from '../domain/rules/events';
import type { LearnRules } from '../domain/standing/commands';
import type { StandingOpened } from '../domain/standing/events';
import { DecideStanding, streamOfStanding } from './standings';

/** Rules are told to every standing of their track: first written down, and then sent to whoever follows. */
export const rulesTold = (bus: CommandBus, topics: Pick<Topics, 'tell'>): Reaction<LearnRules> =>
  reaction<LearnRules, { RulesPublished: RulesPublished['data'] }>({
    name: 'rules_told',
    on: {
      RulesPublished: async ({ tenant, data, occurredAt }) => {
        const { track, version, steps } = data;
        const told: Told = {
          topic: topicOfRules(track),
          key: track,
          revision: version,
          data: { steps } as unknown as JsonObject,
        };
        const followers = await topics.tell(tenant, told);
        return followers.map((stream) => learnRules(stream, told, occurredAt));
      },
    },
    target: streamOfStanding,
    dispatch: dispatchAs(bus, DecideStanding),
  });

/** A standing that has just been opened is registered, and then told the rules that there are. */
export const standingsFollow = (
  bus: CommandBus,
  topics: Pick<Topics, 'follow'>,
): Reaction<LearnRules> =>
  reaction<LearnRules, { StandingOpened: StandingOpened['data'] }>({
    name: 'standings_follow',
    on: {
      StandingOpened: async ({ tenant, stream, data, occurredAt }) => {
        const name = parseStreamName(stream);
        const known = await topics.follow(tenant, name, data.follows);
        return known.map((told) => learnRules(name, told, occurredAt));
      },
    },
    target: streamOfStanding,
    dispatch: dispatchAs(bus, DecideStanding),
  });

function learnRules(stream: StreamName, { revision, data }: Told, at: Instant): LearnRules {
  const [partner = '', track = ''] = idsOf(stream);
  const steps = data['steps'] as unknown as LearnRules['steps'];
  return { type: 'LearnRules', partner, track, revision, steps, at };
}
