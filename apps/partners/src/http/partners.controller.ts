import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  type Refusals,
} from '@tributary/platform';
import { DecidePartner } from '../application/commands';
import { Reading } from '../application/reading';
import type { PartnerCommand, PartnerRejected } from '../domain/partner/decide';
import type { StatusChange } from '../domain/partner/transitions';
import { PageQuery, RegistryQuery, timing } from './bodies';
import { sent } from './fields';
import {
  NewPartnerBody,
  PartnerChangesBody,
  PartnersQuery,
  PartnerStatusBody,
} from './partners.dto';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<PartnerRejected> = {
  ...NOT_IN_HISTORY,
  contradicts_later_change: [
    409,
    'A later change of status, which `status` and `at` name, could not follow this one.',
  ],
  partner_exists: [409, 'There is a partner of this id already; change it, or choose another id.'],
  partner_unknown: [404, 'There is no partner of this id.'],
  wrong_status: [
    409,
    'That is possible only for a partner with a status that `allowed` names; at that time it is as `status` says.',
  ],
};

const TERMS = [
  'kind',
  'category',
  'territories',
  'verticals',
  'integrationLevel',
  'benefits',
  'initiatives',
] as const;

const NOTHING_AGREED = {
  category: 'other',
  territories: [],
  verticals: [],
  integrationLevel: 'none',
  benefits: { toPartner: [], fromPartner: [] },
  initiatives: [],
} as const;

@ApiTags('partners')
@Controller('v1/partners')
@Allow('admin', 'programme')
export class PartnersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Registers a partner' })
  async register(
    @Idempotent() context: CommandContext,
    @Body() body: NewPartnerBody,
  ): Promise<CommandAnswer> {
    const { id = context.newId, name, type, status } = body;
    const value = { ...NOTHING_AGREED, ...sent(body, TERMS), name, type, status };
    return await this.decide(context, {
      type: 'RegisterPartner',
      partner: id,
      value,
      ...timing(context, body),
    });
  }

  @Post(':partner/changes')
  @HttpCode(200)
  @ApiOperation({ summary: 'Changes what a partner is, also from a day in the past' })
  async change(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: PartnerChangesBody,
  ): Promise<CommandAnswer> {
    const changed = sent(body, ['name', 'type', ...TERMS]);
    return await this.decide(context, {
      type: 'ChangePartnerTerms',
      partner,
      changed,
      ...timing(context, body),
    });
  }

  @Post(':partner/activations')
  @HttpCode(200)
  @ApiOperation({ summary: 'A prospective partner may earn from now on' })
  async activate(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: PartnerStatusBody,
  ): Promise<CommandAnswer> {
    return await this.changeStatus('ActivatePartner', partner, context, body);
  }

  @Post(':partner/suspensions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Suspends a partner, also from a day in the past' })
  async suspend(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: PartnerStatusBody,
  ): Promise<CommandAnswer> {
    return await this.changeStatus('SuspendPartner', partner, context, body);
  }

  @Post(':partner/reinstatements')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes back a partner who was suspended or has left' })
  async reinstate(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: PartnerStatusBody,
  ): Promise<CommandAnswer> {
    return await this.changeStatus('ReinstatePartner', partner, context, body);
  }

  @Post(':partner/endings')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends the partnership' })
  async end(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() body: PartnerStatusBody,
  ): Promise<CommandAnswer> {
    return await this.changeStatus('EndPartner', partner, context, body);
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'All partners, as they are at a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: PartnersQuery,
  ) {
    const { status, type, category, ...page } = query;
    const filters = { status, type, category };
    return await this.reading.page('partner', { ...page, tenant, askedAt, filters });
  }

  @Get(':partner')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({ summary: 'A partner at a time, and the whole history' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find('partner', partner, { ...query, tenant, askedAt });
  }

  /** Without the history: who owned a link before or after is not this partner's business. */
  @Get(':partner/links')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({ summary: 'The links and coupons that a partner owns at a time' })
  async links(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') owner: string,
    @Query() query: PageQuery,
  ) {
    return await this.reading.page('owned', { ...query, tenant, askedAt, filters: { owner } });
  }

  private changeStatus(
    type: StatusChange,
    partner: string,
    context: CommandContext,
    body: PartnerStatusBody,
  ): Promise<CommandAnswer> {
    const { reason = null } = body;
    return this.decide(context, { type, partner, reason, ...timing(context, body) });
  }

  private async decide(context: CommandContext, command: PartnerCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecidePartner(command, context));
    return answerOf(outcome, { service: SERVICE, id: command.partner }, REFUSALS);
  }
}
