import { Module } from '@nestjs/common';
import { LINE_CREDITED, type LineCreditedData, type Published } from '@tributary/contracts';
import type { Told } from '@tributary/feeds';
import { type JsonObject, streamOf, uuidV5 } from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { LedgerStandIn, testMasterKey } from '@tributary/platform/testing';
import { Reply, type TestPostgres, startTestPostgres } from '@tributary/testing';
import type { EarningsCommand } from '../domain/earnings/commands';
import { earnings } from '../domain/earnings/decide';
import { noon } from '../domain/earnings/earnings.fixture';
import type { EarningsEvent } from '../domain/earnings/events';
import { type WindowId, earningsStreamOf } from '../domain/earnings/window';
import { earned } from '../read-model/earnings.projection';
import { trail } from '../read-model/explain.projection';
import { EarningsRead } from '../read-model/earnings.queries';
import { Explanations } from '../read-model/explain.queries';
import { Lines } from '../read-model/lines.queries';
import { creditedRevenue } from '../read-model/reports.projection';
import { Reports } from '../read-model/reports.queries';
import { Holds } from '../read-model/holds.queries';
import { EarningsController } from './earnings.controller';
import { ExplainController } from './explain.controller';
import { HoldsController } from './holds.controller';
import { LinesController } from './lines.controller';
import { ReportsController } from './reports.controller';

/** The questions alone: what windows learn is told by the test. */
@Module({
  imports: [
    ServiceModule.of({
      name: 'commission',
      categories: ['earnings'],
      projections: [earned, trail],
      inboxProjections: [creditedRevenue],
    }),
  ],
  controllers: [
    EarningsController,
    ExplainController,
    HoldsController,
    LinesController,
    ReportsController,
  ],
  providers: [EarningsRead, Explanations, Holds, Lines, Reports],
})
class QuestionsModule {
  constructor(readonly runtime: ServiceRuntime) {}
}

/** A service that answers questions about windows, and takes what they learn from the test alone. */
export class QuestionsService {
  private commands = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    readonly serving: Serving,
    private readonly url: string,
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<QuestionsService> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const serving = await serve({
      name: 'commission',
      modules: [QuestionsModule, LedgerStandIn],
      settings,
    });
    const url = await serving.listen();
    const issue = async (role: Role, tenant = 'acme', partnerId?: string) => {
      const partner = partnerId === undefined ? {} : { partnerId };
      return (await serving.keys.issueKey({ tenant, role, label: 'test', ...partner })).key;
    };
    const keys = {
      finance: await issue('finance'),
      p1: await issue('partner', 'acme', 'p1'),
      p2: await issue('partner', 'acme', 'p2'),
      stranger: await issue('admin', 'other'),
    };
    return new QuestionsService(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.get(QuestionsModule).runtime;
  }

  /** What a window learns, or is commanded. */
  async tell(...commands: readonly EarningsCommand[]): Promise<void> {
    for (const command of commands) {
      this.commands += 1;
      const commandId = uuidV5('spec', String(this.commands));
      const cause = {
        commandId,
        fingerprint: commandId,
        actor: 'spec',
        causationId: null,
        correlationId: 'spec',
        traceParent: null,
      };
      const stream = earningsStreamOf('acme', command.id);
      const outcome = await this.runtime.runner.run(earnings, stream, command, cause);
      if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome));
    }
  }

  async topicIs(told: Told): Promise<void> {
    await this.runtime.topics.tell('acme', told);
  }

  /** Attribution tells lines, each for the first time, at every tenth position of the log. */
  async credits(...lines: readonly LineCreditedData[]): Promise<void> {
    const at = noon('03-31');
    const events = lines.map((data, i): Published => ({
      id: uuidV5('told', data.sale),
      type: LINE_CREDITED,
      stream: streamOf('sale', 'acme', data.sale),
      revision: 0n,
      previous: null,
      position: BigInt(10 * (i + 1)),
      tenant: 'acme',
      occurredAt: at,
      recordedAt: at,
      correlationId: 'spec',
      causationId: null,
      traceParent: null,
      data: data as unknown as JsonObject,
    }));
    const offset = { channel: 'table', next: BigInt(lines.length + 1) };
    await this.runtime.feeds.inbox.receive('attribution', events, offset);
  }

  async events(...windows: readonly WindowId[]): Promise<readonly EarningsEvent[]> {
    const events: EarningsEvent[] = [];
    for (const window of windows)
      for await (const event of this.runtime.log.read(earningsStreamOf('acme', window)))
        events.push(event as unknown as EarningsEvent);
    return events;
  }

  async ask(path: string, who = 'finance', accept = 'application/json'): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.keys[who] ?? ''}`, accept };
    return await Reply.of(await fetch(new URL(path, this.url), { headers }));
  }

  /** Once everything that was told to windows shows. */
  async shown(path: string, who?: string, accept?: string): Promise<Reply> {
    const head = await this.runtime.log.head();
    const { feeds } = this.runtime;
    if (!(await feeds.waitUntil([earned.name, trail.name], head, 30_000)))
      throw new Error(`Never came to ${String(head)}.`);
    return await this.ask(path, who, accept);
  }

  async until(path: string, holds: (found: Reply) => boolean): Promise<Reply> {
    const end = performance.now() + 30_000;
    for (;;) {
      const found = await this.ask(path);
      if (holds(found)) return found;
      if (performance.now() > end) throw new Error(`Never came: ${found.bytes.toString()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
