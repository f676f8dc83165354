import { runService } from '@tributary/platform';
import { LedgerModule } from './ledger.module';

void runService('ledger', LedgerModule);
