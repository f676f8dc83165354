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
import { DecideEntity } from '../application/commands';
import { Reading } from '../application/reading';
import type { EntityCommand, EntityRejected } from '../domain/entity/decide';
import { PageQuery, RegistryQuery, timing } from './bodies';
import { EntityNameBody, NewEntityBody } from './entities.dto';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<EntityRejected> = {
  ...NOT_IN_HISTORY,
  entity_exists: [409, 'There is an entity of this id already.'],
  entity_unknown: [404, 'There is no entity of this id.'],
};

@ApiTags('registry')
@Controller('v1/entities')
@Allow('admin', 'programme')
export class EntitiesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Registers a legal payer' })
  async register(
    @Idempotent() context: CommandContext,
    @Body() body: NewEntityBody,
  ): Promise<CommandAnswer> {
    const { id: entity = context.newId, name, currency, zone } = body;
    const value = { name, currency, zone };
    return await this.decide(context, {
      type: 'RegisterEntity',
      entity,
      value,
      ...timing(context, body),
    });
  }

  @Post(':entity/names')
  @HttpCode(200)
  @ApiOperation({ summary: 'Gives an entity another name; its currency and its zone stay' })
  async rename(
    @Idempotent() context: CommandContext,
    @Param('entity') entity: string,
    @Body() body: EntityNameBody,
  ): Promise<CommandAnswer> {
    const { name } = body;
    return await this.decide(context, {
      type: 'RenameEntity',
      entity,
      name,
      ...timing(context, body),
    });
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'All entities, as they are at a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: PageQuery,
  ) {
    return await this.reading.page('entity', { ...query, tenant, askedAt });
  }

  @Get(':entity')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'An entity at a time, and the whole history' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('entity') entity: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find('entity', entity, { ...query, tenant, askedAt });
  }

  private async decide(context: CommandContext, command: EntityCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideEntity(command, context));
    return answerOf(outcome, { service: SERVICE, id: command.entity }, REFUSALS);
  }
}
