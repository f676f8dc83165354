import { runService } from '@tributary/platform';
import { CommissionModule } from './commission.module';

void runService('commission', CommissionModule);
