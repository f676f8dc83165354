import type { CommandBus } from '@nestjs/cqrs';
import {
  COMMISSION_RELEASED,
  type CommissionReleasedData,
  LINE_FROZEN,
  type LineFrozenData,
} from '@tributary/contracts';
import { type Reaction, reaction } from '@tributary/feeds';
import { parseAsset } from '@tributary/kernel';
import { dispatchAs } from '@tributary/platform';
import type { FreezeLine, TakeRelease } from '../domain/account/commands';
import { DecideAccount, streamOfAccount } from './accounts';

type Taking = FreezeLine | TakeRelease;

/**
 * What commission hands over, takes back and freezes. One reaction, so that of one window everything comes in the order in which it
 * was decided there.
 */
export const releasesTaken = (bus: CommandBus): Reaction<Taking> =>
  reaction<
    Taking,
    { [COMMISSION_RELEASED]: CommissionReleasedData; [LINE_FROZEN]: LineFrozenData }
  >({
    name: 'releases_taken',
    on: {
      [COMMISSION_RELEASED]: ({ id, occurredAt: at, data }) => {
        const { key } = data;
        return [{ type: 'TakeRelease', ...ofLine(data), release: id, key, at }];
      },
      [LINE_FROZEN]: ({ occurredAt: at, data }) => [{ type: 'FreezeLine', ...ofLine(data), at }],
    },
    target: streamOfAccount,
    dispatch: dispatchAs(bus, DecideAccount),
  });

const ofLine = (data: CommissionReleasedData | LineFrozenData) => {
  const { lineId: line, partner, entity, programme, plan, window, amount } = data;
  const account = { partner, entity, asset: parseAsset(data.asset) };
  return { account, line, programme, plan, window, amount };
};
