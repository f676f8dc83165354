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
import { ChildProgram, type Readiness } from './child-program';
import type { BenchContext } from './context';

const PROGRAM = resolve(__dirname, '../../../apps/attribution/dist/main.js');
export const TENANT = 'bench';
const CONNECTIONS = 256;
const LOOK_EVERY_MS = 20;
const TRY_AGAIN_MS = 100;
const MOST_TRIES = 100;
const DRAIN_LIMIT_MS = 600_000;
const TAKE_OVER_EVERY_MS = 200;
/** A subscription stands in the table as soon as it is owned for the first time, which may be a moment after the start. */
const LOOKS_UNTIL_ALL_CAME = 10;

/** What is run, and whom it listens to. */
export interface Composition {
  readonly program: string;
  readonly listensTo: readonly string[];
}

const ALONE: Composition = { program: PROGRAM, listensTo: ['partners'] };

/** The attribution service as a process of its own, alone or with others, and an upstream's key to it. */
export class AttributionProgram {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  private constructor(
    private readonly program: ChildProgram,
    readonly key: string,
    private readonly others: Server,
    /** Its own schema, to look at what has come of the facts. */
    readonly database: Database,
    /** Where its log lies as well. */
    readonly databaseUrl: string,
  ) {}

  static async start(context: BenchContext, what = ALONE): Promise<AttributionProgram> {
    return await AttributionProgram.started(context, {}, /"address":"(http[^"]+)"/, what);
  }

  /**
   * To be compared with who does no more than accept: it writes no line per request, and what follows from the facts is followed
   * elsewhere, as by a second process in production. What following costs is measured by benches of its own.
   */
  static async startToAccept(context: BenchContext): Promise<AttributionProgram> {
    const address = `http://127.0.0.1:${String(await freePort())}`;
    const env = { PORT: new URL(address).port, LOG_LEVEL: 'warn' };
    const ready = async () => ((await isReady(address)) ? address : undefined);
    const program = await AttributionProgram.started(context, env, ready);
    await program.followElsewhere();
    return program;
  }

  private static async started(
    context: BenchContext,
    env: Readonly<Record<string, string>>,
    ready: Readiness,
    { program: file, listensTo } = ALONE,
  ): Promise<AttributionProgram> {
    const url = await context.freshDatabase();
    const key = await upstreamKey(url);
    const others = await silentOthers();
    const elsewhere = `http://127.0.0.1:${String((others.address() as AddressInfo).port)}`;
    const program = await ChildProgram.start([file], ready, {
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: randomBytes(32).toString('base64'),
      OWNER_URLS: listensTo.map((owner) => `${owner}=${elsewhere}`).join(','),
      SERVICE_TOKEN: randomBytes(32).toString('hex'),
      PORT: '0',
      LOG_LEVEL: 'info',
      ...env,
    });
    const database = await Database.open({ url, schema: 'attribution' });
    return new AttributionProgram(program, key, others, database, url);
  }

  get url(): string {
    return this.program.said;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    this.agent.destroy();
    this.others.close();
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
    const { status, body, tries } = await this.sent(fact);
    if (status !== 202 && !(tries > 1 && status === 200))
      throw new Error(`A fact was answered with ${status}: ${body}`);
  }

  async sendBatch(facts: readonly object[]): Promise<void> {
    const { status, body, tries } = await this.sent(facts);
    const { items = [] } = JSON.parse(body) as { items?: readonly { outcome: string }[] };
    const taken = items.filter(
      ({ outcome }) => outcome === 'accepted' || (tries > 1 && outcome === 'duplicate'),
    );
    if (status !== 200 || taken.length !== facts.length)
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

  /** Takes every subscription over from it, as another owner would, until none of them is its own. */
  private async followElsewhere(): Promise<void> {
    const giveUpMs = performance.now() + DRAIN_LIMIT_MS;
    for (let quiet = 0; quiet < LOOKS_UNTIL_ALL_CAME;) {
      const { rowCount } = await this.database.pool.query(
        `update subscription set owner = 'bench', epoch = epoch + 1, lease_until = clock_timestamp() + interval '1 day'
          where owner is distinct from 'bench'`,
      );
      quiet = rowCount === 0 ? quiet + 1 : 0;
      if (performance.now() > giveUpMs) throw new Error('What follows could not be taken over.');
      await new Promise((done) => setTimeout(done, TAKE_OVER_EVERY_MS));
    }
  }

  /** Sent again where the answer says so, as senders do: whoever waits for it waits so much longer, and what was taken is known. */
  private async sent(body: object): Promise<Answer & { readonly tries: number }> {
    for (let tries = 1; ; tries++) {
      const answer = await this.ask('application/json', body);
      if (answer.status !== 503 || tries > MOST_TRIES) return { ...answer, tries };
      await new Promise((done) => setTimeout(done, TRY_AGAIN_MS));
    }
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

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

const isReady = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = request(`${address}/health/ready`, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    // Nobody listens there yet.
    asked.once('error', () => resolve(false));
    asked.end();
  });

/** The services that are listened to, with nothing to tell. */
async function silentOthers(): Promise<Server> {
  const server = createServer((asked, answer) => {
    const after = new URL(asked.url ?? '/', 'http://others').searchParams.get('after') ?? '0';
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ events: [], through: after }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
