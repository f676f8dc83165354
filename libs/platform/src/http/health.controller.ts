import { Controller, Get, Header, HttpCode, type Type } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Public } from '../auth/access';
import { Refusal } from '../errors/problem';
import { unavailableRefusal } from '../errors/refusal-of';
import { StructuredLogger } from '../logging/structured-logger';
import { Lifecycle } from './lifecycle';
import { Metrics } from './metrics';

@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly logger: StructuredLogger,
  ) {}

  @Get('live')
  @ApiOperation({
    summary: 'Whether the process runs. It says nothing about what the process needs.',
  })
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Whether the process can take requests; 503 names the parts that fail.',
  })
  async ready() {
    if (this.lifecycle.isDraining) throw notReady(['draining']);
    const failing = await this.lifecycle.failing((check, error) =>
      this.logger.failure('readiness check failed', error, { check }),
    );
    if (failing.length > 0) throw notReady(failing);
    return { status: 'ready' };
  }
}

function notReady(failing: readonly string[]): Refusal {
  const { status, more } = unavailableRefusal();
  return new Refusal(status, 'not_ready', 'Parts of this process do not work.', {
    ...more,
    facts: { failing },
  });
}

/** Open or behind a key, as the configuration says; either way the route declares it. */
export function metricsController(access: 'key' | 'open'): Type {
  @ApiExcludeController()
  @Controller('metrics')
  class MetricsController {
    constructor(private readonly metrics: Metrics) {}

    @Get()
    @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    @(access === 'open' ? Public() : Allow('admin', 'auditor'))
    async text(): Promise<string> {
      return await this.metrics.text();
    }
  }
  return MetricsController;
}
