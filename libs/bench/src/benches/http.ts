import { TRAINING_COMPLETED_EXAMPLE, type TrainingCompleted } from '@tributary/contracts';
import { ApiKeys, apiKeySchema } from '@tributary/platform';
import { Database } from '@tributary/postgres';
import autocannon from 'autocannon';
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { ChildProgram } from '../child-program';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Sample, alternate, ratioOf, timed } from '../rounds';
import { CopyLimit } from './bulk';

const SERVICE = resolve(
  __dirname,
  '..',
  '..',
  '..',
  '..',
  'apps',
  'attribution',
  'dist',
  'main.js',
);
const TYPICAL = join(__dirname, '..', 'typical-main.js');
const CONNECTIONS = 256;
/** A cold server takes more than a second for its first answers to so many. */
const SHORTEST_S = 3;
const LINES_PER_CHUNK = 500;
const TENANT = 'bench';

/** Facts over HTTP, validated and stored before they are answered: one by one, and as a stream of lines. */
export async function httpBench(context: BenchContext): Promise<Section[]> {
  const databaseUrl = await context.freshDatabase();
  const key = await upstreamKey(databaseUrl);
  const ours = await ChildProgram.start([SERVICE], /"address":"(http[^"]+)"/, {
    DATABASE_URL: databaseUrl,
    PRIVACY_MASTER_KEY: randomBytes(32).toString('base64'),
    PORT: '0',
    LOG_LEVEL: 'info',
  });
  try {
    const target = { url: ours.said, key };
    return [await singles(context, target), await lines(context, target)];
  } finally {
    await ours.stop();
  }
}

interface Target {
  readonly url: string;
  readonly key: string;
}

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

const eventText = (): string => {
  const id = randomUUID();
  // Each about something of its own, as facts are; all about one thing would measure a single stream.
  const data = { ...TRAINING_COMPLETED_EXAMPLE.data, completionRef: id };
  const event: TrainingCompleted = { ...TRAINING_COMPLETED_EXAMPLE, id, data };
  return JSON.stringify(event);
};

async function singles(context: BenchContext, target: Target): Promise<Section> {
  const typical = await ChildProgram.start([TYPICAL], /^ready at (\S+)$/, {
    DATABASE_URL: await context.freshDatabase(),
  });
  const measured = await alternate(
    [
      {
        name: 'Nest on Express, class-validator, TypeORM',
        role: 'peer',
        run: () => loaded(context, { url: typical.said, key: '' }),
      },
      { name: 'attribution service', role: 'ours', run: () => loaded(context, target) },
    ],
    { rounds: context.rounds },
  );
  await typical.stop();
  const [peer, ours] = measured;
  if (!peer || !ours) throw new Error('Two variants have two results.');
  return {
    title: `durable POST /v1/events, ${CONNECTIONS} connections`,
    measured,
    figures: [{ goal: 'P8', what: 'against a typical stack', ratio: ratioOf(ours, peer) }],
  };
}

async function loaded({ roundMs }: BenchContext, { url, key }: Target): Promise<Sample> {
  const result = await autocannon({
    url: `${url}/v1/events`,
    connections: CONNECTIONS,
    duration: Math.max(SHORTEST_S, Math.round(roundMs / 1000)),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        setupRequest: (one) => ({ ...one, body: eventText() }),
      },
    ],
  });
  const stored = result['2xx'];
  if (result.errors + result.non2xx > 0 || stored === 0)
    throw new Error(`${url} refused ${result.non2xx} requests and failed ${result.errors}.`);
  return { count: stored, elapsedMs: result.duration * 1000 };
}

async function lines(context: BenchContext, target: Target): Promise<Section> {
  const { events, rounds } = context;
  const copy = await CopyLimit.open(await context.freshDatabase(), events);
  const measured = await alternate(
    [
      {
        name: 'COPY of ready postings, eight columns and three unique indexes',
        role: 'limit',
        run: () => timed(events, () => copy.run()),
      },
      {
        name: 'POST of JSON lines, validated',
        role: 'ours',
        run: () => {
          const chunks = chunksOf(events);
          return timed(events, () => sendLines(target, chunks, events));
        },
      },
    ],
    { rounds },
  );
  await copy.close();
  const [limit, ours] = measured;
  if (!limit || !ours) throw new Error('Two variants have two results.');
  return {
    title: `import of ${events} JSON lines over HTTP`,
    measured,
    figures: [
      { goal: 'P7', what: 'JSON lines over HTTP against COPY', ratio: ratioOf(ours, limit) },
    ],
  };
}

function chunksOf(events: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < events; at += LINES_PER_CHUNK) {
    const count = Math.min(LINES_PER_CHUNK, events - at);
    chunks.push(Buffer.from(Array.from({ length: count }, () => `${eventText()}\n`).join('')));
  }
  return chunks;
}

async function sendLines({ url, key }: Target, chunks: Buffer[], events: number): Promise<void> {
  const call = request(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${key}` },
  });
  const answered = new Promise<string>((resolve, reject) => {
    call.once('error', reject);
    call.once('response', (response) => void text(response).then(resolve, reject));
  });
  await pipeline(Readable.from(chunks), call);
  const last = (await answered).trim().split('\n').at(-1) ?? '';
  const { complete, accepted } = JSON.parse(last) as { complete?: boolean; accepted?: number };
  if (complete !== true || accepted !== events)
    throw new Error(`${events} lines were sent, but the answer is: ${last}`);
}
