import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, laterOf, uuidV5 } from '@tributary/kernel';
import { Allow, AskedAt, Caller, type Principal } from '@tributary/platform';
import { RunDesk } from '../application/runs-desk';
import { HeldAhead } from '../read-model/forecast.queries';
import { ForecastQuery } from './runs.dto';

@ApiTags('payout runs')
@Controller('v1/payout-forecast')
@Allow('finance', 'admin', 'auditor')
export class ForecastController {
  constructor(
    private readonly desk: RunDesk,
    private readonly held: HeldAhead,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What the next monthly run would pay, and apart what is still held',
    description:
      'If nothing further arrives, the run comes out as it stands here, to the cent. Held amounts stand by the date of their hold. ' +
      'It is of now alone and takes no `known` or `position`: it is what a run would decide by the clock, policies and calendars of now, and ' +
      'what nobody asked for then was never decided. What was payable and held then is under /v1/accounts, /v1/payout-holds and /v1/holds; ' +
      'what a run did decide, in its own events.',
  })
  async forecast(
    @Caller() { tenant, actor }: Principal,
    @AskedAt() at: Instant,
    @Query() query: ForecastQuery,
  ) {
    const { entity, asset } = query;
    const { day, payAt } = await this.desk.nextRunDay({ tenant, entity, asset }, at);
    const asked = { entity, asset, payOn: day, partners: null };
    const run = uuidV5('forecast', tenant, entity, asset, day);
    const then = laterOf(at, payAt);
    const payable = await this.desk.dryRun(tenant, asked, { run, by: actor, at: then });
    const held = await this.held.of({ tenant, entity, asset }, payAt);
    return { entity, asset, ...payable, held };
  }
}
