import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Asset } from '@tributary/kernel';
import {
  Allow,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
  answerOf,
  cursorOf,
  untilVisible,
} from '@tributary/platform';
import { RemittanceDesk } from '../application/remittances';
import type { RemittanceRejected } from '../domain/remittance/commands';
import type { OfTax } from '../domain/remittance/events';
import { taxRemittances } from '../read-model/tax-remittances.projection';
import { TaxRemittances } from '../read-model/tax-remittances.queries';
import { byWhom, momentCursor } from './accounts.asked';
import { WithdrawalBody } from './adjustments.dto';
import { RemittanceBody, RemittancesQuery } from './tax-remittances.dto';

const REFUSALS: Refusals<RemittanceRejected> = {
  account_differs: [422, 'The paying account is of another entity or currency.'],
  account_unknown: [404, 'There is no paying account of this id; register it first.'],
  invalid_amount: [422, 'Neither amount nor offset is below zero, and they are not both zero.'],
  month_in_future: [422, 'Nothing is withheld yet in a month that has not begun.'],
  more_than_recoverable: [
    409,
    'The offset is more than what is asked back of the authority, which is `recoverable`.',
  ],
  more_than_withheld: [
    409,
    'Amount and offset are more than what is withheld and not remitted, which is `owed`.',
  ],
  nothing_withheld: [409, 'Nothing is withheld by this rule of payments of this month.'],
  paid_in_future: [422, 'It cannot have been paid on a day that has not come.'],
  paid_too_early: [422, 'It cannot have been paid before the month began.'],
  paying_account_missing: [
    422,
    'Where something was paid, name the account that it was paid from.',
  ],
  reference_used: [409, 'By this document something was remitted already, by `remittance`.'],
  register_behind: [
    409,
    'The register does not have all that was paid, or the items of the last remittance are still being told; try again in a moment.',
  ],
  remittance_unknown: [404, 'No remittance of this id waits for approval.'],
  remittance_waits: [
    409,
    'Another remittance of this tax waits for approval, which is `remittance`; approve or withdraw it first.',
  ],
  same_person: SAME_PERSON,
  tax_remitted: [409, 'What is withheld of payments of this month was remitted already.'],
};

/** What was paid to the tax authority of what is withheld: one person says so, and a second one confirms it. */
@ApiTags('withholding')
@Controller('v1/tax-remittances')
@Allow('finance', 'admin')
export class TaxRemittancesController {
  constructor(
    private readonly desk: RemittanceDesk,
    private readonly shown: TaxRemittances,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Says that withheld tax of a month was paid to the authority',
    description:
      'It is for the oldest payments of the month whose tax the authority has not got, as far as amount and offset go; what is withheld later, or was left over, is remitted by a second one. ' +
      'What came back before is no longer owed and not part of it. Nothing is booked before a second person approves it.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Body() { asset, payingAccount, ...body }: RemittanceBody,
  ): Promise<CommandAnswer> {
    const said = { ...body, rail: payingAccount ?? null, asset: asset as Asset };
    const outcome = await this.desk.propose(said, context.newId, context);
    return answerOf(outcome, { service: this.runtime.name, id: context.newId }, REFUSALS);
  }

  @Post(':remittance/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirms what somebody else has said was paid',
    description:
      'From here on a payment that comes back asks its tax back of the authority. The money is on its way until a statement of the bank shows it.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('remittance') remittance: string,
  ): Promise<CommandAnswer> {
    const of = await this.taxOf(context, remittance);
    const command = { type: 'ApproveRemittance', of, remittance, ...byWhom(context) } as const;
    const outcome = await this.desk.decide(context, command);
    return answerOf(outcome, { service: this.runtime.name, id: remittance }, REFUSALS);
  }

  @Post(':remittance/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a proposal back, or refuses it' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param('remittance') remittance: string,
    @Body() { reason }: WithdrawalBody,
  ): Promise<CommandAnswer> {
    const of = await this.taxOf(context, remittance);
    const command = { of, remittance, reason, ...byWhom(context) };
    const outcome = await this.desk.decide(context, { type: 'WithdrawRemittance', ...command });
    return answerOf(outcome, { service: this.runtime.name, id: remittance }, REFUSALS);
  }

  @Get()
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({
    summary: 'Remittances with both persons, and the line of the bank that shows each',
    description:
      'One that was approved and has no `bankLine` is on its way: Liabilities:Tax:InTransit.',
  })
  async list(@Caller() { tenant }: Principal, @Query() query: RemittancesQuery) {
    await untilVisible(this.runtime, [taxRemittances.name], query);
    const { entity, month, status, limit } = query;
    const after = query.after === undefined ? null : momentCursor(query.after);
    const found = await this.shown.page({ tenant, entity, month, status, after, limit });
    return { ...found, next: found.next && cursorOf(...found.next) };
  }

  private async taxOf({ tenant }: CommandContext, remittance: string): Promise<OfTax> {
    const found = await this.shown.taxOf(tenant, remittance);
    if (found) return found;
    const detail = 'Nobody has proposed a remittance of this name.';
    throw new Refusal(404, 'remittance_unknown', detail);
  }
}
