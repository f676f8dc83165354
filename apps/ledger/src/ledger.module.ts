import { Module } from '@nestjs/common';
import { type ServiceDefinition, ServiceModule } from '@tributary/platform';
import { Exports } from './application/exports';
import { Reading } from './application/reading';
import { BalancesController } from './http/balances.controller';
import { EntriesController } from './http/entries.controller';
import { Balances } from './read-model/balances.queries';
import { Entries } from './read-model/entries.queries';
import { entities } from './read-model/entity.projection';
import { journal } from './read-model/journal.projection';
import { known } from './read-model/known.projection';
import { Standpoints } from './read-model/standpoints';
import { CreateSeal1790000008000 } from './sealing/seal-table';
import { sealing } from './sealing/sealing';
import { SealedLog } from './read-model/sealed-log.queries';
import { LogController } from './http/log.controller';

/** Without categories: the ledger follows the whole log, whatever service wrote it. */
const ledger: ServiceDefinition = {
  name: 'ledger',
  projections: [journal, known],
  listensTo: ['partners'],
  inboxProjections: [entities],
  migrations: [CreateSeal1790000008000],
  works: sealing,
};

@Module({
  imports: [ServiceModule.of(ledger)],
  controllers: [BalancesController, EntriesController, LogController],
  providers: [Standpoints, Balances, Entries, Reading, Exports, SealedLog],
})
export class LedgerModule {}
