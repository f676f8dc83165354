import { Module } from '@nestjs/common';
import { ServiceModule } from '@tributary/platform';

@Module({
  imports: [ServiceModule.of({ name: 'commission', categories: ['earnings', 'plan', 'draw'] })],
})
export class CommissionModule {}
