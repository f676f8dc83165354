import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  asAccepted,
  Caller,
  type Columns,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForProspect } from '../application/prospects';
import { type ConflictRow, Conflicts } from '../read-model/conflicts.queries';
import { prospects } from '../read-model/prospects.projection';
import { AdjudicationBody, ConflictRateQuery, ConflictsQuery } from './conflicts.dto';
import { REFUSALS } from './prospect.refusals';

@ApiTags('conflicts')
@Controller('v1')
@Allow('programme', 'admin', 'auditor', 'finance')
export class ConflictsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly conflicts: Conflicts,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('conflicts')
  @ApiOperation({
    summary: 'Claims that stand against one another, or against our own sales team',
    description: 'The oldest first, with what each side rests on. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: ConflictsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [prospects.name], query);
    const { limit, after, state, programme } = query;
    const page = await this.conflicts.page({ tenant, limit, after, state, programme });
    return asAccepted(page, CONFLICT_COLUMNS, { request, reply });
  }

  @Post('conflicts/:prospect/:conflict/adjudications')
  @HttpCode(200)
  @Allow('programme', 'admin')
  @ApiOperation({
    summary: 'Decides between the sides of a conflict',
    description: 'Protects the winner and refuses the other. Only a later adjudication changes it.',
  })
  async adjudicate(
    @Idempotent() context: CommandContext,
    @Param('prospect') prospect: string,
    @Param('conflict') conflict: string,
    @Body() { winner, reason, evidence, protectionUntil }: AdjudicationBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const until = protectionUntil === undefined ? {} : { until: instant(protectionUntil) };
    const decided = { winner, reason, evidence, by: cause.actor, at, ...until };
    const command = { type: 'AdjudicateConflict', prospect, conflict, ...decided } as const;
    const outcome = await this.commands.execute(new ForProspect(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: conflict }, REFUSALS);
  }

  @Get('kpis/conflict-rate')
  @ApiOperation({
    summary: 'How many of the companies that were claimed in a period had a conflict in it',
    description: 'Green strictly below 5 percent: 1 in 20 is red.',
  })
  async rate(@Caller() { tenant }: Principal, @Query() query: ConflictRateQuery) {
    const [from, to] = [instant(query.from), instant(query.to)];
    if (from >= to) {
      const detail = '`to` is the first moment after the period, so it is later than `from`.';
      const errors = [{ parameter: 'to', code: 'invalid_period', detail }];
      throw new Refusal(422, 'invalid_period', detail, { errors });
    }
    await untilVisible(this.runtime, [prospects.name], query);
    return this.conflicts.rate({ tenant, from, to, programme: query.programme });
  }
}

const CONFLICT_COLUMNS: Columns<ConflictRow> = {
  conflict: ({ conflict }) => conflict,
  prospect: ({ prospect }) => prospect,
  programme: ({ programme }) => programme,
  rule: ({ rule }) => rule,
  at: ({ at }) => at,
  state: ({ state }) => state,
  settledAt: ({ settledAt }) => settledAt,
  leader: ({ sides: [leader] }) => leader.partner ?? leader.side,
  leaderSince: ({ sides: [leader] }) => leader.since,
  challenger: ({ sides: [, challenger] }) => challenger.partner ?? challenger.side,
  challengerSince: ({ sides: [, challenger] }) => challenger.since,
  winner: ({ decision }) => decision?.winner,
  decidedBy: ({ decision }) => decision?.by,
  reason: ({ decision }) => decision?.reason,
  evidence: ({ decision }) => decision?.evidence.join(' '),
};
