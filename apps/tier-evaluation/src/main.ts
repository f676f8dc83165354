import { runService } from '@tributary/platform';
import { TierEvaluationModule } from './tier-evaluation.module';

void runService('tier-evaluation', TierEvaluationModule);
