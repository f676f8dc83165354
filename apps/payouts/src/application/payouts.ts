import type { CommandBus } from '@nestjs/cqrs';
import type { Reaction } from '@tributary/feeds';
import type { Means, ServiceDefinition } from '@tributary/platform';
import { accountLines } from '../read-model/account-lines.projection';
import { accountProposals } from '../read-model/account-proposals.projection';
import { accounts } from '../read-model/accounts.projection';
import { bankLines } from '../read-model/bank-lines.projection';
import { railBreaks } from '../read-model/breaks.projection';
import { disputes } from '../read-model/disputes.projection';
import { paymentFiles } from '../read-model/files.projection';
import { ahead } from '../read-model/forecast.projection';
import { payoutHolds } from '../read-model/holds.projection';
import { payees } from '../read-model/payees.projection';
import { reconciliationMoves } from '../read-model/reconciliation.projection';
import { commissionBehind, periods } from '../read-model/periods.projection';
import { payoutRegister } from '../read-model/registers.projection';
import { candidates } from '../read-model/runs.candidates.projection';
import { runs } from '../read-model/runs.projection';
import { payerEntities, payingAccounts } from '../read-model/runs.terms.projection';
import { statementSources } from '../read-model/statement-sources.projection';
import { statements } from '../read-model/statements.projection';
import { taxRemittances } from '../read-model/tax-remittances.projection';
import { withholding } from '../read-model/withholding.projection';
import { releasesTaken } from './accounts-releases';
import { accountsFollow, partnersTold, toAccounts } from './accounts-terms';
import { accountsTold } from './file-answers';
import { filesOfRuns, filesWritten } from './file-reactions';
import { faultsThrough } from './file-writing';
import { matchesTold, railsBehind } from './matching';
import { payeesTold } from './payees';
import { periodOrders } from './periods';
import { publication } from './publication';
import { remittancesTold } from './remittances-told';
import { RunsRead } from './runs';
import { runsFollow } from './runs-protocol';
import { runChanges, runFiles, runProgress } from './runs-reactions';
import { statementsOrdered } from './statements';

/** What payouts owns, what follows from its events, and what it tells and hears. */
export const payouts: ServiceDefinition = {
  name: 'payouts',
  categories: ['account', 'fx', 'payee', 'period', 'rail', 'remittance', 'run', 'statement', 'tax'],
  // A run passes over all of its accounts twice, in the order in which they would be forgotten. An account takes two kilobytes, and half
  // of one for each payment; one that was paid for years remembers commands enough to count by those.
  bytesOfStream: 3_000,
  projections: [
    accountLines,
    accountProposals,
    accounts,
    bankLines,
    railBreaks,
    candidates,
    disputes,
    payees,
    payingAccounts,
    paymentFiles,
    payoutHolds,
    payoutRegister,
    periods,
    reconciliationMoves,
    runs,
    statements,
    taxRemittances,
    withholding,
  ],
  inboxProjections: [ahead, commissionBehind, payerEntities, statementSources],
  publication,
  listensTo: ['commission', 'partners'],
  orders: { owner: 'payouts', take: (bus) => periodOrders(bus) },
  reactions: (bus: CommandBus, means) => [
    ...ofRuns(bus, means),
    accountsFollow(means.topics, toAccounts(bus, means)),
    payeesTold(means.topics, toAccounts(bus, means)),
    filesWritten(bus),
    accountsTold(bus, means),
    matchesTold(bus),
    remittancesTold(bus, means),
    railsBehind(means.runner),
    statementsOrdered(bus, means),
  ],
  inboxReactions: (bus, means) => [
    releasesTaken(bus),
    partnersTold(means.topics, toAccounts(bus, means)),
  ],
};

function ofRuns(bus: CommandBus, means: Means): readonly Reaction[] {
  const runs = new RunsRead(means.log);
  return [
    runsFollow(bus, means, faultsThrough(bus), runs),
    runChanges(bus, means),
    runFiles(bus),
    runProgress(bus),
    filesOfRuns(means, runs),
  ];
}
