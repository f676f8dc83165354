import { TRAINING_COMPLETED_EXAMPLE, type TrainingCompleted } from '@tributary/contracts';
import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AttributionProgram } from '../attribution-program';
import { ChildProgram } from '../child-program';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Sample, alternate, ratioOf, timed } from '../rounds';
import { CopyLimit } from './bulk';

const TYPICAL = join(__dirname, '..', 'typical-main.js');
const CONNECTIONS = 256;
/** A cold server takes more than a second for its first answers to so many. */
const SHORTEST_S = 3;
const LINES_PER_CHUNK = 500;

/** Facts over HTTP, validated and stored before they are answered: one by one, and as a stream of lines. */
export async function httpBench(context: BenchContext): Promise<Section[]> {
  const ours = await AttributionProgram.start(context);
  try {
    return [await singles(context, ours), await lines(context, ours)];
  } finally {
    await ours.stop();
  }
}

type Target = Pick<AttributionProgram, 'key' | 'url'>;

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

async function lines(context: BenchContext, program: AttributionProgram): Promise<Section> {
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
          return timed(events, () => program.sendLines(chunks, events));
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
