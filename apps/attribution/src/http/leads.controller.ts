import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAIN_PROGRAMME } from '@tributary/contracts';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  asAccepted,
  contextOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  momentOf,
  type Principal,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForProspect } from '../application/prospects';
import type { ProspectCommand } from '../domain/prospect/commands';
import { type CompanyKey, prospectOf } from '../domain/prospect/events';
import { hashedIdOf } from '../domain/topics';
import { prospects } from '../read-model/prospects.projection';
import { Claims } from '../read-model/prospects.queries';
import { CLAIM_COLUMNS, PARTNER_CLAIM_COLUMNS, forPartner } from './claim-answers';
import {
  ClaimDecisionBody,
  ClaimsQuery,
  DirectAccountBody,
  DirectHoldBody,
  PartnerClaimsQuery,
  ReasonBody,
} from './leads.dto';
import { REFUSALS } from './prospect.refusals';

@ApiTags('claims')
@Controller('v1')
@Allow('programme', 'admin')
export class LeadsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly claims: Claims,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('claims')
  @Allow('programme', 'admin', 'auditor', 'finance')
  @ApiOperation({
    summary: 'Claims of partners on companies, the one that has to be decided first in front',
    description:
      '`overdue` counts those that nobody had decided in time at the moment `on`. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: ClaimsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [prospects.name], query);
    const { limit, after, state, overdue, partner, programme, on } = query;
    const moment = momentOf(on, askedAt);
    const filters = { state, overdue, partner, programme };
    const page = await this.claims.page({ tenant, limit, after, on: moment, ...filters });
    return asAccepted(page, CLAIM_COLUMNS, { request, reply });
  }

  @Get('partners/:partner/claims')
  @Allow('partner', 'programme', 'admin', 'auditor')
  @ApiOperation({
    summary: 'The claims of a partner, as the partner may see them',
    description: 'Where another claim stands in the way it names the rule, and never whose it is.',
  })
  async own(
    @Caller() { tenant }: Principal,

    @Param('partner') partner: string,
    @Query() query: PartnerClaimsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [prospects.name], query);
    const { limit, after, state, programme } = query;
    const asked = {
      tenant,
      limit,
      after,
      state,
      programme,
      partner,
      on: contextOf(request).receivedAt,
    };
    const { items, position, next } = await this.claims.page(asked);
    const page = { position, items: items.map(forPartner), next };
    return asAccepted(page, PARTNER_CLAIM_COLUMNS, { request, reply });
  }

  @Post('claims/:prospect/:lead/decisions')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves a claim, which protects it, or refuses it',
    description:
      'A claim that others contest is approved by adjudicating the conflict. Unless a conflict is behind it, the partner is ' +
      'shown the reason of a refusal.',
  })
  async decide(
    @Idempotent() context: CommandContext,
    @Param('prospect') prospect: string,
    @Param('lead') lead: string,
    @Body() { decision: verdict, protectionUntil, reason }: ClaimDecisionBody,
  ): Promise<CommandAnswer> {
    const until = protectionUntil === undefined ? {} : { until: instant(protectionUntil) };
    return this.run(context, {
      type: 'JudgeClaim',
      prospect,
      lead,
      verdict,
      ...until,
      ...by(context, reason),
    });
  }

  @Post('claims/:prospect/:lead/extensions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Prolongs the protection of a claim' })
  async extend(
    @Idempotent() context: CommandContext,
    @Param('prospect') prospect: string,
    @Param('lead') lead: string,
    @Body() { reason }: ReasonBody,
  ): Promise<CommandAnswer> {
    return this.run(context, { type: 'ExtendClaim', prospect, lead, ...by(context, reason) });
  }

  @Post('direct-accounts')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Says of a company that our own sales team holds it',
    description: 'Claims on it are conflicts from then on. The answer names its prospect.',
  })
  async mark(
    @Idempotent() context: CommandContext,
    @Body() { domain, programme = MAIN_PROGRAMME, since, reason }: DirectAccountBody,
  ): Promise<CommandAnswer> {
    const { tenant } = context;
    const id = hashedIdOf(tenant, 'company', domain.toLowerCase());
    const key: CompanyKey = { kind: 'company', id };
    return this.run(context, {
      type: 'MarkDirectAccount',
      prospect: prospectOf(tenant, programme, key),
      company: { programme, key },
      ...sinceAs(since),
      ...by(context, reason),
    });
  }

  @Post('direct-accounts/:prospect/holds')
  @HttpCode(200)
  @ApiOperation({ summary: 'The same of a company that has been claimed' })
  async hold(
    @Idempotent() context: CommandContext,
    @Param('prospect') prospect: string,
    @Body() { since, reason }: DirectHoldBody,
  ): Promise<CommandAnswer> {
    const told = { ...sinceAs(since), ...by(context, reason) };
    return this.run(context, { type: 'MarkDirectAccount', prospect, ...told });
  }

  @Post('direct-accounts/:prospect/releases')
  @HttpCode(200)
  @ApiOperation({ summary: 'Our own sales team holds the company no more' })
  async release(
    @Idempotent() context: CommandContext,
    @Param('prospect') prospect: string,
    @Body() { reason }: ReasonBody,
  ): Promise<CommandAnswer> {
    return this.run(context, { type: 'ReleaseDirectAccount', prospect, ...by(context, reason) });
  }

  private async run(context: CommandContext, command: ProspectCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new ForProspect(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: command.prospect }, REFUSALS);
  }
}

const by = ({ cause, receivedAt }: CommandContext, reason: string) => ({
  reason,
  by: cause.actor,
  at: receivedAt,
});

const sinceAs = (since: string | undefined) =>
  since === undefined ? {} : { since: instant(since) };
