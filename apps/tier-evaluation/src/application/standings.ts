import type { StreamName } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import type { StandingCommand, StandingRejected } from '../domain/standing/commands';
import { standing } from '../domain/standing/decide';
import { standingStreamOf } from '../domain/standing/events';

export class DecideStanding extends Dispatched<StandingCommand, StandingRejected> {}

export const streamOfStanding = (
  { partner, track }: Pick<StandingCommand, 'partner' | 'track'>,
  tenant: string,
): StreamName => standingStreamOf(tenant, partner, track);

export const standingHandler = commandHandler(DecideStanding, standing, streamOfStanding);
