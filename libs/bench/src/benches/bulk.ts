import type { EventLog } from '@tributary/event-log';
import type { PreparedEvent, StreamAppend } from '@tributary/kernel';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BenchContext } from '../context';
import { newStream, posting, postingData } from '../fixtures';
import type { Section } from '../report';
import { type Measured, type Sample, type Variant, alternate, ratioOf, timed } from '../rounds';

/** Small enough that a call is over, and its events garbage, before V8 takes them for long-lived. */
const PER_CALL = 1_000;

/** Backfill of many new streams: from objects, and from JSON lines as they come over a wire. */
export async function bulkBench(context: BenchContext): Promise<Section[]> {
  const count = context.events;
  const copy = await CopyLimit.open(await filledLog(context, count));
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify(postingData(i)));
  const [objects, fromLines] = [await GrowingLog.open(context), await GrowingLog.open(context)];
  const variants: Variant[] = [
    {
      name: 'COPY of a ready file into the same table',
      role: 'limit',
      run: () => copy.run(),
    },
    {
      name: 'event log, from objects',
      role: 'ours',
      run: () => objects.grow((_, i) => posting(i)),
    },
    {
      name: 'event log, from JSON lines',
      role: 'ours',
      run: () =>
        fromLines.grow((k, i) =>
          posting(i, JSON.parse(lines[k] as string) as Record<string, string>),
        ),
    },
  ];
  const measured = await alternate(variants, { rounds: context.rounds });
  await Promise.all([copy.close(), objects.close(), fromLines.close()]);
  const [limit, ...ours] = measured as [Measured, Measured, Measured];
  return [
    {
      title: `bulk append, ${count} events`,
      measured,
      figures: [
        {
          goal: 'P6 objects',
          what: 'objects against COPY',
          ratio: ratioOf(ours[0], limit),
        },
        {
          goal: 'P6 lines',
          what: 'JSON lines against COPY',
          ratio: ratioOf(ours[1], limit),
        },
      ],
    },
  ];
}

/** One for each way, filled and growing as the table of COPY does: what is appended to a larger log takes longer. */
class GrowingLog {
  private constructor(
    private readonly log: EventLog,
    private readonly count: number,
    private events: number,
  ) {}

  static async open(context: BenchContext): Promise<GrowingLog> {
    const { events: count } = context;
    return new GrowingLog(await context.openLog(await filledLog(context, count)), count, count);
  }

  async grow(make: (k: number, i: number) => PreparedEvent): Promise<Sample> {
    const offset = this.events;
    this.events += this.count;
    return await timed(this.count, () => appendAll(this.log, this.count, offset, make));
  }

  async close(): Promise<void> {
    const head = await this.log.head();
    await this.log.close();
    if (head !== BigInt(this.events))
      throw new Error(`The head is ${head}, not ${this.events}: a bulk append lost events.`);
  }
}

/** A database with a log of so many postings. */
async function filledLog(context: BenchContext, count: number): Promise<string> {
  const url = await context.freshDatabase();
  const log = await context.openLog(url);
  await appendAll(log, count, 0, (_, i) => posting(i));
  await log.close();
  return url;
}

/** Two calls in flight: one is being written while the next one is being made. */
export async function appendAll(
  log: EventLog,
  count: number,
  offset: number,
  make: (k: number, i: number) => PreparedEvent,
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  for (let at = 0; at < count; at += PER_CALL) {
    const appends: StreamAppend[] = [];
    for (let k = at; k < Math.min(at + PER_CALL, count); k++) {
      appends.push({
        stream: newStream(offset + k),
        expected: 'none',
        events: [make(k, offset + k)],
      });
    }
    const call = log.appendMany(appends).then(assertAllStored);
    await before;
    before = call;
  }
  await before;
}

function assertAllStored(verdicts: readonly PromiseSettledResult<unknown>[]): void {
  const failed = verdicts.find(({ status }) => status === 'rejected');
  if (failed) throw new Error('An append of the bulk was refused.', { cause: failed });
}

/**
 * What Postgres itself can take in: rows that are there as text, COPY'd into a table like the log's own, with the same columns and
 * the same unique indexes. With fewer columns it would be told apart from us by what it does not store. It grows as the log does,
 * because the indexes of an emptied table would always fit where those of a log do not.
 */
export class CopyLimit {
  private rounds = 0;

  private constructor(
    private readonly client: pg.Client,
    private readonly rows: number,
  ) {}

  /** The rows are those of a log that holds them already. */
  static async open(logUrl: string): Promise<CopyLimit> {
    const client = new pg.Client({ connectionString: logUrl });
    await client.connect();
    await client.query('create table copy_event (like log.event including all)');
    const { rowCount } = await client.query('insert into copy_event select * from log.event');
    return new CopyLimit(client, rowCount ?? 0);
  }

  async run(): Promise<Sample> {
    const text: Buffer[] = [];
    for await (const chunk of this.client.query(copyTo(`copy (${await this.fresh()}) to stdout`)))
      text.push(chunk as Buffer);
    return await timed(this.rows, () =>
      pipeline(Readable.from(text), this.client.query(copyFrom('copy copy_event from stdin'))),
    );
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /** The same rows under names that are not taken yet, as another round of appends would give them. */
  private async fresh(): Promise<string> {
    this.rounds += 1;
    const renamed: Readonly<Record<string, string>> = {
      position: `position + ${String(this.rounds * this.rows)}`,
      id: 'uuidv7()',
      stream: `stream || '.${String(this.rounds)}'`,
    };
    const { rows } = await this.client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'log.event'::regclass and attnum > 0 order by attnum`,
    );
    return `select ${rows.map(({ name }) => renamed[name] ?? name).join(', ')} from log.event where position <= ${String(this.rows)}`;
  }
}
