import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAIN_PROGRAMME, couponIdOf } from '@tributary/contracts';
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
import { CouponsQuery, LinkMoveBody, NewCouponBody } from './links.dto';

const KIND = 'coupon';

@ApiTags('links')
@Controller('v1/coupons')
@Allow('admin', 'programme')
export class CouponsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reading: Reading,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Gives a coupon code to a partner' })
  async issue(
    @Idempotent() context: CommandContext,
    @Body() body: NewCouponBody,
  ): Promise<CommandAnswer> {
    const { system, code, owner, programme = MAIN_PROGRAMME } = body;
    const link = couponIdOf(context.tenant, system, code);
    const identity = { kind: KIND, link, code, system } as const;
    return await decideLink(this.commands, context, {
      type: 'IssueLink',
      ...identity,
      owner,
      programme,
      ...timing(context, body),
    });
  }

  @Post(':coupon/moves')
  @HttpCode(200)
  @ApiOperation({ summary: 'Another partner owns the coupon from a time on' })
  async move(
    @Idempotent() context: CommandContext,
    @Param('coupon') link: string,
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

  @Post(':coupon/closings')
  @HttpCode(200)
  @ApiOperation({ summary: 'Nobody owns the coupon from a time on' })
  async close(
    @Idempotent() context: CommandContext,
    @Param('coupon') link: string,
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
  @ApiOperation({ summary: 'All coupons, with their owner at a time' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: CouponsQuery,
  ) {
    const { owner, programme, system, code, ...page } = query;
    const filters = { owner, programme, system, code };
    return await this.reading.page(KIND, { ...page, tenant, askedAt, filters });
  }

  @Get(':coupon')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'A coupon, and who owned it since when' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('coupon') link: string,
    @Query() query: RegistryQuery,
  ) {
    return await this.reading.find(KIND, link, { ...query, tenant, askedAt });
  }
}
