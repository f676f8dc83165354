import type { CommandBus } from '@nestjs/cqrs';
import type { FeedEvent, Reaction, Told, Topics } from '@tributary/feeds';
import { type JsonObject, type StreamName, categoryOf } from '@tributary/kernel';
import { dispatchAs } from '@tributary/platform';
import { TERMS, type Term } from '../domain/terms';
import type { LearnTerm } from '../domain/customer/commands';
import type { PolicyVersionPublished } from '../domain/policy/events';
import { topicOfPolicy } from '../domain/topics';
import { ToCustomer, streamOfCustomer } from './customers';
import { type Addressed, dispatchTo, streamOfCommand } from './desks';
import { learnTermOf, termTelling } from './following-terms';
import { learnClaimTerm } from './prospects';
import { learnedBySale } from './sales';

/** Partners, programmes, links and exclusive rights, for whoever has asked to be told. */
export const partnersTold = (bus: CommandBus, topics: Topics): Reaction<Addressed> =>
  termTelling<Addressed>(topics, {
    name: 'partners_told',
    on: Object.fromEntries(
      Object.entries(TERMS).map(([type, termsOf]) => [
        type,
        ({ data, revision }: FeedEvent): readonly Term[] =>
          (termsOf as (data: object, revision: number) => readonly Term[])(data, Number(revision)),
      ]),
    ),
    learn: (stream, told, event) => [
      ...learnTermOf(stream, told),
      ...claimTermsOf(stream, told),
      ...learnedBySale(stream, told, event),
    ],
    target: streamOfCommand,
    dispatch: dispatchTo(bus),
  });

/** Policies are our own, and reach those who follow them like everybody else's terms. */
export const policiesTold = (bus: CommandBus, topics: Topics): Reaction<LearnTerm> =>
  termTelling<LearnTerm>(topics, {
    name: 'policies_told',
    on: {
      PolicyVersionPublished: ({ data }) => {
        const { policy, version, steps } = data as unknown as PolicyVersionPublished['data'];
        return [
          {
            topic: topicOfPolicy(policy),
            key: policy,
            revision: version,
            data: { steps } as unknown as JsonObject,
          },
        ];
      },
    },
    learn: learnTermOf,
    target: streamOfCustomer,
    dispatch: dispatchAs(bus, ToCustomer),
  });

const claimTermsOf = (stream: StreamName, told: Told) =>
  categoryOf(stream) === 'prospect' ? [learnClaimTerm(stream, told)] : [];
