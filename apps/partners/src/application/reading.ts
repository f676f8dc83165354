import { Injectable } from '@nestjs/common';
import type { Instant } from '@tributary/kernel';
import { Refusal, ServiceRuntime, momentOf, untilVisible } from '@tributary/platform';
import { registry } from '../read-model/registry.projection';
import { type Page, Registry, type Shelf, type Whole } from '../read-model/registry.queries';

export interface Question {
  readonly tenant: string;
  readonly at?: string | undefined;
  readonly askedAt: Instant;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
}

export interface PageQuestion extends Question {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly filters?: Readonly<Record<string, string | undefined>>;
}

/** Answers from the registry, once it shows the caller's own write. */
@Injectable()
export class Reading {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly registry: Registry,
  ) {}

  async page(shelf: Shelf, question: PageQuestion): Promise<Page> {
    const { tenant, limit, after, filters = {} } = question;
    await untilVisible(this.runtime, [registry.name], question);
    return await this.registry.page(shelf, {
      tenant,
      at: momentOf(question.at, question.askedAt),
      limit,
      after,
      filters,
    });
  }

  async find(
    shelf: Shelf,
    id: string,
    question: Question,
  ): Promise<Whole & { readonly position: bigint }> {
    await untilVisible(this.runtime, [registry.name], question);
    const { item, position } = await this.registry.find(
      shelf,
      question.tenant,
      id,
      momentOf(question.at, question.askedAt),
    );
    if (item) return { ...item, position };
    throw new Refusal(404, `${shelf}_unknown`, `There is no ${shelf} of this id.`);
  }
}
