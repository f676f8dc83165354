import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Asset, instant } from '@tributary/kernel';
import {
  Allow,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  ServiceRuntime,
  answerOf,
  cursorOf,
  untilVisible,
} from '@tributary/platform';
import { DecideAccount } from '../application/accounts';
import { RepaymentDesk } from '../application/repayments';
import type { AccountCommand } from '../domain/account/commands';
import type { OfAccount } from '../domain/account/terms';
import { accountProposals } from '../read-model/account-proposals.projection';
import { AccountProposals } from '../read-model/account-proposals.queries';
import { byWhom, momentCursor } from './accounts.asked';
import { ACCOUNT_REFUSALS } from './accounts.refusals';
import { ProposalsQuery, WithdrawalBody } from './adjustments.dto';
import { RAIL_REFUSALS } from './matching.refusals';
import {
  AllowanceBody,
  DemandBody,
  type OfAccountBody,
  RepaymentBody,
  WriteOffBody,
} from './receivables.dto';

/** What partners owe, and how it ends: earned again, repaid, or written off by two persons. */
@ApiTags('receivables')
@Controller('v1')
@Allow('finance', 'admin')
export class ReceivablesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly proposals: AccountProposals,
    private readonly repayments: RepaymentDesk,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('receivables/:partner/demands')
  @ApiOperation({ summary: 'Demands what a partner owes now' })
  async demand(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: DemandBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, context.newId, {
      type: 'DemandReceivable',
      account: accountOf(partner, body),
      payBy: instant(body.payBy),
      ...byWhom(context),
    });
  }

  @Post('receivables/:partner/repayments')
  @ApiOperation({
    summary: 'Says which line of the bank a partner has paid back with',
    description:
      'The line has to be a free credit of exactly this amount. It is taken at once, above the limit of the matching rules once a second person approves its match; the account follows a moment later, dated by the line. If the debt was settled otherwise meanwhile, the line is an open break again.',
  })
  async repay(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: RepaymentBody,
  ): Promise<CommandAnswer> {
    const { amount, rail, bankLine } = body;
    const said = { account: accountOf(partner, body), amount, rail, bankLine };
    const outcome = await this.repayments.record(said, context.newId, context);
    return answerOf(outcome, { service: this.runtime.name, id: context.newId }, RAIL_REFUSALS);
  }

  @Post('receivables/:partner/allowances')
  @ApiOperation({
    summary: 'Says how much of what a partner owes nobody expects to be repaid',
    description: 'It stays owed. What is written off later is taken from it first.',
  })
  async allowFor(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: AllowanceBody,
  ): Promise<CommandAnswer> {
    const { allowance, reason } = body;
    const account = accountOf(partner, body);
    const command = { account, allowance, reason, ...byWhom(context) };
    return await this.decide(context, partner, { type: 'AllowForReceivable', ...command });
  }

  @Post('receivables/:partner/write-offs')
  @ApiOperation({
    summary: 'Proposes to give a debt up; a second person approves it',
    description: 'It stays on file: a partner that had ended and comes back owes it again.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: WriteOffBody,
  ): Promise<CommandAnswer> {
    const { amount, reason, evidence } = body;
    return await this.decide(context, context.newId, {
      type: 'ProposeWriteOff',
      account: accountOf(partner, body),
      writeOff: context.newId,
      ...{ amount, reason, evidence, ...byWhom(context) },
    });
  }

  @Post('write-offs/:writeOff/approvals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Writes off what somebody else has proposed, if it is still owed' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('writeOff') writeOff: string,
  ): Promise<CommandAnswer> {
    const account = await this.accountOfWriteOff(context, writeOff);
    const command = { account, writeOff, ...byWhom(context) };
    return await this.decide(context, writeOff, { type: 'ApproveWriteOff', ...command });
  }

  @Post('write-offs/:writeOff/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a proposal back, or refuses it' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param('writeOff') proposal: string,
    @Body() { reason }: WithdrawalBody,
  ): Promise<CommandAnswer> {
    const account = await this.accountOfWriteOff(context, proposal);
    const command = { account, proposal, reason, ...byWhom(context) };
    return await this.decide(context, proposal, { type: 'WithdrawProposal', ...command });
  }

  @Get('write-offs')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'Write-offs with both persons and what became of them' })
  async list(@Caller() { tenant }: Principal, @Query() query: ProposalsQuery) {
    await untilVisible(this.runtime, [accountProposals.name], query);
    const { partner, status, limit } = query;
    const after = query.after === undefined ? null : momentCursor(query.after);
    const asked = { tenant, kind: 'write_off', partner, status, after, limit } as const;
    const found = await this.proposals.page(asked);
    return { ...found, next: found.next && cursorOf(...found.next) };
  }

  private async accountOfWriteOff({ tenant }: CommandContext, name: string): Promise<OfAccount> {
    const found = await this.proposals.accountOf(tenant, name, 'write_off');
    if (found) return found;
    throw new Refusal(404, 'write_off_unknown', 'Nobody has proposed a write-off of this name.');
  }

  private async decide(
    context: CommandContext,
    id: string,
    command: AccountCommand,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideAccount(command, context));
    return answerOf(outcome, { service: this.runtime.name, id }, ACCOUNT_REFUSALS);
  }
}

const accountOf = (partner: string, { entity, asset }: OfAccountBody): OfAccount => ({
  partner,
  entity,
  asset: asset as Asset,
});
