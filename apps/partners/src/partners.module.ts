import { Module } from '@nestjs/common';
import { ServiceModule } from '@tributary/platform';

@Module({
  imports: [
    ServiceModule.of({
      name: 'partners',
      categories: ['partner', 'agreement', 'programme', 'entity', 'subject', 'link', 'coupon'],
    }),
  ],
})
export class PartnersModule {}
