import { Module } from '@nestjs/common';
import { ServiceModule } from '@tributary/platform';

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'run', 'statement', 'rail', 'payee', 'fx', 'period'],
    }),
  ],
})
export class PayoutsModule {}
