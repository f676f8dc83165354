import type { DynamicModule } from '@nestjs/common';
import type { Owner } from '@tributary/contracts';
import {
  type Decider,
  type DomainEvent,
  type Instant,
  type JsonObject,
  accept,
} from '@tributary/kernel';
import { ServiceModule } from './service.module';

type Said = DomainEvent<'Said', { readonly type: string; readonly data: JsonObject }>;

/** What a neighbour publishes, and when it happened. */
export interface Say {
  readonly type: string;
  readonly data: JsonObject;
  readonly at: Instant;
}

/** Decides whatever a test says, in any stream of a teller. */
export const saying: Decider<Say, Said, null> = {
  initial: null,
  decide: ({ type, data, at }) => accept({ type: 'Said', data: { type, data }, occurredAt: at }),
  evolve: () => null,
};

/** Stands in for a service: publishes what a test says in streams of this category, and nothing else. */
export const tellerOf = (owner: Owner, category: string): DynamicModule =>
  ServiceModule.of({
    name: owner,
    categories: [category],
    publication: {
      owner,
      version: 1,
      types: ['Said'],
      publish: ({ data }) => data as unknown as Said['data'],
    },
  });
