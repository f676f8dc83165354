import { Dispatched, commandHandler } from '@tributary/platform';
import type { StreamName } from '@tributary/kernel';
import type { AccountCommand, AccountRejected } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import { accountStreamOf } from '../domain/account/terms';

export class DecideAccount extends Dispatched<AccountCommand, AccountRejected> {}

export const streamOfAccount = (
  { account: of }: Pick<AccountCommand, 'account'>,
  tenant: string,
): StreamName => accountStreamOf(tenant, of);

export const accountHandler = commandHandler(DecideAccount, account, streamOfAccount);
