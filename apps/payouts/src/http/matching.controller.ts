import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  ServiceRuntime,
  answerOf,
  cursorOf,
  readCursor,
  untilVisible,
} from '@tributary/platform';
import { DecideRail } from '../application/matching';
import type { MatchCommand } from '../domain/rail/commands';
import { bankLines } from '../read-model/bank-lines.projection';
import { BankLinesRead } from '../read-model/bank-lines.queries';
import { paymentFiles } from '../read-model/files.projection';
import { PaymentFilesShown } from '../read-model/files.queries';
import { accountUnknown } from './files.names';
import { BankLinesQuery, MatchBody, MatchingRulesBody, UnmatchBody } from './matching.dto';
import { RAIL_REFUSALS } from './matching.refusals';
import { FilesReadQuery } from './paying-accounts.dto';

@ApiTags('bank lines')
@Controller('v1/paying-accounts/:account')
@Allow('admin', 'finance')
export class MatchingController {
  constructor(
    private readonly commands: CommandBus,
    private readonly shown: BankLinesRead,
    private readonly accounts: PaymentFilesShown,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('bank-lines')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Lines of statements that count, with what each was recognised as' })
  async list(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Query() query: BankLinesQuery,
  ) {
    await untilVisible(this.runtime, [bankLines.name], query);
    const [bookedOn = '', line = ''] = query.after ? readCursor(query.after, 2) : [];
    const { state, from = null, until = null, limit } = query;
    const asked = { tenant, rail, state, from, until, limit };
    const page = await this.shown.lines({ ...asked, after: [bookedOn, line] });
    return { ...page, next: page.next && cursorOf(...page.next) };
  }

  @Post('bank-lines/:line/match')
  @ApiOperation({
    summary: 'Says what a line is that no rule may decide',
    description:
      'Amounts have to agree; of a return the bank may have kept a part. Above the limit it is a proposal, which a second person approves.',
  })
  async match(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('line') line: string,
    @Body() { kind, items, remittance, reason }: MatchBody,
  ): Promise<CommandAnswer> {
    const of = remittance === undefined ? {} : { remittance };
    const said = { line, kind, items, reason, ...of, ...byOf(context) };
    return await this.decide(context, { type: 'MatchByHand', rail, ...said }, line);
  }

  @Post('bank-lines/:line/match/approval')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approves what somebody else has said that a line is' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('line') line: string,
  ): Promise<CommandAnswer> {
    const said = { rail, line, ...byOf(context) };
    return await this.decide(context, { type: 'ApproveMatch', ...said }, line);
  }

  @Post('bank-lines/:line/unmatch')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes a match back',
    description: 'By an event of its own: the match stays on record. The line waits for a person.',
  })
  async unmatch(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('line') line: string,
    @Body() { reason }: UnmatchBody,
  ): Promise<CommandAnswer> {
    const said = { rail, line, reason, ...byOf(context) };
    return await this.decide(context, { type: 'UnmatchLine', ...said }, line);
  }

  @Get('matching-rules')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'What decides about lines of this account' })
  async rules(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Query() query: FilesReadQuery,
  ) {
    await untilVisible(this.runtime, [bankLines.name, paymentFiles.name], query);
    // Of an account that nobody knows nothing decides, not even the standard rules.
    const { found } = await this.accounts.account(tenant, rail);
    if (!found) throw accountUnknown();
    return await this.shown.rules(tenant, rail);
  }

  @Put('matching-rules')
  @ApiOperation({
    summary: 'Changes what decides about lines that come from now on',
    description:
      'A proposal, which stands under `proposed` and decides nothing. The second person who sends the very same approves it; who sends others, proposes those; who sends those that hold, drops it.',
  })
  async setRules(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Body() { settleDays, ...body }: MatchingRulesBody,
  ): Promise<CommandAnswer> {
    const rules = { ...body, settleDays: { ...settleDays } };
    const said = { rail, rules, ...byOf(context) };
    return await this.decide(context, { type: 'SetMatchingRules', ...said }, rail);
  }

  private async decide(
    context: CommandContext,
    command: MatchCommand,
    id: string,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideRail(command, context));
    return answerOf(outcome, { service: this.runtime.name, id }, RAIL_REFUSALS);
  }
}

const byOf = ({ cause, receivedAt: at }: CommandContext) => ({ by: cause.actor, at });
