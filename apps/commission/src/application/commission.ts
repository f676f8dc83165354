import type { CommandBus } from '@nestjs/cqrs';
import type { Means, ServiceDefinition } from '@tributary/platform';
import { earned } from '../read-model/earnings.projection';
import { trail } from '../read-model/explain.projection';
import { plans } from '../read-model/plans.projection';
import { creditedRevenue } from '../read-model/reports.projection';
import { CreateLineDirectory1790000005000, LineDirectory } from './directory';
import { disputesDecided } from './disputes';
import { type Whereabouts, linesCredited } from './lines';
import { publication } from './publication';
import { windowsBehind } from './resuming';
import {
  agreementsTold,
  holdsTold,
  plansTold,
  postingsTold,
  termsTold,
  windowsFollow,
} from './terms';

/** What commission owns, what follows from its events, and what it tells and hears. */
export const commission: ServiceDefinition = {
  name: 'commission',
  categories: ['draw', 'earnings', 'plan'],
  migrations: [CreateLineDirectory1790000005000],
  projections: [earned, plans, trail],
  inboxProjections: [creditedRevenue],
  publication,
  listensTo: ['attribution', 'partners', 'payouts', 'tiers'],
  reactions: (bus: CommandBus, means) => {
    const whereabouts = whereaboutsOf(means);
    return [
      plansTold(bus, whereabouts),
      postingsTold(bus, whereabouts),
      holdsTold(bus, whereabouts),
      windowsFollow(bus, whereabouts),
      windowsBehind(means.runner),
    ];
  },
  inboxReactions: (bus, means) => {
    const whereabouts = whereaboutsOf(means);
    return [
      linesCredited(bus, whereabouts),
      agreementsTold(bus, whereabouts),
      termsTold(bus, whereabouts),
      disputesDecided(bus),
    ];
  },
};

const whereaboutsOf = ({ database, topics }: Pick<Means, 'database' | 'topics'>): Whereabouts => ({
  directory: new LineDirectory(database),
  topics,
});
