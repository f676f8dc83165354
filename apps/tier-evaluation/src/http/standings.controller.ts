import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, instant, invariant } from '@tributary/kernel';
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
  currentContext,
  positionOf,
} from '@tributary/platform';
import { DecideStanding } from '../application/standings';
import type { StandingCommand, StandingRejected } from '../domain/standing/decide';
import {
  type StandingFile,
  type StandingHistory,
  Standings,
} from '../read-model/standings.queries';
import {
  StandingApprovalBody,
  StandingPath,
  StandingProposalBody,
  StandingQuery,
  StandingRejectionBody,
  StandingsQuery,
} from './standings.dto';

const STATUS: Readonly<Record<StandingRejected['code'], number>> = {
  demotion_backdated: 422,
  history_full: 409,
  not_pending: 409,
  nothing_to_change: 422,
  same_person: 403,
  tier_unknown: 422,
  track_unknown: 404,
};

@ApiTags('tiers')
@Controller('v1')
@Allow('admin', 'programme')
export class StandingsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly standings: Standings,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('partners/:partner/standings/:track/proposals')
  @ApiOperation({
    summary: 'Proposes a tier for a partner, or none',
    description:
      'Rates change once a second person approves it. A new proposal takes the place of one that waits.',
  })
  async propose(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { tier, effectiveAt, reason, evidence = [] }: StandingProposalBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, {
      type: 'ProposeStanding',
      tier,
      ...(effectiveAt !== undefined && { effectiveAt: instant(effectiveAt) }),
      reason,
      evidence,
      ...deciding(path, context),
    });
  }

  @Post('partners/:partner/standings/:track/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has proposed',
    description:
      'A tier that rises leaves what already stood higher; one that falls takes the place of everything planned after it.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { proposal }: StandingApprovalBody,
  ): Promise<CommandAnswer> {
    const command = { type: 'ApproveStanding', proposal, ...deciding(path, context) } as const;
    return await this.decide(context, command);
  }

  @Post('partners/:partner/standings/:track/rejections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turns a proposal down, or takes back your own' })
  async turnDown(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { proposal, reason }: StandingRejectionBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, {
      type: 'RejectProposal',
      proposal,
      reason,
      ...deciding(path, context),
    });
  }

  @Get('standings')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'In which tier every partner stands, and which proposals wait' })
  async list(@Caller() { tenant }: Principal, @Query() query: StandingsQuery) {
    await this.visible(query);
    const { after = '.', limit, track, tier, pending } = query;
    const [partner = '', lastTrack = ''] = after.split('.');
    return await this.standings.page({
      tenant,
      at: timeOf(query),
      limit,
      after: [partner, lastTrack],
      track,
      tier,
      pending,
    });
  }

  @Get('partners/:partner/standings')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({
    summary: 'The tiers of a partner in every track, with their whole history',
    description: 'A key of the partner sees neither what is only proposed nor who decided why.',
  })
  async ofPartner(
    @Caller() { tenant, role }: Principal,
    @Param('partner') partner: string,
    @Query() query: StandingQuery,
  ) {
    await this.visible(query);
    const at = timeOf(query);
    const { items, position } = await this.standings.ofPartner(tenant, partner, at);
    return { partner, items: role === 'partner' ? items.flatMap(forThePartner) : items, position };
  }

  /** Without this, an answer from before the caller's own write would look like one from after it. */
  private async visible({ token, timeoutMs }: StandingQuery): Promise<void> {
    if (token === undefined) return;
    const position = positionOf(token, this.runtime.name);
    if (await this.standings.waitFor(position, timeoutMs)) return;
    const detail = 'What this token stands for is not visible yet; ask again, or raise timeoutMs.';
    const errors = [{ parameter: 'token', code: 'not_yet_visible', detail }];
    const headers = { 'retry-after': '1' };
    throw new Refusal(503, 'not_yet_visible', detail, { errors, headers });
  }

  private async decide(context: CommandContext, command: StandingCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideStanding(command, context));
    const id = `${command.partner}.${command.track}`;
    return answerOf(outcome, { service: this.runtime.name, id }, STATUS);
  }
}

const deciding = ({ partner, track }: StandingPath, { cause, receivedAt }: CommandContext) => ({
  partner,
  track,
  by: cause.actor,
  receivedAt,
});

/** A track in which nothing was ever granted is not there for the partner. */
const forThePartner = ({
  partner,
  track,
  value,
  steps,
}: StandingFile): readonly StandingHistory[] =>
  steps.length === 0 ? [] : [{ partner, track, value, steps }];

function timeOf({ at }: StandingQuery): Instant {
  if (at !== undefined) return instant(at);
  const context = currentContext();
  invariant(context, 'a question comes with a request');
  return context.receivedAt;
}
