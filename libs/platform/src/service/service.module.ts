import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandRunner } from '@tributary/kernel';
import { Lifecycle } from '../http/lifecycle';
import { feedsController } from './feeds.controller';
import { publishedController } from './published.controller';
import type { ServiceDefinition } from './service-definition';
import { ServiceProcess } from './service-process';
import { ServiceRuntime } from './service-runtime';
import { ShuffleSeed } from './shuffle-seed';

/** Imported by each service with its definition; gives it its runtime and its runner, and starts and stops what follows events. */
@Module({})
export class ServiceModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly bus: CommandBus,
    private readonly lifecycle: Lifecycle,
    private readonly seed: ShuffleSeed,
  ) {}

  static of(definition: ServiceDefinition): DynamicModule {
    // A class of its own per service: Nest would otherwise take equal-looking modules for one.
    class OneServiceModule extends ServiceModule {}
    Module({})(OneServiceModule);
    Object.defineProperty(OneServiceModule, 'name', { value: `${definition.name} runtime` });
    Reflect.defineMetadata(
      'design:paramtypes',
      [ServiceRuntime, CommandBus, Lifecycle, ShuffleSeed],
      OneServiceModule,
    );
    const { name, publication } = definition;
    return {
      module: OneServiceModule,
      controllers: [
        feedsController(name),
        ...(publication ? [publishedController(publication.owner)] : []),
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
      ],
      exports: [ServiceRuntime, CommandRunner],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { database, name } = this.runtime;
    this.lifecycle.register(`${name} database`, () => database.ping());
    await this.runtime.start(this.bus, this.seed.value);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop();
  }
}
