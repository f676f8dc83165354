import type { Type } from '@nestjs/common';
import { AttributionModule } from '@tributary/attribution';
import { CommissionModule } from '@tributary/commission';
import { LedgerModule } from '@tributary/ledger';
import { PartnersModule } from '@tributary/partners';
import { PayoutsModule } from '@tributary/payouts';
import { TierEvaluationModule } from '@tributary/tier-evaluation';

/** The services of this process. Each is whole by itself; here is the only place that sees more than one. Who is listened to comes first. */
export const SERVICES: readonly Type[] = [
  PartnersModule,
  AttributionModule,
  TierEvaluationModule,
  CommissionModule,
  PayoutsModule,
  LedgerModule,
];
