import { runService } from '@tributary/platform';
import { PartnersModule } from './partners.module';

void runService('partners', PartnersModule);
