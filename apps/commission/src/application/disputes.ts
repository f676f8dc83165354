import type { CommandBus } from '@nestjs/cqrs';
import { DISPUTE_DECIDED, type DisputeDecidedData } from '@tributary/contracts';
import { type Reaction, reaction } from '@tributary/feeds';
import { dispatchAs } from '@tributary/platform';
import type { TakeDecision } from '../domain/earnings/commands';
import { DecideEarnings, streamOfEarnings } from './earnings';

/** What two persons have decided about a disputed line is an override here. A dispute that was refused changes nothing. */
export const disputesDecided = (bus: CommandBus): Reaction<TakeDecision> =>
  reaction<TakeDecision, { [DISPUTE_DECIDED]: DisputeDecidedData }>({
    name: 'disputes_decided',
    on: {
      [DISPUTE_DECIDED]: ({ data }) => {
        const { dispute: override, lineId: line, partner, plan, window, due: amount } = data;
        if (amount === null) return [];
        const { proposedBy, decidedBy: by, decidedAt: receivedAt } = data;
        const id = { partner, plan, window };
        return [{ type: 'TakeDecision', id, line, override, amount, proposedBy, by, receivedAt }];
      },
    },
    target: streamOfEarnings,
    dispatch: dispatchAs(bus, DecideEarnings),
  });
