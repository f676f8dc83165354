import { type DynamicModule, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandRunner } from '@tributary/kernel';
import { Privacy } from '@tributary/privacy';
import { Lifecycle } from '../http/lifecycle';
import { feedsController } from './feeds.controller';
import { logClockController } from './log-clock.controller';
import { ordersController } from './orders.controller';
import { publishedController } from './published.controller';
import type { ServiceDefinition } from './service-definition';
import { ServiceProcess } from './service-process';
import { ServiceRuntime } from './service-runtime';
import { ShuffleSeed } from './shuffle-seed';

/** Imported by each service with its definition; gives it its runtime and its runner, and starts what follows events. The process stops it. */
@Module({})
export class ServiceModule implements OnApplicationBootstrap {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly bus: CommandBus,
    private readonly lifecycle: Lifecycle,
    private readonly seed: ShuffleSeed,
  ) {}

  /** Each call makes a module of its own: Nest tells dynamic modules apart by reference. */
  static of(definition: ServiceDefinition): DynamicModule {
    const { name, publication, orders, logClock } = definition;
    return {
      module: ServiceModule,
      controllers: [
        feedsController(name),
        ...(publication ? [publishedController(publication.owner)] : []),
        ...(orders ? [ordersController(orders.owner)] : []),
        ...(logClock ? [logClockController()] : []),
      ],
      providers: [
        {
          provide: ServiceRuntime,
          inject: [ServiceProcess],
          useFactory: (process: ServiceProcess) => ServiceRuntime.open(definition, process),
        },
        {
          provide: CommandRunner,
          inject: [ServiceRuntime],
          useFactory: ({ runner }: ServiceRuntime) => runner,
        },
        {
          provide: Privacy,
          inject: [ServiceProcess],
          useFactory: ({ privacy }: ServiceProcess) => privacy,
        },
      ],
      exports: [ServiceRuntime, CommandRunner, Privacy],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { database, name } = this.runtime;
    this.lifecycle.register(`${name} database`, () => database.ping());
    await this.runtime.start(this.bus, this.seed.value);
    this.lifecycle.registerMaker((error) => this.runtime.feeds.isBeingBuilt(error));
  }
}
