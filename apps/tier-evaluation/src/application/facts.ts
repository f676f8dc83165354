import type { CommandBus } from '@nestjs/cqrs';
import {
  CUSTOMER,
  type CustomerData,
  MEASURED,
  type MeasuredData,
  QUALIFICATION,
  type QualificationData,
} from '@tributary/contracts';
import { type FeedEvent, type Reaction, type Topics, reaction } from '@tributary/feeds';
import type { Instant } from '@tributary/kernel';
import { dispatchAs } from '@tributary/platform';
import {
  type ToldOfPartner,
  partnersOf,
  toldOfCustomer,
  toldOfMeasure,
  toldOfQualification,
} from '../domain/facts/told';
import type { Source } from '../domain/facts/fact';
import type { LearnFact } from '../domain/standing/commands';
import { DecideStanding, streamOfStanding } from './standings';

/** Whom a customer was ever credited to. A partner who no longer is has to be told so. */
const topicOfCredited = (customer: string): string => `credited:${customer}`;

/** What is known of a partner goes straight to its standing, which is named by it. */
export const factsTold = (
  bus: CommandBus,
  topics: Pick<Topics, 'tell' | 'told'>,
): Reaction<LearnFact> =>
  reaction<
    LearnFact,
    Record<typeof CUSTOMER, CustomerData> &
      Record<typeof MEASURED, MeasuredData> &
      Record<typeof QUALIFICATION, QualificationData>
  >({
    name: 'facts_told',
    on: {
      [CUSTOMER]: async (event) => {
        const { tenant, data } = event;
        const topic = topicOfCredited(data.customer);
        // Registered before they are read: whichever revision commits second sees the partners of the other.
        for (const key of partnersOf(data))
          await topics.tell(tenant, { topic, key, revision: 1, data: {} });
        const credited = await topics.told(tenant, [topic]);
        return credited.map(({ key }) => learning(toldOfCustomer(data, key), event, 'attribution'));
      },
      [MEASURED]: (event) => [learning(toldOfMeasure(event.data), event, 'attribution')],
      [QUALIFICATION]: (event) => [learning(toldOfQualification(event.data), event, 'partners')],
    },
    target: streamOfStanding,
    dispatch: dispatchAs(bus, DecideStanding),
  });

type Telling = Pick<FeedEvent, 'id' | 'occurredAt' | 'recordedAt' | 'revision' | 'stream'>;

const learning = (
  told: ToldOfPartner,
  { id, stream, revision, ...times }: Telling,
  service: Source['service'],
): LearnFact => ({
  type: 'LearnFact',
  ...told,
  revision: Number(revision),
  source: { service, stream, event: id },
  at: knownAt(times),
});

/** The world's clock as far as it is not ahead of ours: a cancellation for the end of the year is known now. */
const knownAt = ({
  occurredAt,
  recordedAt,
}: Pick<Telling, 'occurredAt' | 'recordedAt'>): Instant =>
  occurredAt < recordedAt ? occurredAt : recordedAt;
