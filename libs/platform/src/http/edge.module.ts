import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AccessGuard } from '../auth/access-guard';
import { ApiKeys } from '../auth/api-keys';
import { ApiKeysController } from '../auth/api-keys.controller';
import { Authenticator } from '../auth/principal';
import { ProblemFilter } from '../errors/problem-filter';
import { StructuredLogger } from '../logging/structured-logger';
import { BodyPipe } from '../validation/body-pipe';
import { HealthController, metricsController } from './health.controller';
import { Lifecycle } from './lifecycle';
import { Metrics } from './metrics';

export interface EdgeParts {
  readonly authenticator: Authenticator;
  readonly logger: StructuredLogger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly metricsAccess: 'key' | 'open';
}

/** Registered once per process, around whatever services it runs; a service injects the logger, the metrics and the lifecycle. */
@Module({})
export class EdgeModule {
  static of({
    authenticator,
    logger,
    metrics,
    lifecycle,
    metricsAccess,
  }: EdgeParts): DynamicModule {
    const keys =
      authenticator instanceof ApiKeys ? [{ provide: ApiKeys, useValue: authenticator }] : [];
    const shared = [
      { provide: Authenticator, useValue: authenticator },
      { provide: StructuredLogger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: Lifecycle, useValue: lifecycle },
    ];
    return {
      module: EdgeModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HealthController,
        metricsController(metricsAccess),
        ...(keys.length > 0 ? [ApiKeysController] : []),
      ],
      providers: [
        ...shared,
        ...keys,
        { provide: APP_GUARD, useValue: new AccessGuard(authenticator) },
        { provide: APP_PIPE, useValue: new BodyPipe() },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger, lifecycle) },
      ],
      exports: [Authenticator, StructuredLogger, Metrics, Lifecycle],
    };
  }
}
