import type { CommandBus } from '@nestjs/cqrs';
import { type Dispatch, type Reaction, reaction } from '@tributary/feeds';
import { CodedError, unavailable } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { type Means, dispatchAs } from '@tributary/platform';
import type { NoteTaxRecovered, NoteTaxRemitted } from '../domain/account/commands';
import { accountStreamOf } from '../domain/account/terms';
import type { ExpectRemittance } from '../domain/rail/commands';
import { railStreamOf } from '../domain/rail/events';
import { type TaxOfItem, covered } from '../domain/remittance/covered';
import { coversOf } from '../domain/remittance/decide';
import type { TaxRemitted } from '../domain/remittance/events';
import {
  type TaxAsked,
  registerPosition,
  sumOfTax,
  taxOwed,
  taxRecoverable,
} from '../read-model/tax-due.queries';
import { DecideAccount } from './accounts';
import { DecideRail } from './matching';

type Told = ExpectRemittance | NoteTaxRecovered | NoteTaxRemitted;
type Remitted = TaxRemitted['data'];
type Facts = { readonly TaxRemitted: Remitted };

/**
 * Which items a remittance is for follows from what the register said where it was proposed. Their accounts hear of it, and so does the
 * bank account whose statements are to show it; nobody does before the register is there again, and says the same.
 */
export const remittancesTold = (
  bus: CommandBus,
  { database }: Pick<Means, 'database'>,
): Reaction<Told> =>
  reaction<Told, Facts>({
    name: 'remittances_told',
    on: {
      TaxRemitted: async ({ tenant, data, occurredAt: at }) => {
        const { entity, asset, rule, month, remittance } = data;
        const asked = { tenant, entity, asset, rule, upTo: BigInt(data.upTo) };
        const { paid, back } = await itemsOf(database, asked, data);
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

interface Covered {
  readonly paid: readonly TaxOfItem[];
  readonly back: readonly TaxOfItem[];
}

async function itemsOf(
  database: Pick<Database, 'query'>,
  asked: TaxAsked,
  data: Remitted,
): Promise<Covered> {
  const { month, zone, remittance } = data;
  // A register that is being filled anew does not have all of it yet.
  if ((await registerPosition(database)) < asked.upTo)
    throw unavailable('The withholding register');
  const paid = covered(await taxOwed(database, { ...asked, month, zone }), coversOf(data));
  const back = covered(await taxRecoverable(database, asked), BigInt(data.offset));
  const [covers, offset] = [sumOfTax(paid), sumOfTax(back)];
  if (covers === coversOf(data) && offset === BigInt(data.offset)) return { paid, back };
  // To tell a part would leave the rest owed for ever: a person has to see it.
  const facts = { remittance, covers: String(coversOf(data)), offset: data.offset };
  const message = 'The register has less for this remittance than where it was proposed.';
  const found = { coversFound: String(covers), offsetFound: String(offset) };
  throw new CodedError('register_differs', message, { ...facts, ...found });
}

function expected(
  { rail, remittance, amount, reference, paidOn, by }: Remitted,
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
