import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAIN_PROGRAMME } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
} from '@tributary/platform';
import { Reading } from '../application/reading';
import { RegistryQuery, TimedBody, timing } from './bodies';
import { sent } from './fields';
import { decideLink } from './link-answer';
import { LinksQuery, LinkMoveBody, NewLinkBody } from './links.dto';

const KIND = 'link';

@ApiTags('links')
@Controller('v1/links')
@Allow('admin', 'programme')
export class LinksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Issues a referral link to a partner' })
  async issue(
    @Idempotent() context: CommandContext,
    @Body() body: NewLinkBody,
  ): Promise<CommandAnswer> {
    const { id: link = context.newId, owner, programme = MAIN_PROGRAMME } = body;
    const identity = { kind: KIND, link, code: link, system: null } as const;
    return await decideLink(this.commands, context, {
      type: 'IssueLink',
      ...identity,
      owner,
      programme,
      ...timing(context, body),
    });
  }

  @Post(':link/moves')
  @HttpCode(200)
  @ApiOperation({ summary: 'Another partner owns the link from a time on' })
  async move(
    @Idempotent() context: CommandContext,
    @Param('link') link: string,
    @Body() body: LinkMoveBody,
  ): Promise<CommandAnswer> {
    return await decideLink(this.commands, context, {
      type: 'MoveLink',
      kind: KIND,
      link,
      owner: body.owner,
      ...sent(body, ['programme']),
      ...timing(context, body),
    });
  }

  @Post(':link/closings')
  @HttpCode(200)
  @ApiOperation({ summary: 'Nobody owns the link from a time on' })
  async close(
    @Idempotent() context: CommandContext,
    @Param('link') link: string,
    @Body() body: TimedBody,
  ): Promise<CommandAnswer> {
    return await decideLink(this.commands, context, {
      type: 'CloseLink',
      kind: KIND,
      link,
      ...timing(context, body),
    });
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'All referral links, with their owner at a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: LinksQuery,
  ) {
    const { owner, programme, ...page } = query;
    return await this.reading.page(KIND, {
      ...page,
      tenant,
      askedAt,
      filters: { owner, programme },
    });
  }

  @Get(':link')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'A referral link, and who owned it since when' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('link') link: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find(KIND, link, { ...query, tenant, askedAt });
  }
}
