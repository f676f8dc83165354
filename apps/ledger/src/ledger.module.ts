import { Module } from '@nestjs/common';
import { ServiceModule } from '@tributary/platform';

/** Without categories: the ledger follows the whole log, whatever service wrote it. */
@Module({ imports: [ServiceModule.of({ name: 'ledger' })] })
export class LedgerModule {}
