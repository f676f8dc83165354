import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, hasCode } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
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
import { type Disputable, DisputeDesk } from '../application/disputes';
import type { AccountCommand } from '../domain/account/commands';
import type { OfAccount } from '../domain/account/terms';
import { disputes } from '../read-model/disputes.projection';
import { type DisputeShown, Disputes } from '../read-model/disputes.queries';
import { assertOwn, byWhom, momentCursor } from './accounts.asked';
import { PageQuery } from './accounts.dto';
import { ACCOUNT_REFUSALS } from './accounts.refusals';
import { WithdrawalBody } from './adjustments.dto';
import { DecisionBody, DisputeBody, DisputesQuery, EndBody } from './disputes.dto';

/** A partner says that a line is worth something else. What it is worth, commission says; two persons tell it so. */
@ApiTags('disputes')
@Controller('v1/disputes')
@Allow('finance', 'admin')
export class DisputesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly desk: DisputeDesk,
    private readonly shown: Disputes,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @Allow('finance', 'admin', 'partner')
  @ApiOperation({
    summary: 'Disputes lines of one account',
    description:
      'What is payable of them is set aside until it is decided, and only that. The answer is due within five business days.',
  })
  async open(
    @Caller() caller: Principal,
    @Idempotent() context: CommandContext,
    @Body() { partner = caller.partnerId, lines: names, reason, evidence }: DisputeBody,
  ): Promise<CommandAnswer> {
    if (partner === undefined)
      throw new Refusal(422, 'partner_missing', 'Say whose lines they are.');
    assertOwn(caller, partner);
    const { newId: dispute, receivedAt } = context;
    const found = await this.found(context.tenant, { partner, names, receivedAt });
    return await this.decide(context, dispute, {
      type: 'OpenDispute',
      ...found,
      ...{ dispute, reason, evidence, ...byWhom(context) },
    });
  }

  @Post(':dispute/decisions')
  @ApiOperation({
    summary: 'Proposes what each line is worth; a second person decides',
    description: 'A later proposal takes the place of one that waits.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Param('dispute') dispute: string,
    @Body() { decisions, reason, evidence }: DecisionBody,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context.tenant, dispute);
    return await this.decide(context, dispute, {
      type: 'ProposeDisputeDecision',
      account,
      dispute,
      decisions: decisions.map(({ line, due }) => ({ line, due: due ?? null })),
      ...{ reason, evidence, ...byWhom(context) },
    });
  }

  @Post(':dispute/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Decides as somebody else has proposed',
    description:
      'Commission is told and books the difference. Until it has come, what is disputed stays set aside; what is refused is payable at once.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('dispute') dispute: string,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context.tenant, dispute);
    const command = { account, dispute, ...byWhom(context) };
    return await this.decide(context, dispute, { type: 'DecideDispute', ...command });
  }

  @Post(':dispute/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes a proposed decision back' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param('dispute') proposal: string,
    @Body() { reason }: WithdrawalBody,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context.tenant, proposal);
    const command = { account, proposal, reason, ...byWhom(context) };
    return await this.decide(context, proposal, { type: 'WithdrawProposal', ...command });
  }

  @Post(':dispute/ends')
  @HttpCode(200)
  @Allow('finance', 'admin', 'partner')
  @ApiOperation({
    summary: 'Ends a dispute without a decision',
    description: 'Its partner withdraws it. What was set aside for it is payable again.',
  })
  async end(
    @Caller() caller: Principal,
    @Idempotent() context: CommandContext,
    @Param('dispute') dispute: string,
    @Body() { note }: EndBody,
  ): Promise<CommandAnswer> {
    const account = await this.accountOf(context.tenant, dispute);
    assertOwn(caller, account.partner);
    const command = { account, dispute, note, ...byWhom(context) };
    return await this.decide(context, dispute, { type: 'EndDispute', ...command });
  }

  @Get()
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({ summary: 'Disputes, the most urgent first; a key of a partner sees its own' })
  async list(
    @Caller() { tenant, role, partnerId }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: DisputesQuery,
  ) {
    await untilVisible(this.runtime, [disputes.name], query);
    const { status, overdue: isOverdue, limit } = query;
    const partner = role === 'partner' ? partnerId : query.partner;
    const after = query.after === undefined ? null : momentCursor(query.after);
    const asked = { tenant, on: askedAt, partner, status, isOverdue, after, limit };
    const found = await this.shown.page(asked);
    return { ...found, next: found.next && cursorOf(...found.next) };
  }

  @Get(':dispute')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({ summary: 'A dispute with its lines, and what became of each' })
  async find(
    @Caller() caller: Principal,
    @AskedAt() askedAt: Instant,
    @Param('dispute') dispute: string,
    @Query() query: PageQuery,
  ): Promise<DisputeShown & { readonly position: bigint }> {
    await untilVisible(this.runtime, [disputes.name], query);
    const asked = { tenant: caller.tenant, on: askedAt, dispute, after: null, limit: 1 };
    const { items, position } = await this.shown.page(asked);
    const [found] = items;
    if (found === undefined) throw unknownDispute();
    assertOwn(caller, found.partner);
    return { ...found, position };
  }

  private async found(
    tenant: string,
    asked: {
      readonly partner: string;
      readonly names: readonly string[];
      readonly receivedAt: CommandContext['receivedAt'];
    },
  ): Promise<Disputable> {
    try {
      return await this.desk.disputable(tenant, asked.partner, asked.names, asked.receivedAt);
    } catch (error) {
      if (!hasCode(error, 'line_unknown', 'lines_of_several_accounts')) throw error;
      const errors = [{ pointer: '/lines', code: error.code, detail: error.message }];
      throw new Refusal(422, error.code, error.message, { errors });
    }
  }

  private async accountOf(tenant: string, dispute: string): Promise<OfAccount> {
    const found = await this.shown.accountOf(tenant, dispute);
    if (found) return found;
    throw unknownDispute();
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

const unknownDispute = (): Refusal =>
  new Refusal(404, 'dispute_unknown', 'Nobody has opened a dispute of this name.');
