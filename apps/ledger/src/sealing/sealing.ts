import { instantOfMs } from '@tributary/kernel';
import type { ServiceDefinition } from '@tributary/platform';
import { FileSigner } from './file-signer';
import { startSealer } from './sealer';

/** One sealer for the log, in whichever process of the ledger holds its lease. */
export const sealing: NonNullable<ServiceDefinition['works']> = (
  { log, database, failed },
  { LOG_SIGNER_DIRECTORY: directory, LOG_ORIGIN: origin },
) => ({
  sealer: (checkpoint) =>
    startSealer({
      log,
      database,
      checkpoint,
      openSigner: directory
        ? () => FileSigner.open(directory, origin, () => instantOfMs(Date.now()))
        : undefined,
      signingFailed: (error) => failed('signing the log', error),
    }),
});
