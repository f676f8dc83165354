import type { EventLog, Fields } from '@tributary/event-log';
import type { JsonObject } from '@tributary/kernel';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { BenchContext } from '../context';
import { newStream, posting } from '../fixtures';
import { Emmett } from '../peers/emmett';
import type { Section } from '../report';
import { type Variant, alternate, ratioOf, timed } from '../rounds';

const FIELDS: Fields = { CommissionPosted: ['partnerId', 'period', 'amount'] };
const AMOUNT = 2;
const EMMETT_EVENTS = 20_000;

/** Reading the whole log: every payload parsed, and only the fields that a projection declares. */
export async function replayBench(context: BenchContext): Promise<Section[]> {
  const count = context.events;
  const url = await context.freshDatabase();
  const log = await context.openLog(url);
  await fill(log, count);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const texts = Array.from({ length: count }, (_, i) => posting(i).dataText);
  const emmett = await Emmett.open(await context.freshDatabase());
  for (let at = 0; at < EMMETT_EVENTS; at += 100)
    await emmett.appendMany(`bench-${at % 1000}`, at, 100);

  const expected = totalOf(count);
  const adds = (total: () => number | Promise<number>) => () =>
    timed(count, async () => assertTotal(await total(), expected));
  const variants: Variant[] = [
    {
      name: 'JSON.parse of the same payloads',
      role: 'limit',
      run: adds(() => addParsed(texts)),
    },
    {
      name: 'Emmett consumer, tuned, no-op handler',
      role: 'peer',
      run: () => timed(EMMETT_EVENTS, () => emmett.consume(EMMETT_EVENTS)),
    },
    {
      name: 'event log, whole events',
      role: 'ours',
      run: adds(() => addEvents(log)),
    },
    {
      name: 'event log, declared fields',
      role: 'ours',
      run: adds(() => addFields(log)),
    },
    {
      name: 'COPY of whole rows as text',
      role: 'limit',
      run: () => timed(count, () => copyOut(client)),
    },
  ];
  const measured = await alternate(variants, { rounds: context.rounds });
  await Promise.all([client.end(), emmett.close(), log.close()]);
  const [parse, peer, parsed, fields, copy] = measured;
  if (!parse || !peer || !parsed || !fields || !copy) return [];
  return [
    {
      title: `replay, ${count} events`,
      measured,
      figures: [
        {
          goal: 'P10 parse',
          what: 'whole events against bare JSON.parse',
          ratio: ratioOf(parsed, parse),
        },
        {
          goal: 'P10 peer',
          what: 'whole events against the Emmett consumer',
          ratio: ratioOf(parsed, peer),
        },
        {
          goal: 'P11 parsed',
          what: 'declared fields against whole events',
          ratio: ratioOf(fields, parsed),
        },
        {
          goal: 'P11 copy',
          what: 'declared fields against COPY of whole rows',
          ratio: ratioOf(fields, copy),
        },
      ],
    },
  ];
}

export async function fill(log: EventLog, count: number, from = 0): Promise<void> {
  const perCall = 2_000;
  for (let at = from; at < from + count; at += perCall) {
    const last = Math.min(at + perCall, from + count);
    const appends = [];
    for (let i = at; i < last; i++) {
      appends.push({ stream: newStream(i), expected: 'none' as const, events: [posting(i)] });
    }
    await log.appendMany(appends);
  }
}

/** What every reading must add up to, so that a fast wrong one fails. */
export function totalOf(count: number): bigint {
  let total = 0n;
  for (let i = 0; i < count; i++) total += BigInt(1000 + (i % 90_000));
  return total;
}

/** Who is compared does the same with what was read: it adds up the amounts. Folding them by key is a bench of its own. */
function addParsed(texts: readonly string[]): number {
  let total = 0;
  for (const text of texts) total += amountOf(JSON.parse(text) as JsonObject);
  return total;
}

async function addEvents(log: EventLog): Promise<number> {
  let total = 0;
  for await (const { events } of log.readAll(0n))
    for (const { data } of events) total += amountOf(data);
  return total;
}

async function addFields(log: EventLog): Promise<number> {
  let total = 0;
  for await (const rows of log.readFields(0n, FIELDS))
    for (const { values } of rows) total += Number(values[AMOUNT]);
  return total;
}

const amountOf = (data: JsonObject): number => Number(data.amount);

function assertTotal(total: number, expected: bigint): void {
  if (BigInt(total) !== expected)
    throw new Error(`The replay adds up to ${String(total)}, not to ${String(expected)}.`);
}

async function copyOut(client: pg.Client): Promise<void> {
  let bytes = 0;
  const stream = client.query(copyTo('copy log.event to stdout'));
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  if (bytes === 0) throw new Error('Nothing was copied.');
}
