import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, reaction } from '@tributary/feeds';
import { Dispatched, dispatchAs } from '@tributary/platform';
import type { FactAccepted } from '../domain/fact/events';
import type { ObserveMeasure } from '../domain/measure/decide';
import { measureStreamOf } from '../domain/measure/events';
import { whenFactAccepted } from '../domain/policy';

export class Observe extends Dispatched<ObserveMeasure & Tenanted> {}

/** A reaction finds the stream of its command from the command alone. */
export interface Tenanted {
  readonly tenant: string;
}

export const streamOfObservation = ({
  tenant,
  partner,
  measure,
  subject,
}: ObserveMeasure & Tenanted) => measureStreamOf(tenant, partner, measure, subject);

/** Hands what an accepted fact says on to the thing that it is about. */
export const observations = (bus: CommandBus): Reaction =>
  reaction<ObserveMeasure & Tenanted, { FactAccepted: FactAccepted['data'] }>({
    name: 'observations',
    on: {
      FactAccepted: (event) =>
        whenFactAccepted(event).map((command) => ({ ...command, tenant: event.tenant })),
    },
    target: streamOfObservation,
    dispatch: dispatchAs(bus, Observe),
  });
