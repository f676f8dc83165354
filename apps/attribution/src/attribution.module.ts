import { Module } from '@nestjs/common';
import { ServiceModule, commandHandler } from '@tributary/platform';
import { attribution } from './application/attribution';
import { AdjudicateCredit, ToCustomer, streamOfCustomer } from './application/customers';
import { ToFact, streamOfFact } from './application/facts';
import { ToIdentifier, streamOfIdentifier } from './application/identifiers';
import { Ingestion } from './application/ingestion';
import { ToMeasure, streamOfMeasure } from './application/measures';
import { policyHandler } from './application/policies';
import { ForProspect, streamOfProspect } from './application/prospects';
import { TAKE_BATCH, UpstreamIntake } from './application/upstream-intake';
import { DecidePayment, DecideSale, streamOfPayment, streamOfSale } from './application/sales';
import { customer } from './domain/customer/decide';
import { fact } from './domain/fact/decide';
import { identifier } from './domain/identifier/decide';
import { measure } from './domain/measure/decide';
import { payment } from './domain/payment/decide';
import { prospect } from './domain/prospect/decide';
import { sale } from './domain/sale/decide';
import { ingestBatch } from './http/batch';
import { CustomersController } from './http/customers.controller';
import { ConflictsController } from './http/conflicts.controller';
import { EventsController } from './http/events.controller';
import { FactsAheadController } from './http/facts-ahead.controller';
import { PartnerCreditController } from './http/partner-credit.controller';
import { LeadsController } from './http/leads.controller';
import { PoliciesController } from './http/policies.controller';
import { SalesController } from './http/sales.controller';
import { SchemasController } from './http/schemas.controller';
import { UnattributedController } from './http/unattributed.controller';
import { Cases } from './read-model/cases.queries';
import { FactConsequences } from './read-model/fact-consequences';
import { Conflicts } from './read-model/conflicts.queries';
import { FactOutcomes } from './read-model/fact-outcomes.queries';
import { FactsAhead } from './read-model/facts-ahead.queries';
import { Funnels } from './read-model/funnel.queries';
import { PartnerCredit } from './read-model/partner-credit.queries';
import { Claims } from './read-model/prospects.queries';
import { Policies } from './read-model/policies.queries';
import { Sales } from './read-model/sales.queries';
import { Unattributed } from './read-model/unattributed.queries';

@Module({
  imports: [ServiceModule.of(attribution)],
  controllers: [
    ConflictsController,
    CustomersController,
    EventsController,
    FactsAheadController,
    LeadsController,
    PartnerCreditController,
    PoliciesController,
    SalesController,
    SchemasController,
    UnattributedController,
  ],
  providers: [
    commandHandler(ToFact, fact, streamOfFact),
    commandHandler(ToIdentifier, identifier, streamOfIdentifier),
    commandHandler(ToCustomer, customer, streamOfCustomer),
    commandHandler(AdjudicateCredit, customer, streamOfCustomer),
    commandHandler(DecideSale, sale, streamOfSale),
    commandHandler(DecidePayment, payment, streamOfPayment),
    commandHandler(ForProspect, prospect, streamOfProspect),
    commandHandler(ToMeasure, measure, streamOfMeasure),
    policyHandler,
    Ingestion,
    { provide: TAKE_BATCH, useValue: ingestBatch },
    UpstreamIntake,
    Cases,
    Claims,
    Conflicts,
    FactConsequences,
    FactOutcomes,
    FactsAhead,
    Funnels,
    PartnerCredit,
    Policies,
    Sales,
    Unattributed,
  ],
})
export class AttributionModule {}

/** For the auditor's program, which fills its tables from a log alone. */
export { attribution } from './application/attribution';
