import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  ServiceRuntime,
  momentOf,
  pointAsked,
  standingAt,
  untilVisible,
} from '@tributary/platform';
import type { StandingFile, StandingHistory } from '../read-model/standing-file';
import { Standings } from '../read-model/standings.queries';
import { standings } from '../read-model/standings.projection';
import { decideBy } from './deciding';
import { ScorecardQuery } from './scorecards.dto';
import {
  StandingApprovalBody,
  StandingPath,
  StandingProposalBody,
  StandingRejectionBody,
  StandingsQuery,
} from './standings.dto';

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
    return await decideBy(this.commands, context, path, {
      type: 'ProposeStanding',
      tier,
      ...(effectiveAt !== undefined && { effectiveAt: instant(effectiveAt) }),
      reason,
      evidence,
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
    return await decideBy(this.commands, context, path, { type: 'ApproveStanding', proposal });
  }

  @Post('partners/:partner/standings/:track/rejections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turns a proposal down, or takes back your own' })
  async turnDown(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { proposal, reason }: StandingRejectionBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'RejectProposal', proposal, reason } as const;
    return await decideBy(this.commands, context, path, asked);
  }

  @Post('partners/:partner/standings/:track/evaluations')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Evaluates a partner now, and keeps the scorecard',
    description: 'It is evaluated by itself whenever something is told, and every quarter.',
  })
  async evaluate(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
  ): Promise<CommandAnswer> {
    return await decideBy(this.commands, context, path, { type: 'EvaluateStanding' });
  }

  @Get('standings')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'In which tier every partner stands, and which proposals wait' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: StandingsQuery,
  ) {
    await untilVisible(this.runtime, [standings.name], query);
    const { after = '.', limit, track, tier, pending, atRisk } = query;
    const [partner = '', lastTrack = ''] = after.split('.');
    return await this.standings.page({
      tenant,
      at: momentOf(query.at, askedAt),
      limit,
      after: [partner, lastTrack],
      track,
      tier,
      pending,
      atRisk,
    });
  }

  @Get('partners/:partner/standings')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({
    summary: 'The tiers of a partner in every track with their whole history, on both clocks',
    description: 'A key of the partner sees neither what is only proposed nor who decided why.',
  })
  async ofPartner(
    @Caller() { tenant, role }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: ScorecardQuery,
  ) {
    const at = momentOf(query.at, askedAt);
    const point = await pointAsked(this.runtime, [standings.name], query);
    const { items, position } = point
      ? { items: await this.standings.ofPartnerAt(tenant, partner, { at, point }), ...point }
      : await this.standings.ofPartner(tenant, partner, at);
    const shown = role === 'partner' ? items.flatMap(forThePartner) : items;
    return { partner, items: shown, ...standingAt(point, position) };
  }
}

/** A track in which nothing was ever granted is not there for the partner. */
const forThePartner = ({
  partner,
  track,
  value,
  steps,
}: StandingFile): readonly StandingHistory[] =>
  steps.length === 0 ? [] : [{ partner, track, value, steps }];
