import { Module } from '@nestjs/common';
import { ServiceModule } from '@tributary/platform';
import { accountHandler } from './application/accounts';
import { BreakAgeing } from './application/breaks';
import { DisputeDesk } from './application/disputes';
import { FindItemFaultsHandler, PaymentFiles, WriteFileHandler } from './application/file-writing';
import { fileHandler } from './application/files';
import { railHandler } from './application/matching';
import { PayeeOpening } from './application/payee-opening';
import { Payees, payeeHandler } from './application/payees';
import { payouts } from './application/payouts';
import { periodHandler } from './application/periods';
import { PeriodCuts } from './application/periods-cuts';
import { RemittanceDesk, remittanceHandler } from './application/remittances';
import { RepaymentDesk } from './application/repayments';
import { ReturnFiles } from './application/returns';
import { runHandler } from './application/runs';
import { RunDesk } from './application/runs-desk';
import { payoutPolicyHandler } from './application/runs-policies';
import { statementHandler, statementsHandler } from './application/statements';
import { BankStatements } from './application/statements-in';
import { taxHandler } from './application/withholding';
import { AccountsController } from './http/accounts.controller';
import { AdjustmentsController } from './http/adjustments.controller';
import { BankStatementsController } from './http/bank-statements.controller';
import { BreaksController } from './http/breaks.controller';
import { MatchingController } from './http/matching.controller';
import { ReconciliationController } from './http/reconciliation.controller';
import { DisputesController } from './http/disputes.controller';
import { FilesController } from './http/files.controller';
import { ForecastController } from './http/forecast.controller';
import { PayoutHoldsController } from './http/holds.controller';
import { PayeesController } from './http/payees.controller';
import { PayingAccountsController } from './http/paying-accounts.controller';
import { PeriodsController } from './http/periods.controller';
import { ReceivablesController } from './http/receivables.controller';
import { RegistersController } from './http/registers.controller';
import { RunsController } from './http/runs.controller';
import { RunDecisionsController } from './http/runs.decisions.controller';
import { PayoutPoliciesController } from './http/runs.policies.controller';
import { StatementsController } from './http/statements.controller';
import { TaxRemittancesController } from './http/tax-remittances.controller';
import { WithholdingController } from './http/withholding.controller';
import { WithholdingItemsController } from './http/withholding-items.controller';
import { AccountProposals } from './read-model/account-proposals.queries';
import { Accounts } from './read-model/accounts.queries';
import { Ageing } from './read-model/ageing.queries';
import { BankLinesRead } from './read-model/bank-lines.queries';
import { BreaksRead } from './read-model/breaks.queries';
import { Disputes } from './read-model/disputes.queries';
import { PaymentFilesShown } from './read-model/files.queries';
import { HeldAhead } from './read-model/forecast.queries';
import { PayoutHolds } from './read-model/holds.queries';
import { PayeesShown } from './read-model/payees.queries';
import { ReconciliationRead } from './read-model/reconciliation.queries';
import { PeriodsShown } from './read-model/periods.queries';
import { Registers } from './read-model/registers.queries';
import { RunFigures } from './read-model/runs.figures';
import { PayoutRuns } from './read-model/runs.queries';
import { Statements } from './read-model/statements.queries';
import { TaxRemittances } from './read-model/tax-remittances.queries';
import { WithholdingItems } from './read-model/withholding-items.queries';
import { WithholdingRegister } from './read-model/withholding.queries';

@Module({
  imports: [ServiceModule.of(payouts)],
  controllers: [
    AccountsController,
    AdjustmentsController,
    ReconciliationController,
    MatchingController,
    BreaksController,
    BankStatementsController,
    DisputesController,
    FilesController,
    ForecastController,
    PayeesController,
    PayingAccountsController,
    PayoutHoldsController,
    PayoutPoliciesController,
    PeriodsController,
    ReceivablesController,
    RegistersController,
    RunDecisionsController,
    RunsController,
    StatementsController,
    TaxRemittancesController,
    WithholdingController,
    WithholdingItemsController,
  ],
  providers: [
    accountHandler,
    fileHandler,
    payeeHandler,
    payoutPolicyHandler,
    periodHandler,
    railHandler,
    remittanceHandler,
    runHandler,
    statementHandler,
    statementsHandler,
    taxHandler,
    FindItemFaultsHandler,
    WriteFileHandler,
    AccountProposals,
    Accounts,
    Ageing,
    BankLinesRead,
    BankStatements,
    BreakAgeing,
    BreaksRead,
    DisputeDesk,
    Disputes,
    HeldAhead,
    Payees,
    PayeeOpening,
    PayeesShown,
    PaymentFiles,
    PaymentFilesShown,
    PayoutHolds,
    PayoutRuns,
    PeriodCuts,
    PeriodsShown,
    ReconciliationRead,
    Registers,
    RemittanceDesk,
    RepaymentDesk,
    ReturnFiles,
    RunDesk,
    RunFigures,
    Statements,
    TaxRemittances,
    WithholdingItems,
    WithholdingRegister,
  ],
})
export class PayoutsModule {}

/** For the auditor's program, which fills its tables from a log alone. */
export { payouts } from './application/payouts';
