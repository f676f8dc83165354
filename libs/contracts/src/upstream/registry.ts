import { factRetracted } from './corrections';
import { customerSignedUp } from './customers';
import { dealLost, dealOpened, dealStageChanged, dealWon } from './deals';
import { paymentDisputeLost, paymentDisputeOpened, paymentDisputeWon } from './disputes';
import type { UpstreamEvent } from './envelope';
import type { FactType } from './fact-type';
import { identityLinked, identityUnlinked } from './identity';
import { creditnoteIssued, invoicePaid, invoiceVoided } from './invoices';
import { leadDecided, leadRegistered, leadUpdated } from './leads';
import { marketplaceFeeRefunded, marketplaceOrder } from './marketplace';
import { assertMarked } from './marks';
import {
  csatRecorded,
  implementationCompleted,
  implementationQualified,
  trainingCompleted,
} from './measures';
import { paymentRefundFailed, paymentRefunded } from './refunds';
import { subscriptionCanceled, subscriptionChanged, subscriptionStarted } from './subscriptions';
import {
  touchClick,
  touchCoupon,
  touchEvent,
  touchIntegration,
  touchIntro,
  touchReferral,
} from './touches';
import { usageReported } from './usage';

const TYPES = [
  touchClick,
  touchReferral,
  touchIntro,
  touchEvent,
  touchIntegration,
  touchCoupon,
  identityLinked,
  identityUnlinked,
  leadRegistered,
  leadUpdated,
  leadDecided,
  customerSignedUp,
  dealOpened,
  dealStageChanged,
  dealWon,
  dealLost,
  subscriptionStarted,
  subscriptionChanged,
  subscriptionCanceled,
  invoicePaid,
  paymentRefunded,
  paymentRefundFailed,
  paymentDisputeOpened,
  paymentDisputeWon,
  paymentDisputeLost,
  creditnoteIssued,
  invoiceVoided,
  usageReported,
  implementationCompleted,
  implementationQualified,
  csatRecorded,
  trainingCompleted,
  marketplaceOrder,
  marketplaceFeeRefunded,
  factRetracted,
] as const;

type Described = (typeof TYPES)[number];

/** The data of each type, by its name: what a reader may rely on once the fact was taken. */
export type UpstreamData = { readonly [D in Described as D['type']]: D['example']['data'] };
export type UpstreamTypeName = keyof UpstreamData;

/** Every type of fact that we take. What is not here is refused by name, and what is not marked cannot be here. */
export const UPSTREAM_TYPES: ReadonlyMap<string, FactType> = new Map(
  TYPES.map((described) => {
    assertMarked(described.schema);
    return [described.type, described];
  }),
);

export const exampleOf = <T extends UpstreamTypeName>(type: T): UpstreamEvent<T, UpstreamData[T]> =>
  UPSTREAM_TYPES.get(type)?.example as UpstreamEvent<T, UpstreamData[T]>;
