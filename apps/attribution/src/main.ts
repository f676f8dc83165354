import { runService } from '@tributary/platform';
import { AttributionModule } from './attribution.module';

void runService('attribution', AttributionModule);
