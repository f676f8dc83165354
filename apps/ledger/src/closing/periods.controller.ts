import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Caller, type Principal, ServiceRuntime, notYetVisible } from '@tributary/platform';
import { Reading, told } from '../application/reading';
import { journal } from '../read-model/journal.projection';
import { known } from '../read-model/known.projection';
import { closing } from './closing.projection';
import { PriorImpacts } from './impact.queries';
import { PeriodParams, PeriodQuery, PriorImpactQuery } from './periods.dto';
import { PeriodReports } from './period-reports';

@ApiTags('ledger')
@Controller('v1/ledger')
@Allow('finance', 'auditor', 'admin')
export class PeriodsController {
  constructor(
    private readonly reading: Reading,
    private readonly reports: PeriodReports,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('periods/:entity/:month')
  @ApiOperation({
    summary: 'How far a month has come, what it waits for, and its certificate',
    description:
      '`state` is open, soft_closed, taken, closed, certified, or differs: then a recomputation came to other figures than the certificate, and somebody has changed what must not change. A digest is the SHA-256 of the canonical JSON (RFC 8785) of the rows of the month in the order of the log; contracts names the fields.',
  })
  async period(
    @Caller() { tenant }: Principal,
    @Param() { entity, month }: PeriodParams,
    @Query() { position, timeoutMs, recompute }: PeriodQuery,
  ) {
    if (position !== undefined) await this.untilShown(BigInt(position), timeoutMs);
    const standpoint = await this.reading.standpoint(tenant, { timeoutMs });
    const report = await this.reports.of({ tenant, entity, month }, recompute);
    return { ...told(standpoint), ...report };
  }

  @Get('prior-period-impact')
  @ApiOperation({
    summary: 'What a month took in that was earned in months closed before',
    description:
      'By the month in which it was earned, and account. Per account opening + own + prior = closing, which is the trial balance of the month.',
  })
  async impact(@Caller() { tenant }: Principal, @Query() query: PriorImpactQuery) {
    const { entity, month } = query;
    const standpoint = await this.reading.standpoint(tenant, query);
    const impacts = new PriorImpacts(this.runtime.database);
    return { ...told(standpoint), entity, month, ...(await impacts.of(standpoint, entity, month)) };
  }

  /** A month is told as it is now: a position only says how much of the log that has to take in. */
  private async untilShown(position: bigint, timeoutMs: number): Promise<void> {
    const names = [closing, journal, known].map(({ name }) => name);
    if (await this.runtime.feeds.waitUntil(names, position, timeoutMs)) return;
    throw notYetVisible('position');
  }
}
