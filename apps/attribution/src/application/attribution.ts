import type { CommandBus } from '@nestjs/cqrs';
import { type ServiceDefinition, dispatchAs } from '@tributary/platform';
import { factOutcomes } from '../read-model/fact-outcomes.projection';
import { partnerCredit } from '../read-model/partner-credit.projection';
import { policies } from '../read-model/policies.projection';
import { prospects } from '../read-model/prospects.projection';
import { ToCustomer } from './customers';
import { customersFollowing, evidenceTelling } from './following';
import { ToIdentifier } from './identifiers';
import { ToMeasure } from './measures';
import { acceptedLeads, claimEvidence, claimTerms, prospectsMeet } from './prospects';
import { publication } from './publication';
import { unfinishedSteps } from './resuming';
import { observations } from './routing';
import {
  customersTold,
  handedOver,
  paymentsCounted,
  paymentsOrdered,
  refundsNamed,
  salesFollow,
} from './sales';
import { partnersTold, policiesTold } from './terms';

/** What attribution owns, what follows from its events, and what it tells and hears. */
export const attribution: ServiceDefinition = {
  name: 'attribution',
  categories: [
    'customer',
    'fact',
    'identifier',
    'measure',
    'payment',
    'policy',
    'prospect',
    'sale',
  ],
  projections: [factOutcomes, partnerCredit, policies, prospects],
  publication,
  listensTo: ['partners'],
  reactions: (bus: CommandBus, { log, topics, runner }) => [
    observations(bus, { log, topics }),
    customersFollowing(bus, { log, topics }),
    evidenceTelling(bus, { topics }),
    claimTerms(bus, topics),
    claimEvidence(dispatchAs(bus, ToIdentifier)),
    acceptedLeads(dispatchAs(bus, ToMeasure)),
    prospectsMeet(bus),
    handedOver(bus),
    refundsNamed(bus),
    salesFollow(bus, topics),
    paymentsCounted(dispatchAs(bus, ToCustomer)),
    paymentsOrdered(bus, log),
    customersTold(bus, topics, log),
    policiesTold(bus, topics),
    unfinishedSteps(runner),
  ],
  inboxReactions: (bus, { topics }) => [partnersTold(bus, topics)],
};
