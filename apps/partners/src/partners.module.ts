import { Module } from '@nestjs/common';
import { type ServiceDefinition, ServiceModule } from '@tributary/platform';
import { commandHandlers } from './application/commands';
import { publication } from './application/publication';
import { Reading } from './application/reading';
import { AgreementsController } from './http/agreements.controller';
import { CouponsController } from './http/coupons.controller';
import { EntitiesController } from './http/entities.controller';
import { LinksController } from './http/links.controller';
import { PartnersController } from './http/partners.controller';
import { ProgrammesController } from './http/programmes.controller';
import { registry } from './read-model/registry.projection';
import { Registry } from './read-model/registry.queries';

const partners: ServiceDefinition = {
  name: 'partners',
  categories: ['partner', 'agreement', 'programme', 'entity', 'subject', 'link', 'coupon'],
  projections: [registry],
  publication,
};

@Module({
  imports: [ServiceModule.of(partners)],
  controllers: [
    PartnersController,
    AgreementsController,
    EntitiesController,
    ProgrammesController,
    LinksController,
    CouponsController,
  ],
  providers: [...commandHandlers, Reading, Registry],
})
export class PartnersModule {}
