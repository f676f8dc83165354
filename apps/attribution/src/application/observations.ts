import type { CommandBus } from '@nestjs/cqrs';
import { type Reaction, reaction } from '@tributary/feeds';
import type { StreamName } from '@tributary/kernel';
import { Dispatched, dispatchAs } from '@tributary/platform';
import type { FactAccepted } from '../domain/fact/events';
import type { ObserveMeasure } from '../domain/measure/decide';
import { measureStreamOf } from '../domain/measure/events';
import { whenFactAccepted } from '../domain/policy';

export class Observe extends Dispatched<ObserveMeasure> {}

export const streamOfObservation = (
  { partner, measure, subject }: ObserveMeasure,
  tenant: string,
): StreamName => measureStreamOf(tenant, partner, measure, subject);

/** Hands what an accepted fact says on to the thing that it is about. */
export const observations = (bus: CommandBus): Reaction =>
  reaction<ObserveMeasure, { FactAccepted: FactAccepted['data'] }>({
    name: 'observations',
    on: { FactAccepted: whenFactAccepted },
    target: streamOfObservation,
    dispatch: dispatchAs(bus, Observe),
  });
