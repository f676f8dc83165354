import type { CommandBus } from '@nestjs/cqrs';
import { type Dispatch, type Reaction, reaction } from '@tributary/feeds';
import { type Means, dispatchAs } from '@tributary/platform';
import type { NoteTaxRecovered, NoteTaxRemitted } from '../domain/account/commands';
import { accountStreamOf } from '../domain/account/terms';
import type { ExpectRemittance } from '../domain/rail/commands';
import { railStreamOf } from '../domain/rail/events';
import { type TaxOfItem, covered } from '../domain/remittance/covered';
import { coversOf } from '../domain/remittance/decide';
import type { TaxRemitted } from '../domain/remittance/events';
import { taxOwed, taxRecoverable } from '../read-model/tax-due.queries';
import { DecideAccount } from './accounts';
import { DecideRail } from './matching';

type Told = ExpectRemittance | NoteTaxRecovered | NoteTaxRemitted;
type Facts = { readonly TaxRemitted: TaxRemitted['data'] };

/**
 * Which items a remittance is for follows from what the register said where it was proposed, and that is the same whenever it is asked
 * again. Their accounts hear of it, and so does the bank account whose statements are to show it.
 */
export const remittancesTold = (
  bus: CommandBus,
  { database }: Pick<Means, 'database'>,
): Reaction<Told> =>
  reaction<Told, Facts>({
    name: 'remittances_told',
    on: {
      TaxRemitted: async ({ tenant, data, occurredAt: at }) => {
        const { entity, asset, rule, month, zone, remittance } = data;
        const asked = { tenant, entity, asset, rule, upTo: BigInt(data.upTo) };
        const paid = covered(await taxOwed(database, { ...asked, month, zone }), coversOf(data));
        const back = covered(await taxRecoverable(database, asked), BigInt(data.offset));
        const told = ({ partner, item, amount }: TaxOfItem) => ({
          account: { partner, entity, asset },
          ...{ at, item, rule, amount, remittance, month },
        });
        return [
          ...paid.map((each) => ({ type: 'NoteTaxRemitted' as const, ...told(each) })),
          ...back.map((each) => ({ type: 'NoteTaxRecovered' as const, ...told(each) })),
          ...expected(data, at),
        ];
      },
    },
    target: (command, tenant) =>
      command.type === 'ExpectRemittance'
        ? railStreamOf(tenant, command.rail)
        : accountStreamOf(tenant, command.account),
    dispatch: tell(bus),
  });

function expected(
  { rail, remittance, amount, reference, paidOn, by }: TaxRemitted['data'],
  at: ExpectRemittance['at'],
): readonly ExpectRemittance[] {
  // Where all of it was kept back, no bank shows anything.
  if (rail === null || amount === '0') return [];
  return [{ type: 'ExpectRemittance', rail, remittance, amount, reference, paidOn, by, at }];
}

function tell(bus: CommandBus): Dispatch<Told> {
  const toAccount = dispatchAs(bus, DecideAccount);
  const toRail = dispatchAs(bus, DecideRail);
  return (command, context) =>
    command.type === 'ExpectRemittance' ? toRail(command, context) : toAccount(command, context);
}
