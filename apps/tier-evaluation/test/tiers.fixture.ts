import { type DynamicModule, Module } from '@nestjs/common';
import type { Instant, JsonObject, StreamName } from '@tributary/kernel';
import { instant, prepare, streamOf, uuidV5, uuidV7 } from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { LedgerStandIn, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { TierEvaluationModule } from '../src/tier-evaluation.module';

export type Answer = Readonly<Record<string, unknown>>;

/** Somebody whom the service listens to, and who says what a test wants said. */
const speaking = (name: 'attribution' | 'partners', category: string): DynamicModule =>
  ServiceModule.of({
    name,
    categories: [category],
    publication: {
      owner: name,
      version: 1,
      types: ['Said'],
      publish: ({ data }) => ({
        type: data['type'] as string,
        data: data['data'] as JsonObject,
      }),
    },
  });

@Module({ imports: [speaking('attribution', 'told')] })
class Attribution {}

@Module({ imports: [speaking('partners', 'known')] })
class Partners {}

/** The service on a real database, with others that speak on demand. */
export class TestTiers {
  private readonly revisions = new Map<StreamName, bigint>();
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    readonly serving: Serving,
    private readonly url: string,
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<TestTiers> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    // The last one is whom `app.get` finds.
    const modules = [Partners, Attribution, LedgerStandIn, TierEvaluationModule];
    const serving = await serve({ name: 'tier-evaluation', modules, settings });
    const url = await serving.listen();
    const people: [string, Role, string?][] = [
      ['ana', 'programme'],
      ['bea', 'programme'],
      ['auditor', 'auditor'],
      ['northwind', 'partner', 'northwind'],
      ['eastwind', 'partner', 'eastwind'],
    ];
    const keys: Record<string, string> = {};
    for (const [who, role, partnerId] of people) {
      const named = partnerId === undefined ? {} : { partnerId };
      keys[who] = (await serving.keys.issueKey({ tenant: 'acme', role, label: who, ...named })).key;
    }
    return new TestTiers(postgres, serving, url, keys);
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.get(ServiceRuntime);
  }

  /** As another service would publish it; the next revision of what it has told under this name. */
  async says(type: string, name: string, at: string, data: object): Promise<void> {
    const category = type.startsWith('partners.') ? 'known' : 'told';
    const stream = streamOf(category, 'acme', name);
    const last = this.revisions.get(stream);
    const occurredAt: Instant = instant(at);
    const cause = {
      commandId: uuidV5(stream, String(last)),
      fingerprint: 'test',
      actor: 'test',
      causationId: null,
      correlationId: stream,
      traceParent: null,
    };
    const said = { type: 'Said', data: { type, data } as unknown as JsonObject, occurredAt };
    const event = prepare(said, cause, 0, uuidV7(Date.now()));
    await this.runtime.log.append(stream, last ?? 'none', [event]);
    this.revisions.set(stream, (last ?? -1n) + 1n);
  }

  async post(path: string, body: object, who = 'ana'): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${this.keys[who]}`,
      'content-type': 'application/json',
      'idempotency-key': `command-${++this.sent}`,
    };
    const text = JSON.stringify(body);
    const answer = await fetch(this.url + path, { method: 'POST', headers, body: text });
    return { status: answer.status, ...((await answer.json()) as Answer) };
  }

  async get(path: string, who = 'ana'): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.keys[who]}` };
    const answer = await fetch(this.url + path, { headers });
    return { status: answer.status, ...((await answer.json()) as Answer) };
  }

  /** Until it is so; gives what is there then, or at the end, for the test to look at. */
  async eventually(path: string, isSo: (answer: Answer) => boolean): Promise<Answer> {
    let last: Answer = {};
    for (let attempt = 0; attempt < 300; attempt++) {
      last = await this.get(path);
      if (isSo(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return last;
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }
}
