import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, dayOf, startOfDay } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  ServiceRuntime,
  answerOf,
  cursorOf,
  readCursor,
  tokenOf,
  untilVisible,
} from '@tributary/platform';
import { BreakAgeing } from '../application/breaks';
import { DecideRail } from '../application/matching';
import type { BreakCommand } from '../domain/rail/commands';
import { railBreaks } from '../read-model/breaks.projection';
import { BreaksRead } from '../read-model/breaks.queries';
import { AgeingBody, AssignmentBody, BreaksQuery, ClosureBody } from './breaks.dto';
import { RAIL_REFUSALS } from './matching.refusals';

@ApiTags('reconciliation')
@Controller('v1/breaks')
@Allow('admin', 'finance')
export class BreaksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly ageing: BreakAgeing,
    private readonly breaks: BreaksRead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({
    summary: 'What bank and books do not agree about',
    description:
      'With type, cause, owner, and the age in days on which Brazilian banks are open. `candidates` are what a person may choose from.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: BreaksQuery,
  ) {
    await untilVisible(this.runtime, [railBreaks.name], query);
    const [since = '', id = ''] = query.after ? readCursor(query.after, 2) : [];
    const { payingAccount: rail = null, type = null, owner = null, limit, state } = query;
    const isOpen = state === 'all' ? null : state === 'open';
    const asOf = query.asOf ?? dayOf(askedAt, 'UTC');
    const asked = { tenant, rail, type, owner, isOpen, asOf, limit };
    const page = await this.breaks.page({ ...asked, after: [since, id] });
    return { ...page, next: page.next && cursorOf(...page.next) };
  }

  @Post('ageing')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Opens breaks for what is overdue on a day',
    description:
      'Payments without a line, claims of the bank without one, files without an answer.',
  })
  async age(@Idempotent() context: CommandContext, @Body() { asOf, payingAccount }: AgeingBody) {
    // Refuses a day that no calendar has.
    startOfDay(asOf, 'UTC');
    const rails = payingAccount ? [payingAccount] : await this.breaks.rails(context.tenant);
    const { position, ...aged } = await this.ageing.age(context, rails, asOf);
    return { ...aged, token: tokenOf(this.runtime.name, position) };
  }

  @Post(':account/:break/assignment')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says who looks at it' })
  async assign(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('break') id: string,
    @Body() { owner, note }: AssignmentBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { break: id, owner, note, by: cause.actor, at };
    return await this.decide(context, { type: 'AssignBreak', rail, ...said });
  }

  @Post(':account/:break/closure')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Says that a break about an item or a file is explained',
    description:
      'A line is explained by matching it, a statement by the one that it waits for, or by whoever accepts or dismisses it.',
  })
  async close(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('break') id: string,
    @Body() { reason }: ClosureBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { break: id, reason, by: cause.actor, at };
    return await this.decide(context, { type: 'CloseBreak', rail, ...said });
  }

  private async decide(
    context: CommandContext,
    command: Extract<BreakCommand, { break: string }>,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideRail(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: command.break }, RAIL_REFUSALS);
  }
}
