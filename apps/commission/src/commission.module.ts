import { Module } from '@nestjs/common';
import { ServiceModule, commandHandler } from '@tributary/platform';
import { commission } from './application/commission';
import { DecideEarnings, streamOfEarnings } from './application/earnings';
import { planHandler } from './application/plans';
import { earnings } from './domain/earnings/decide';
import { EarningsController } from './http/earnings.controller';
import { ExplainController } from './http/explain.controller';
import { HoldsController } from './http/holds.controller';
import { LinesController } from './http/lines.controller';
import { PlanLanguageController, PlansController } from './http/plans.controller';
import { ReportsController } from './http/reports.controller';
import { EarningsRead } from './read-model/earnings.queries';
import { Explanations } from './read-model/explain.queries';
import { Holds } from './read-model/holds.queries';
import { Lines } from './read-model/lines.queries';
import { Plans } from './read-model/plans.queries';
import { Reports } from './read-model/reports.queries';

@Module({
  imports: [ServiceModule.of(commission)],
  controllers: [
    EarningsController,
    ExplainController,
    HoldsController,
    LinesController,
    PlanLanguageController,
    PlansController,
    ReportsController,
  ],
  providers: [
    commandHandler(DecideEarnings, earnings, streamOfEarnings),
    planHandler,
    EarningsRead,
    Explanations,
    Holds,
    Lines,
    Plans,
    Reports,
  ],
})
export class CommissionModule {}

/** For the auditor's program, which decides every window once more: the pure part, without a server or a table. */
export { type Difference, WindowRecheck } from './domain/earnings/recheck';

/** For the auditor's program, which fills its tables from a log alone. */
export { commission } from './application/commission';
