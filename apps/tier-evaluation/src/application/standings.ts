import { STANDING, type StandingData } from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';
import { Dispatched, commandHandler } from '@tributary/platform';
import { type StandingCommand, type StandingRejected, standing } from '../domain/standing/decide';
import { standingStreamOf } from '../domain/standing/events';

export class DecideStanding extends Dispatched<StandingCommand, StandingRejected> {}

export const standingHandler = commandHandler(
  DecideStanding,
  standing,
  ({ partner, track }, tenant) => standingStreamOf(tenant, partner, track),
);

/** What others may know: the timeline, and neither who decided nor why, nor what is only proposed. */
export const publication: Publication = {
  owner: 'tiers',
  version: 1,
  types: ['StandingGranted'],
  publish: ({ data }) => {
    const { partner, track, steps } = data as unknown as StandingData;
    return { type: STANDING, data: { partner, track, steps } satisfies StandingData };
  },
};
