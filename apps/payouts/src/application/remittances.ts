import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  type Asset,
  type Day,
  type Outcome,
  type PeriodKey,
  type StreamName,
  type Uuid,
  dayOf,
} from '@tributary/kernel';
import {
  type CommandContext,
  Dispatched,
  ServiceRuntime,
  commandHandler,
} from '@tributary/platform';
import type { RemittanceCommand, RemittanceRejected } from '../domain/remittance/commands';
import { remittances } from '../domain/remittance/decide';
import { remittanceStreamOf } from '../domain/remittance/events';
import {
  lastRemittance,
  registerPosition,
  sumOfTax,
  taxOfRule,
  taxOwed,
  taxRecoverable,
} from '../read-model/tax-due.queries';
import { withholding } from '../read-model/withholding.projection';
import { loadSettings } from './files';
import { RunTerms } from './runs-terms';

export class DecideRemittance extends Dispatched<RemittanceCommand, RemittanceRejected> {}

export const streamOfRemittance = (
  { of }: Pick<RemittanceCommand, 'of'>,
  tenant: string,
): StreamName => remittanceStreamOf(tenant, of);

export const remittanceHandler = commandHandler(DecideRemittance, remittances, streamOfRemittance);

/** As finance says it. */
export interface SaidRemitted {
  readonly entity: string;
  readonly asset: Asset;
  readonly rule: string;
  readonly month: PeriodKey;
  readonly amount: string;
  readonly offset: string;
  readonly paidOn: Day;
  readonly rail: string | null;
  readonly reference: string;
  readonly evidence: readonly string[];
}

const REGISTER_WAIT_MS = 10_000;

/** Hands the decision what the register says, at a position that the decision names. */
@Injectable()
export class RemittanceDesk {
  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {}

  async propose(
    said: SaidRemitted,
    remittance: Uuid,
    context: CommandContext,
  ): Promise<Outcome<RemittanceRejected>> {
    const { tenant, cause, receivedAt } = context;
    const { entity, asset, rule, ...declared } = said;
    const { database, log, feeds } = this.runtime;
    // What was paid a moment ago may be remitted at once, and nothing by a register that does not have it.
    if (!(await feeds.waitUntil([withholding.name], await log.head(), REGISTER_WAIT_MS)))
      return { kind: 'rejected', rejected: { code: 'register_behind' } };
    // By the months of the register.
    const zone = await new RunTerms(log, database).zoneOf({ tenant, entity });
    const upTo = await registerPosition(database);
    const asked = { tenant, entity, asset, rule, upTo };
    const owed = sumOfTax(await taxOwed(database, { ...asked, month: said.month, zone }));
    const recoverable = sumOfTax(await taxRecoverable(database, asked));
    const settings = said.rail === null ? undefined : await loadSettings(log, tenant, said.rail);
    return await this.decide(context, {
      type: 'ProposeRemittance',
      of: { entity, asset, rule },
      remittance,
      ...declared,
      tax: (await taxOfRule(database, asked)) ?? '',
      zone,
      upTo: String(upTo),
      owed: String(owed),
      recoverable: String(recoverable),
      last: await lastRemittance(database, asked),
      payer: settings === undefined ? null : { entity: settings.entity, asset: settings.asset },
      today: dayOf(receivedAt, zone),
      by: cause.actor,
      receivedAt,
    });
  }

  async decide(
    context: CommandContext,
    command: RemittanceCommand,
  ): Promise<Outcome<RemittanceRejected>> {
    return await this.commands.execute(new DecideRemittance(command, context));
  }
}
