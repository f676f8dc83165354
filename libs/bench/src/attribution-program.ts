import { ApiKeys, apiKeySchema } from '@tributary/platform';
import { Topics } from '@tributary/feeds';
import { Database } from '@tributary/postgres';
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ChildProgram } from './child-program';
import type { BenchContext } from './context';

const PROGRAM = resolve(__dirname, '../../../apps/attribution/dist/main.js');
const TENANT = 'bench';
const CONNECTIONS = 256;
const LOOK_EVERY_MS = 20;
const DRAIN_LIMIT_MS = 600_000;

/** The attribution service as a process of its own, with an upstream's key to it. */
export class AttributionProgram {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  private constructor(
    private readonly program: ChildProgram,
    readonly key: string,
    private readonly partners: Server,
    /** Its own schema, to look at what has come of the facts. */
    readonly database: Database,
  ) {}

  static async start(context: BenchContext): Promise<AttributionProgram> {
    const url = await context.freshDatabase();
    const key = await upstreamKey(url);
    const partners = await silentPartners();
    const program = await ChildProgram.start([PROGRAM], /"address":"(http[^"]+)"/, {
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: randomBytes(32).toString('base64'),
      OWNER_URLS: `partners=http://127.0.0.1:${String((partners.address() as AddressInfo).port)}`,
      SERVICE_TOKEN: randomBytes(32).toString('hex'),
      PORT: '0',
      LOG_LEVEL: 'info',
    });
    const database = await Database.open({ url, schema: 'attribution' });
    return new AttributionProgram(program, key, partners, database);
  }

  get url(): string {
    return this.program.said;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    this.agent.destroy();
    this.partners.close();
    await this.database.close();
  }

  /** What the partners service would have published, as far as credit asks for it. */
  async partnersAre(partners: readonly string[]): Promise<void> {
    const topics = new Topics(this.database);
    const steps = [{ at: '2020-01-01T00:00:00.000Z', value: { status: 'active' } }];
    for (const partner of partners)
      await topics.tell(TENANT, {
        topic: `partner:${partner}`,
        key: partner,
        revision: 1,
        data: { steps },
      });
  }

  /** Everything as one stream of lines; throws unless each of them was accepted as new. */
  async sendLines(chunks: readonly Buffer[], events: number): Promise<void> {
    const call = this.post('application/x-ndjson');
    const answered = answerTo(call);
    await pipeline(Readable.from(chunks), call);
    const last = (await answered).body.trim().split('\n').at(-1) ?? '';
    const { complete, accepted } = JSON.parse(last) as { complete?: boolean; accepted?: number };
    if (complete !== true || accepted !== events)
      throw new Error(`${events} lines were sent, but the answer is: ${last}`);
  }

  async send(fact: object): Promise<void> {
    const { status, body } = await this.ask('application/json', fact);
    if (status !== 202) throw new Error(`A fact was answered with ${status}: ${body}`);
  }

  async sendBatch(facts: readonly object[]): Promise<void> {
    const { status, body } = await this.ask('application/json', facts);
    const { items = [] } = JSON.parse(body) as { items?: readonly { outcome: string }[] };
    const accepted = items.filter(({ outcome }) => outcome === 'accepted').length;
    if (status !== 200 || accepted !== facts.length)
      throw new Error(`${facts.length} facts were answered with ${status}: ${body.slice(0, 500)}`);
  }

  /** Until everything that follows from what was sent has happened. */
  async drained(): Promise<void> {
    const giveUpMs = performance.now() + DRAIN_LIMIT_MS;
    let before: string | undefined;
    while (performance.now() < giveUpMs) {
      const { rows } = await this.database.pool.query<{ head: string; reached: boolean }>(
        `select h.position::text as head, (select min(position) from subscription
          where name not in (select name || '_inbox' from projection) and name <> 'partners_told') >= h.position as reached
         from log.log_head h`,
      );
      const [row] = rows;
      if (row?.reached === true && row.head === before) return;
      before = row?.head;
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
    throw new Error('What follows from the facts did not come to an end.');
  }

  async assertNothingParked(): Promise<void> {
    const { rows } = await this.database.pool.query<{ code: string; reason: string }>(
      'select code, reason from parked limit 1',
    );
    if (rows[0]) throw new Error(`An event was parked: ${rows[0].code} ${rows[0].reason}`);
  }

  async countOf(type: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ count: string }>(
      'select count(*)::text as count from log.event where type = $1',
      [type],
    );
    return Number(rows[0]?.count ?? 0);
  }

  private async ask(type: string, body: object): Promise<Answer> {
    const call = this.post(type);
    const answered = answerTo(call);
    call.end(JSON.stringify(body));
    return await answered;
  }

  private post(type: string) {
    return request(`${this.url}/v1/events`, {
      agent: this.agent,
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${this.key}` },
    });
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const answerTo = (call: ReturnType<typeof request>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    call.once('error', reject);
    call.once('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      text(response).then((body) => resolve({ status, body }), reject);
    });
  });

/** As an operator would issue it. The service keeps its keys in this schema. */
async function upstreamKey(url: string): Promise<string> {
  const { schema, entities, migrations } = apiKeySchema;
  const options = { url, schema, entities: [...entities], migrations: [...migrations] };
  const database = await Database.open(options);
  const keys = new ApiKeys(database.dataSource, { now: Date.now });
  const { key } = await keys.issueKey({ tenant: TENANT, role: 'upstream', label: 'bench' });
  await database.close();
  return key;
}

/** The service that attribution listens to, with nothing to tell. */
async function silentPartners(): Promise<Server> {
  const server = createServer((asked, answer) => {
    const after = new URL(asked.url ?? '/', 'http://partners').searchParams.get('after') ?? '0';
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ events: [], through: after }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
