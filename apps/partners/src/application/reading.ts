import { Injectable } from '@nestjs/common';
import { type Instant, instant, invariant } from '@tributary/kernel';
import { Refusal, ServiceRuntime, currentContext, positionOf } from '@tributary/platform';
import { registry } from '../read-model/registry.projection';
import { type Page, Registry, type Shelf, type Whole } from '../read-model/registry.queries';

export interface Question {
  readonly tenant: string;
  readonly at?: string | undefined;
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
    await this.untilVisible(question);
    return await this.registry.page(shelf, { tenant, at: timeOf(question), limit, after, filters });
  }

  async find(
    shelf: Shelf,
    id: string,
    question: Question,
  ): Promise<Whole & { readonly position: bigint }> {
    await this.untilVisible(question);
    const { item, position } = await this.registry.find(
      shelf,
      question.tenant,
      id,
      timeOf(question),
    );
    if (item) return { ...item, position };
    throw new Refusal(404, `${shelf}_unknown`, `There is no ${shelf} of this id.`);
  }

  private async untilVisible({ token, timeoutMs }: Question): Promise<void> {
    if (token === undefined) return;
    const position = positionOf(token, this.runtime.name);
    if (await this.runtime.feeds.waitUntil([registry.name], position, timeoutMs)) return;
    const detail = 'What this token stands for is not visible yet; ask again, or raise timeoutMs.';
    const errors = [{ parameter: 'token', code: 'not_yet_visible', detail }];
    const headers = { 'retry-after': '1' };
    throw new Refusal(503, 'not_yet_visible', detail, { errors, headers });
  }
}

function timeOf({ at }: Question): Instant {
  if (at !== undefined) return instant(at);
  const context = currentContext();
  invariant(context, 'a question comes with a request');
  return context.receivedAt;
}
