import { runService } from '@tributary/platform';
import { PayoutsModule } from './payouts.module';

void runService('payouts', PayoutsModule);
