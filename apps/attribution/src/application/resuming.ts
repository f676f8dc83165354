import { type FeedEvent, type Reaction, reaction } from '@tributary/feeds';
import type { CommandRunner, JsonObject } from '@tributary/kernel';
import { customer } from '../domain/customer/decide';
import type { CreditDecided } from '../domain/customer/events';
import { payment } from '../domain/payment/decide';
import { prospect } from '../domain/prospect/decide';
import { sale } from '../domain/sale/decide';

type Begun = Pick<FeedEvent, 'stream'>;

/** Decisions too large for one append go on by themselves; after a restart somebody has to remember those that had begun. */
export const unfinishedSteps = (runner: CommandRunner): Reaction => {
  const resuming =
    (decider: Parameters<CommandRunner['resume']>[0]) =>
    async ({ stream }: Begun): Promise<never[]> => {
      await runner.resume(decider, stream);
      return [];
    };
  return reaction<never, Record<string, JsonObject> & { CreditDecided: CreditDecided['data'] }>({
    name: 'unfinished_steps',
    on: {
      LinesPostponed: resuming(sale),
      OrphanHandedOver: resuming(payment),
      ClaimChanged: resuming(prospect),
      CreditDecided: (event) => (event.data.more === true ? resuming(customer)(event) : []),
    },
    target: (command) => command,
    dispatch: (command) => command,
  });
};
