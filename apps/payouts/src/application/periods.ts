import type { CommandBus } from '@nestjs/cqrs';
import {
  CERTIFY,
  CERTIFY_SCHEMA,
  CONFIRM_TAKEN,
  CONFIRM_TAKEN_SCHEMA,
  type CertifyData,
  type ConfirmTakenData,
} from '@tributary/contracts';
import { type Instant, type JsonObject, instantOfMs } from '@tributary/kernel';
import {
  Dispatched,
  type Order,
  type OrderHandler,
  Refusal,
  commandHandler,
  compileSchema,
} from '@tributary/platform';
import type { PeriodCommand, PeriodRejected } from '../domain/period/commands';
import { period } from '../domain/period/decide';
import { periodStreamOf } from '../domain/period/events';

export class DecidePeriod extends Dispatched<PeriodCommand, PeriodRejected> {}

export const periodHandler = commandHandler(DecidePeriod, period, (command, tenant) =>
  periodStreamOf(
    tenant,
    command.entity,
    command.type === 'SoftClosePeriod' ? command.period.key : command.month,
  ),
);

const checkTaken = compileSchema<ConfirmTakenData>(CONFIRM_TAKEN_SCHEMA);
const checkCertify = compileSchema<CertifyData>(CERTIFY_SCHEMA);

/** What the ledger orders of payouts. The ids of its commands are derived from the cut, so that one that is sent again decides nothing. */
export const periodOrders =
  (bus: CommandBus, now: () => number = Date.now): OrderHandler =>
  async (order) => {
    const { tenant, commandId, causationId, correlationId, traceParent, actor } = order;
    const command = commandOf(order, instantOfMs(now()));
    const fingerprint = `follows:${causationId}`;
    const cause = { commandId, fingerprint, actor, causationId, correlationId, traceParent };
    const outcome = await bus.execute(new DecidePeriod(command, { tenant, cause }));
    return outcome.kind === 'rejected' ? outcome : { kind: outcome.kind };
  };

function commandOf({ type, data }: Order, receivedAt: Instant): PeriodCommand {
  switch (type) {
    case CONFIRM_TAKEN:
      return { type, ...valid(checkTaken, type, data), receivedAt };
    case CERTIFY:
      return { type, ...valid(checkCertify, type, data), receivedAt };
    default:
      throw new Refusal(422, 'order_unknown', `Payouts takes no order ${type}.`);
  }
}

function valid<T>(check: ReturnType<typeof compileSchema<T>>, type: string, data: JsonObject): T {
  const checked = check(data);
  if ('valid' in checked) return checked.valid;
  const { errors } = checked;
  throw new Refusal(422, 'order_malformed', `The order ${type} does not have its shape.`, {
    errors,
  });
}
