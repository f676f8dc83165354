import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DEFAULT_CLAIMS, DEFAULT_PROGRAMME } from '@tributary/contracts';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  type Refusals,
} from '@tributary/platform';
import { DecideProgramme } from '../application/commands';
import { Reading } from '../application/reading';
import type {
  ProgrammeCommand,
  ProgrammeRejected,
  ProgrammeSettings,
} from '../domain/programme/decide';
import { RegistryQuery, timing } from './bodies';
import { sent } from './fields';
import { NewProgrammeBody, ProgrammeSettingsBody, ProgrammesQuery } from './programmes.dto';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<ProgrammeRejected> = {
  ...NOT_IN_HISTORY,
  programme_exists: [409, 'There is a programme of this id already.'],
  programme_unknown: [404, 'There is no programme of this id.'],
  source_twice: [422, 'A source stands in a programme once.'],
};

function programmeUnnamed(): Refusal {
  const detail = 'Give the programme an `id`, or a `name` where the id shall be made.';
  const errors = [{ pointer: '/id', code: 'programme_unnamed', detail }];
  return new Refusal(422, 'programme_unnamed', detail, { errors });
}

@ApiTags('registry')
@Controller('v1/programmes')
@Allow('admin', 'programme')
export class ProgrammesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Opens a partner programme of an entity' })
  async open(
    @Idempotent() context: CommandContext,
    @Body() body: NewProgrammeBody,
  ): Promise<CommandAnswer> {
    // Nobody could tell a programme apart that has neither; everything else has a default.
    if (body.id === undefined && body.name === undefined) throw programmeUnnamed();
    const { id: programme = context.newId, entity = DEFAULT_PROGRAMME.entity } = body;
    const value = { ...DEFAULT_PROGRAMME, name: programme, ...settingsOf(body), entity };
    return await this.decide(context, {
      type: 'OpenProgramme',
      programme,
      value,
      ...timing(context, body),
    });
  }

  @Post(':programme/changes')
  @HttpCode(200)
  @ApiOperation({ summary: 'Changes the settings of a programme, also from a day in the past' })
  async change(
    @Idempotent() context: CommandContext,
    @Param('programme') programme: string,
    @Body() body: ProgrammeSettingsBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, {
      type: 'ChangeProgrammeSettings',
      programme,
      changed: settingsOf(body),
      ...timing(context, body),
    });
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'All programmes, as they are at a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: ProgrammesQuery,
  ) {
    const { entity, ...page } = query;
    return await this.reading.page('programme', { ...page, tenant, askedAt, filters: { entity } });
  }

  @Get(':programme')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'A programme at a time, and the whole history' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('programme') programme: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find('programme', programme, { ...query, tenant, askedAt });
  }

  private async decide(context: CommandContext, command: ProgrammeCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideProgramme(command, context));
    return answerOf(outcome, { service: SERVICE, id: command.programme }, REFUSALS);
  }
}

function settingsOf(body: ProgrammeSettingsBody): Partial<ProgrammeSettings> {
  const { bookFrom, claims } = body;
  return {
    ...sent(body, ['name', 'zone', 'sources']),
    ...(bookFrom !== undefined && { bookFrom: bookFrom === null ? null : instant(bookFrom) }),
    ...(claims && { claims: { ...DEFAULT_CLAIMS, ...sent(claims, CLAIMS) } }),
  };
}

const CLAIMS = [
  'protectionDays',
  'extensions',
  'extensionDays',
  'decisionBusinessDays',
  'holidays',
] as const;
