import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Outcome, Uuid } from '@tributary/kernel';
import { type CommandContext, ServiceRuntime } from '@tributary/platform';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import type { RailRejected } from '../domain/rail/commands';
import { DecideRail } from './matching';

/** As finance says it. */
export interface SaidRepaid {
  readonly account: OfAccount;
  readonly rail: string;
  readonly bankLine: string;
  readonly amount: string;
}

/** What a partner paid back is a line of the bank first, and the account hears of it from there. */
@Injectable()
export class RepaymentDesk {
  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {}

  async record(
    { account: of, rail, bankLine: line, amount }: SaidRepaid,
    repayment: Uuid,
    context: CommandContext,
  ): Promise<Outcome<RailRejected>> {
    const { tenant, cause, receivedAt: at } = context;
    const owed = await this.owedBy(tenant, of);
    const said = { rail, line, repayment, account: of, amount, owed, by: cause.actor, at };
    return await this.commands.execute(
      new DecideRail({ type: 'MatchRepayment', ...said }, context),
    );
  }

  /** By the account itself, so that what was taken back a moment ago can be repaid at once. */
  private async owedBy(tenant: string, of: OfAccount): Promise<string> {
    let state = account.initial;
    for await (const event of this.runtime.log.read(accountStreamOf(tenant, of)))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state.sums.owed;
  }
}
