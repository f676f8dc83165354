import { TRAINING_COMPLETED_EXAMPLE, type TrainingCompleted } from '@tributary/contracts';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AttributionProgram } from '../attribution-program';
import { ChildProgram } from '../child-program';
import type { BenchContext } from '../context';
import { underHttpLoad } from '../http-load';
import type { Section } from '../report';
import { type Sample, alternate, ratioOf, timed } from '../rounds';
import { CopyLimit } from './bulk';

const TYPICAL = join(__dirname, '..', 'typical-main.js');
const CONNECTIONS = 256;
/** A cold server takes more than a second for its first answers to so many. */
const SHORTEST_MS = 3_000;
const LINES_PER_CHUNK = 500;
const FACT = 'FactAccepted';

/** Facts over HTTP, validated and stored before they are answered: one by one, and as a stream of lines. */
export async function httpBench(context: BenchContext): Promise<Section[]> {
  const ours = await AttributionProgram.startToAccept(context);
  try {
    // The lines first, because what they are compared with takes in what they left in the log.
    return [await lines(context, ours), await singles(context, ours)];
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

async function singles(context: BenchContext, program: AttributionProgram): Promise<Section> {
  const typical = await ChildProgram.start([TYPICAL], /^ready at (\S+)$/, {
    DATABASE_URL: await context.freshDatabase(),
  });
  const before = await program.countOf(FACT);
  let answered = 0;
  const measured = await alternate(
    [
      {
        name: 'Nest on Express, class-validator, TypeORM',
        role: 'peer',
        run: () => loaded(context, { url: typical.said, key: '' }),
      },
      {
        name: 'attribution service',
        role: 'ours',
        run: async () => {
          const sample = await loaded(context, program);
          answered += sample.count;
          return sample;
        },
      },
    ],
    { rounds: context.rounds },
  );
  await typical.stop();
  assertStored(await program.countOf(FACT), before + answered);
  const [peer, ours] = measured;
  if (!peer || !ours) throw new Error('Two variants have two results.');
  return {
    title: `durable POST /v1/events, ${CONNECTIONS} connections`,
    measured,
    figures: [{ goal: 'P8', what: 'against a typical stack', ratio: ratioOf(ours, peer) }],
  };
}

const loaded = ({ roundMs }: BenchContext, { url, key }: Target): Promise<Sample> =>
  underHttpLoad({
    url: `${url}/v1/events`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    connections: CONNECTIONS,
    forMs: Math.max(SHORTEST_MS, roundMs),
    body: eventText,
  });

function assertStored(stored: number, expected: number): void {
  if (stored !== expected) throw new Error(`${stored} of ${expected} facts were stored.`);
}

async function lines(context: BenchContext, program: AttributionProgram): Promise<Section> {
  const { events, rounds } = context;
  await program.sendLines(chunksOf(events), events);
  const copy = await CopyLimit.open(program.databaseUrl);
  const measured = await alternate(
    [
      {
        name: 'COPY of the same facts into the same table',
        role: 'limit',
        run: () => copy.run(),
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
  // Once to fill it, once to warm up, and the rounds that count.
  assertStored(await program.countOf(FACT), events * (rounds + 2));
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
