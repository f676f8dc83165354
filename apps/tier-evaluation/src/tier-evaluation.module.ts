import { Module } from '@nestjs/common';
import { type ServiceDefinition, ServiceModule, queryHandler } from '@tributary/platform';
import { MeasuresOfPartner, answerMeasures } from './application/measures-of-partner';
import { MeasuresController } from './http/measures.controller';
import { measures } from './read-model/measures.projection';
import { Measures } from './read-model/measures.queries';

const tierEvaluation: ServiceDefinition = {
  name: 'tier-evaluation',
  categories: ['standing', 'rules'],
  listensTo: ['attribution'],
  inboxProjections: [measures],
};

@Module({
  imports: [ServiceModule.of(tierEvaluation)],
  controllers: [MeasuresController],
  providers: [Measures, queryHandler(MeasuresOfPartner, Measures, answerMeasures)],
})
export class TierEvaluationModule {}
