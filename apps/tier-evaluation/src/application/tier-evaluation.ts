import type { ServiceDefinition } from '@tributary/platform';
import { measures } from '../read-model/measures.projection';
import { rules } from '../read-model/rules.projection';
import { evaluations } from '../read-model/evaluations.projection';
import { standings } from '../read-model/standings.projection';
import { factsTold } from './facts';
import { rulesTold, standingsFollow } from './following';
import { publication } from './publication';

/** What tier evaluation owns, what follows from its events, and what it tells and hears. */
export const tierEvaluation: ServiceDefinition = {
  name: 'tier-evaluation',
  categories: ['rules', 'standing'],
  listensTo: ['attribution', 'partners'],
  inboxProjections: [measures],
  projections: [evaluations, rules, standings],
  publication,
  reactions: (bus, { topics }) => [rulesTold(bus, topics), standingsFollow(bus, topics)],
  inboxReactions: (bus, { topics }) => [factsTold(bus, topics)],
};
