import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Instant } from '@tributary/kernel';
import {
  Allow,
  AsOfPageQuery,
  AskedAt,
  Caller,
  type Principal,
  ServiceRuntime,
  cursorOf,
  momentOf,
  pointAsked,
  readCursor,
} from '@tributary/platform';
import { earned } from '../read-model/earnings.projection';
import { trail } from '../read-model/explain.projection';
import { EarningsRead, type PartnerEarnings } from '../read-model/earnings.queries';
import { OnDayQuery } from './earnings.dto';

@ApiTags('earnings')
@Controller('v1')
@Allow('finance', 'admin', 'auditor', 'programme')
export class EarningsController {
  constructor(
    private readonly earnings: EarningsRead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('partners/:partner/earnings')
  @Allow('finance', 'admin', 'auditor', 'programme', 'partner')
  @ApiOperation({
    summary:
      'What a partner has earned, by state; what is held says why, and from when on it is payable',
    description:
      'Of each asset: posted = held + released, and held is its part of the balance of the Held account. Asked with `known` or `position`, ' +
      'as it was known there; `on` is then that moment, unless it is named. A key of a partner reaches its own alone.',
  })
  async ofPartner(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: OnDayQuery,
  ): Promise<PartnerEarnings> {
    const point = await pointAsked(this.runtime, [earned.name, trail.name], query);
    const on = momentOf(query.on, point?.known ?? askedAt);
    return await this.earnings.ofPartner(tenant, partner, { on, point });
  }

  @Get('unplanned')
  @ApiOperation({
    summary: 'Credited lines that no plan pays',
    description:
      'Nobody credited with them has an agreement that names a published plan. Lines that a plan does not pay are under /v1/lines?state=nothing. ' +
      'Asked with `known` or `position`, as it was known there. `creditedPosition` is that of the last telling of attribution that is counted.',
  })
  async unplanned(@Caller() { tenant }: Principal, @Query() query: AsOfPageQuery) {
    const point = await pointAsked(this.runtime, [trail.name], query);
    const after = query.after === undefined ? [] : readCursor(query.after, 3);
    const found = await this.earnings.unplanned(tenant, point, { after, limit: query.limit });
    return { ...found, next: found.next && cursorOf(...found.next) };
  }
}
