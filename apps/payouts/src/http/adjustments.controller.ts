import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
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
  ServiceRuntime,
  answerOf,
  cursorOf,
  untilVisible,
} from '@tributary/platform';
import { DecideAccount } from '../application/accounts';
import type { AccountCommand } from '../domain/account/commands';
import type { OfAccount } from '../domain/account/terms';
import { accountProposals } from '../read-model/account-proposals.projection';
import { AccountProposals } from '../read-model/account-proposals.queries';
import { byWhom, momentCursor } from './accounts.asked';
import { ACCOUNT_REFUSALS } from './accounts.refusals';
import { AdjustmentBody, ProposalsQuery, WithdrawalBody } from './adjustments.dto';

/** A name that was mistyped would get an account, and somebody's money in it. */
function unregistered(field: 'entity' | 'partner', name: string): Refusal {
  const code = `${field}_unknown`;
  const detail = `Nobody has registered the ${field} ${name}, or payouts has not heard of it yet.`;
  return new Refusal(404, code, detail, { errors: [{ pointer: `/${field}`, code, detail }] });
}

/** What commission has not computed: a person proposes it, and a second one books it. */
@ApiTags('adjustments')
@Controller('v1/adjustments')
@Allow('finance', 'admin')
export class AdjustmentsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly proposals: AccountProposals,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Proposes to give a partner something, or to take it',
    description:
      'Nothing is booked before a second person approves it. Partner and entity have to be registered; programmes are not known here.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Body() body: AdjustmentBody,
  ): Promise<CommandAnswer> {
    const { partner, entity, programme, amount, reason, evidence } = body;
    const named = await this.proposals.named(context.tenant, { partner, entity });
    if (!named.partner) throw unregistered('partner', partner);
    if (!named.entity) throw unregistered('entity', entity);
    return await this.decide(context, context.newId, {
      type: 'ProposeAdjustment',
      account: { partner, entity, asset: body.asset as Asset },
      adjustment: context.newId,
      ...{ programme, amount, reason, evidence, ...byWhom(context) },
    });
  }

  @Post(':adjustment/approvals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Books what somebody else has proposed' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('adjustment') adjustment: string,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context, adjustment);
    const command = { account, adjustment, ...byWhom(context) };
    return await this.decide(context, adjustment, { type: 'ApproveAdjustment', ...command });
  }

  @Post(':adjustment/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a proposal back, or refuses it' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param('adjustment') proposal: string,
    @Body() { reason }: WithdrawalBody,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context, proposal);
    const command = { account, proposal, reason, ...byWhom(context) };
    return await this.decide(context, proposal, { type: 'WithdrawProposal', ...command });
  }

  @Get()
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'Adjustments with both persons and what became of them' })
  async list(@Caller() { tenant }: Principal, @Query() query: ProposalsQuery) {
    await untilVisible(this.runtime, [accountProposals.name], query);
    const { partner, status, limit } = query;
    const after = query.after === undefined ? null : momentCursor(query.after);
    const asked = { tenant, kind: 'adjustment', partner, status, after, limit } as const;
    const found = await this.proposals.page(asked);
    return { ...found, next: found.next && cursorOf(...found.next) };
  }

  private async accountOf({ tenant }: CommandContext, adjustment: string): Promise<OfAccount> {
    const found = await this.proposals.accountOf(tenant, adjustment, 'adjustment');
    if (found) return found;
    throw new Refusal(404, 'adjustment_unknown', 'Nobody has proposed an adjustment of this name.');
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
