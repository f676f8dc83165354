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

/** Without categories: the ledger follows the whole log, whatever service wrote it. */
const ledger: ServiceDefinition = {
  name: 'ledger',
  projections: [journal, known],
  listensTo: ['partners'],
  inboxProjections: [entities],
};

@Module({
  imports: [ServiceModule.of(ledger)],
  controllers: [BalancesController, EntriesController],
  providers: [Standpoints, Balances, Entries, Reading, Exports],
})
export class LedgerModule {}
