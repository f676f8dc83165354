import { Module } from '@nestjs/common';
import { type ServiceDefinition, ServiceModule } from '@tributary/platform';
import { Exports } from './application/exports';
import { Reading } from './application/reading';
import { closing } from './closing/closing.projection';
import { closingWorks } from './closing/closing';
import { CreatePeriodCheck1790000008100 } from './closing/period-checks';
import { PeriodReports } from './closing/period-reports';
import { PeriodsController } from './closing/periods.controller';
import { BalancesController } from './http/balances.controller';
import { DifferenceController } from './http/difference.controller';
import { EntriesController } from './http/entries.controller';
import { Balances } from './read-model/balances.queries';
import { Differences } from './read-model/difference.queries';
import { Entries } from './read-model/entries.queries';
import { entities } from './read-model/entity.projection';
import { journal } from './read-model/journal.projection';
import { known } from './read-model/known.projection';
import { logClock } from './read-model/log-clock';
import { Standpoints } from './read-model/standpoints';
import { CreateSeal1790000008000 } from './sealing/seal-table';
import { sealing } from './sealing/sealing';
import { SealedLog } from './read-model/sealed-log.queries';
import { LogController } from './http/log.controller';

/** Without categories: the ledger follows the whole log, whatever service wrote it. */
export const ledger: ServiceDefinition = {
  name: 'ledger',
  projections: [journal, known, closing],
  listensTo: ['partners'],
  inboxProjections: [entities],
  logClock,
  migrations: [CreateSeal1790000008000, CreatePeriodCheck1790000008100],
  works: (means, settings) => ({ ...sealing(means, settings), ...closingWorks(means, settings) }),
};

@Module({
  imports: [ServiceModule.of(ledger)],
  controllers: [
    BalancesController,
    DifferenceController,
    EntriesController,
    LogController,
    PeriodsController,
  ],
  providers: [
    Standpoints,
    Balances,
    Differences,
    Entries,
    Reading,
    Exports,
    SealedLog,
    PeriodReports,
  ],
})
export class LedgerModule {}

/** For the auditor's program, which makes months and files anew from the events alone: the pure part, without a server or a table. */
export {
  type BookMonth,
  type Closed,
  type Cut,
  DEFAULT_ZONE,
  type Kind,
  closedOf,
  kindOf,
  monthsOf,
} from './domain/books';
export { RowsDigest } from './closing/certificate';
export { beancount } from './domain/export/beancount';
export type { Exported } from './domain/export/exported';
export { hledger } from './domain/export/hledger';
export type { JournalLeg, Standing } from './domain/journal';
