import { Module } from '@nestjs/common';
import { MEASURED } from '@tributary/contracts';
import { ServiceModule, type ServiceDefinition, commandHandler } from '@tributary/platform';
import { Ingestion } from './application/ingestion';
import { Observe, observations, streamOfObservation } from './application/observations';
import { measure } from './domain/measure/decide';
import { EventsController } from './http/events.controller';
import { SchemasController } from './http/schemas.controller';
import { factOutcomes } from './read-model/fact-outcomes.projection';
import { FactOutcomes } from './read-model/fact-outcomes.queries';

const attribution: ServiceDefinition = {
  name: 'attribution',
  categories: ['fact', 'measure'],
  projections: [factOutcomes],
  publication: {
    owner: 'attribution',
    version: 1,
    types: ['MeasureRevised'],
    publish: ({ data }) => ({ type: MEASURED, data }),
  },
  reactions: (bus) => [observations(bus)],
};

@Module({
  imports: [ServiceModule.of(attribution)],
  controllers: [EventsController, SchemasController],
  providers: [commandHandler(Observe, measure, streamOfObservation), Ingestion, FactOutcomes],
})
export class AttributionModule {}
