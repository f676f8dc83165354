import { Module } from '@nestjs/common';
import {
  AGREEMENT,
  LINE_CREDITED,
  type LineCreditedData,
  MEASURED,
  PARTNER,
  PROGRAMME,
  STANDING,
} from '@tributary/contracts';
import {
  CommandRunner,
  type Decider,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type StreamName,
  accept,
  streamOf,
  uuidV5,
} from '@tributary/kernel';
import { type Role, ServiceRuntime, type Serving, coreSettings, serve } from '@tributary/platform';
import {
  LedgerStandIn,
  type Say,
  saying,
  tellerOf,
  testMasterKey,
} from '@tributary/platform/testing';
import { Answer, type TestPostgres, startTestPostgres } from '@tributary/testing';
import { CommissionModule } from '../commission.module';
import type { LearnTerm, ToldTerm } from '../domain/earnings/commands';
import type { PlanVersion } from '../../engines/v1/plan';
import { SIGNED, published } from '../domain/earnings/earnings.fixture';
import type { EarningsEvent } from '../domain/earnings/events';
import { type PlanStep, planStreamOf } from '../domain/plan/events';

@Module({ imports: [tellerOf('attribution', 'sale')] })
class Attribution {}
@Module({ imports: [tellerOf('partners', 'partner')] })
class Partners {}
@Module({ imports: [tellerOf('payouts', 'account')] })
class Payouts {}
@Module({ imports: [tellerOf('tiers', 'standing')] })
class Tiers {}

const TYPES: Readonly<Record<string, string>> = {
  'agreement-of': AGREEMENT,
  partner: PARTNER,
  programme: PROGRAMME,
  standing: STANDING,
};

/** It is told by the others in its own process. */
export const COMMISSION_AMONG_OTHERS = [Attribution, Partners, Payouts, Tiers, CommissionModule];

/** Commission as it is wired, among services that say what a test lets them say. */
export class CommissionService {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly serving: Serving,
    private readonly url: string,
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<CommissionService> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const modules = [...COMMISSION_AMONG_OTHERS, LedgerStandIn];
    const serving = await serve({ name: 'commission', modules, settings });
    const url = await serving.listen();
    const issue = async (role: Role, tenant = 'acme', partnerId?: string) => {
      const partner = partnerId === undefined ? {} : { partnerId };
      return (await serving.keys.issueKey({ tenant, role, label: 'test', ...partner })).key;
    };
    const keys = {
      finance: await issue('finance'),
      second: await issue('finance'),
      auditor: await issue('auditor'),
      p1: await issue('partner', 'acme', 'p1'),
      p2: await issue('partner', 'acme', 'p2'),
      stranger: await issue('admin', 'other'),
    };
    return new CommissionService(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get app(): Serving['app'] {
    return this.serving.app;
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.select(CommissionModule).get(ServiceRuntime, { strict: false });
  }

  /** Attribution tells a line, as its next revision. */
  async credits(data: LineCreditedData): Promise<void> {
    await this.say(streamOf('sale', 'acme', data.sale.replaceAll(/[^a-z0-9]/g, '')), {
      type: LINE_CREDITED,
      data: data as unknown as JsonObject,
      at: SIGNED,
    });
  }

  /** Partners or tiers tell what a window would learn; a plan is published by its own stream. */
  async terms(...terms: readonly LearnTerm[]): Promise<void> {
    for (const { told } of terms) await this.term(told);
  }

  private async term({ topic, key, data }: ToldTerm): Promise<void> {
    const [kind = '', id = ''] = topic.split(':');
    if (kind === 'plan') return await this.publish(id, key, data);
    const category = kind === 'standing' ? 'standing' : 'partner';
    const name = `${kind}${id}${key}`.replaceAll(/[^a-z0-9]/g, '');
    const type = TYPES[kind];
    if (type === undefined) throw new Error(`Nobody publishes ${topic}.`);
    await this.say(streamOf(category, 'acme', name), { type, data, at: SIGNED });
  }

  async measures(partner: string, measure: string, subject: string, at: Instant): Promise<void> {
    const steps = [{ at, value: { count: 1, amount: 0 } }];
    const data = { partner, measure, subject, steps, evidence: [] };
    await this.say(streamOf('sale', 'acme', `measured${partner}${subject}`), {
      type: MEASURED,
      data,
      at,
    });
  }

  /** Under a name of its own, where several plans are about. */
  async publishes(plan: string, version: PlanVersion): Promise<void> {
    await this.publish(plan, String(version.version), published(version).told.data);
  }

  private async say(stream: StreamName, said: Say): Promise<void> {
    await this.runtime.runner.run(saying, stream, said, this.cause());
  }

  /** Two persons have approved it, which is tested elsewhere. */
  private async publish(plan: string, version: string, data: JsonObject): Promise<void> {
    const steps = data['steps'] as unknown as readonly PlanStep[];
    const [first] = steps;
    if (first === undefined) throw new Error('A version has a step.');
    const published = {
      type: 'PlanVersionPublished',
      occurredAt: first.at,
      data: {
        plan,
        version: Number(version),
        hash: first.value.hash,
        at: first.at,
        draftedBy: 'a',
        by: 'b',
        acknowledged: [],
        override: null,
        steps,
      },
    };
    const publishing: Decider<object, DomainEvent<string, object>, null> = {
      initial: null,
      decide: () => accept(published),
      evolve: () => null,
    };
    const runner = new CommandRunner(this.runtime.log, { now: Date.now });
    await runner.run(publishing, planStreamOf('acme', plan), {}, this.cause());
  }

  private cause() {
    this.sent += 1;
    const commandId = uuidV5('spec', String(this.sent));
    return {
      commandId,
      fingerprint: commandId,
      actor: 'spec',
      causationId: null,
      correlationId: 'spec',
      traceParent: null,
    };
  }

  async events(stream: StreamName): Promise<readonly EarningsEvent[]> {
    const events: EarningsEvent[] = [];
    for await (const event of this.runtime.log.read(stream))
      events.push(event as unknown as EarningsEvent);
    return events;
  }

  async post(
    path: string,
    body: object,
    key = 'finance',
    idempotencyKey?: string,
  ): Promise<Answer> {
    this.sent += 1;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey ?? `command-${String(this.sent)}`,
    };
    return await this.ask(path, key, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async ask(path: string, key = 'finance', init: RequestInit = {}): Promise<Answer> {
    return await Answer.of(await this.fetch(path, key, init));
  }

  fetch(path: string, key = 'finance', init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.keys[key] ?? ''}` },
    });
  }

  /** Until what has been said so far shows. */
  async until<T>(what: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
    const end = performance.now() + 50_000;
    for (;;) {
      const found = await what();
      if (holds(found)) return found;
      if (performance.now() > end) {
        const { subscriptions } = await this.runtime.feeds.status();
        throw new Error(`Never came: ${show(found)} ${show(subscriptions)}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
