import type { Type } from '@nestjs/common';
import { AttributionModule, attribution } from '@tributary/attribution';
import { CommissionModule, commission } from '@tributary/commission';
import { LedgerModule, ledger } from '@tributary/ledger';
import { PartnersModule, partners } from '@tributary/partners';
import { PayoutsModule, payouts } from '@tributary/payouts';
import type { ServiceDefinition } from '@tributary/platform';
import { TierEvaluationModule, tierEvaluation } from '@tributary/tier-evaluation';

/** The services of this process. Each is whole by itself; here is the only place that sees more than one. Who is listened to comes first. */
export const SERVICES: readonly Type[] = [
  PartnersModule,
  AttributionModule,
  TierEvaluationModule,
  CommissionModule,
  PayoutsModule,
  LedgerModule,
];

/** The same services by what follows from their events: who rebuilds their tables needs no server. */
export const DEFINITIONS: readonly ServiceDefinition[] = [
  partners,
  attribution,
  tierEvaluation,
  commission,
  payouts,
  ledger,
];

/** What the command line recomputes with: the very code of the services. It sees them through here alone. */
export {
  type BookMonth,
  type Closed,
  type Cut,
  DEFAULT_ZONE,
  type Exported,
  type JournalLeg,
  type Kind,
  RowsDigest,
  type Standing,
  beancount,
  closedOf,
  hledger,
  kindOf,
  monthsOf,
} from '@tributary/ledger';
export { type Difference, WindowRecheck } from '@tributary/commission';
/** A system with something in it, for tests of the command line. */
export { DEMO_ROLES, DEMO_TENANT, type DemoKeys, playDemo } from './demo/play-demo';

export { tick } from './ticking';
