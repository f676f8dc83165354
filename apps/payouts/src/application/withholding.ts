import type { Instant, StreamLog } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import {
  type TaxCommand,
  type TaxRejected,
  type Taxes,
  rulesAt,
  tax,
} from '../domain/withholding/decide';
import { type TaxEvent, taxStreamOf } from '../domain/withholding/events';
import type { WithholdingRules } from '../domain/withholding/rules';

export class DecideTax extends Dispatched<TaxCommand, TaxRejected> {}

export const taxHandler = commandHandler(DecideTax, tax, ({ entity }, tenant) =>
  taxStreamOf(tenant, entity),
);

/** From the stream itself, so that a run is never computed by rules that were replaced a moment ago. */
export async function readTaxes(
  log: Pick<StreamLog, 'read'>,
  tenant: string,
  entity: string,
): Promise<{ readonly taxes: Taxes; readonly position: bigint }> {
  let taxes = tax.initial;
  let position = 0n;
  for await (const event of log.read(taxStreamOf(tenant, entity))) {
    const { type, data, occurredAt } = event;
    taxes = tax.evolve(taxes, { type, data, occurredAt } as unknown as TaxEvent);
    ({ position } = event);
  }
  return { taxes, position };
}

/** For a run to pin: null where two persons have declared that the entity keeps nothing back. */
export const rulesInForce = async (
  log: Pick<StreamLog, 'read'>,
  { tenant, entity, payAt }: { tenant: string; entity: string; payAt: Instant },
): Promise<WithholdingRules | null> => rulesAt((await readTaxes(log, tenant, entity)).taxes, payAt);
