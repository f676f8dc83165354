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
import { QualificationsController } from './http/qualifications.controller';
import { ProgrammesController } from './http/programmes.controller';
import { qualifications } from './read-model/qualifications.projection';
import { Qualifications } from './read-model/qualifications.queries';
import { registry } from './read-model/registry.projection';
import { Registry } from './read-model/registry.queries';

export const partners: ServiceDefinition = {
  name: 'partners',
  categories: [
    'agreement',
    'certification',
    'coupon',
    'entity',
    'link',
    'partner',
    'programme',
    'qualification',
    'subject',
  ],
  projections: [qualifications, registry],
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
    QualificationsController,
  ],
  providers: [...commandHandlers, Qualifications, Reading, Registry],
})
export class PartnersModule {}
