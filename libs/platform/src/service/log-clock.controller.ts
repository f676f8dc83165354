import { Controller, Get, Headers, Query, type Type } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import { Public } from '../auth/access';
import { AsOfQuery } from '../queries/as-of';
import type { LogPoint } from './log-clock';
import { ServiceRuntime } from './service-runtime';
import { assertService } from './service-token';

/** For other services: where the log stood. Positions span tenants, so no API key opens it; people ask `/v1/log/as-of`. */
export function logClockController(): Type {
  @ApiExcludeController()
  @Controller('v1/log-clock')
  @Public()
  class LogClockController {
    constructor(private readonly runtime: ServiceRuntime) {}

    /** `point` is null where the ledger has not read that far in the time. */
    @Get()
    async at(
      @Headers('authorization') authorization: string | undefined,
      @Query() { known, position, timeoutMs }: AsOfQuery,
    ): Promise<{ readonly point: LogPoint | null }> {
      assertService(this.runtime.process.settings.SERVICE_TOKEN, authorization);
      const point = await this.runtime.logClock({
        known: known === undefined ? undefined : instant(known),
        position: position === undefined ? undefined : BigInt(position),
        timeoutMs,
      });
      return { point: point ?? null };
    }
  }
  return LogClockController;
}
