import { ApiKeys, apiKeySchema } from '@tributary/platform';
import { Database } from '@tributary/postgres';
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type Server, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ChildProgram } from './child-program';
import { TENANT } from './commission-facts';

const CONNECTIONS = 64;
const LOOK_EVERY_MS = 50;
/** Of ten million events, on a machine that does other things as well. */
const SHOWN_LIMIT_MS = 4 * 3_600_000;

/** A published event, of which only its place matters here. */
interface Told {
  readonly position: string;
}

export interface ServiceFacts {
  /** What is run. */
  readonly program: string;
  readonly schema: string;
  readonly listensTo: readonly string[];
  /** Its feeds over the log, as LIKE has them: all of them have to be through before it is asked. */
  readonly feeds: readonly string[];
  /** What the others have published, as it travels between services; left out, nothing. */
  readonly told?: readonly Told[];
}

/** A service as a process of its own, beside a log that is filled already, with a key to read in it. */
export class ServiceProgram {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  private constructor(
    private readonly program: ChildProgram,
    private readonly key: string,
    private readonly owners: Server,
    private readonly feeds: readonly string[],
    /** Its own schema. */
    readonly database: Database,
  ) {}

  static async start(url: string, facts: ServiceFacts): Promise<ServiceProgram> {
    const { program: file, schema, listensTo, feeds, told = [] } = facts;
    const key = await financeKey(url);
    const owners = await ownersTelling(told);
    const port = (owners.address() as AddressInfo).port;
    const program = await ChildProgram.start([file], /"address":"(http[^"]+)"/, {
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: randomBytes(32).toString('base64'),
      OWNER_URLS: listensTo.map((owner) => `${owner}=http://127.0.0.1:${String(port)}`).join(','),
      SERVICE_TOKEN: randomBytes(32).toString('hex'),
      PORT: '0',
      LOG_LEVEL: 'info',
    });
    const database = await Database.open({ url, schema });
    return new ServiceProgram(program, key, owners, feeds, database);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    this.agent.destroy();
    this.owners.close();
    await this.database.close();
  }

  async ask(path: string): Promise<unknown> {
    const options = { agent: this.agent, headers: { authorization: `Bearer ${this.key}` } };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${this.program.said}${path}`, options, resolve).once('error', reject);
    });
    const body = await text(response);
    if (response.statusCode !== 200)
      throw new Error(`${path} was answered with ${response.statusCode}: ${body.slice(0, 500)}`);
    return JSON.parse(body) as unknown;
  }

  /** Until everything that stands in the log can be asked about. */
  async shown(): Promise<void> {
    const giveUpMs = performance.now() + SHOWN_LIMIT_MS;
    while (performance.now() < giveUpMs) {
      const { rows } = await this.database.pool.query<{ reached: boolean }>(
        `select coalesce(min(s.position), 0) >= (select position from log.log_head) as reached
         from subscription s where s.name like any($1::text[])`,
        [this.feeds],
      );
      if (rows[0]?.reached === true) return;
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
    throw new Error('What stands in the log was never shown.');
  }
}

/** As an operator would issue it. The service keeps its keys in this schema. */
async function financeKey(url: string): Promise<string> {
  const { schema, entities, migrations } = apiKeySchema;
  const options = { url, schema, entities: [...entities], migrations: [...migrations] };
  const database = await Database.open(options);
  const keys = new ApiKeys(database.dataSource, { now: Date.now });
  const { key } = await keys.issueKey({ tenant: TENANT, role: 'finance', label: 'bench' });
  await database.close();
  return key;
}

/** The services that it listens to, with nothing to tell but this. */
async function ownersTelling(told: readonly Told[]): Promise<Server> {
  const server = createServer((asked, answer) => {
    const after = new URL(asked.url ?? '/', 'http://owners').searchParams.get('after') ?? '0';
    const events = told.filter(({ position }) => BigInt(position) > BigInt(after));
    const through = events.at(-1)?.position ?? after;
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ events, through }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
