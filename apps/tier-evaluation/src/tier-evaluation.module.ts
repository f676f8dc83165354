import { Module } from '@nestjs/common';
import { type ServiceDefinition, ServiceModule, queryHandler } from '@tributary/platform';
import { MeasuresOfPartner, answerMeasures } from './application/measures-of-partner';
import { publication, standingHandler } from './application/standings';
import { MeasuresController } from './http/measures.controller';
import { StandingsController } from './http/standings.controller';
import { measures } from './read-model/measures.projection';
import { Measures } from './read-model/measures.queries';
import { standings } from './read-model/standings.projection';
import { Standings } from './read-model/standings.queries';

const tierEvaluation: ServiceDefinition = {
  name: 'tier-evaluation',
  categories: ['standing', 'rules'],
  listensTo: ['attribution'],
  inboxProjections: [measures],
  projections: [standings],
  publication,
};

@Module({
  imports: [ServiceModule.of(tierEvaluation)],
  controllers: [MeasuresController, StandingsController],
  providers: [
    Measures,
    queryHandler(MeasuresOfPartner, Measures, answerMeasures),
    standingHandler,
    Standings,
  ],
})
export class TierEvaluationModule {}
