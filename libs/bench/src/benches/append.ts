import type { EventLog } from '@tributary/event-log';
import { newStream, posting } from '../fixtures';
import type { BenchContext } from '../context';
import { Emmett } from '../peers/emmett';
import { RawInsert } from '../peers/raw-insert';
import type { Figure, Section } from '../report';
import { type Measured, type Variant, alternate, ratioOf, underLoad } from '../rounds';

const GOAL = { 256: 'P1', 32: 'P2', 1: 'P3' } as const;
type Callers = keyof typeof GOAL;

/** Durable appends of one event to a new stream each, the expected revision checked. */
export async function appendBench(context: BenchContext): Promise<Section[]> {
  const raw = new RawInsert(await context.freshDatabase());
  await raw.prepare();
  const emmett = await Emmett.open(await context.freshDatabase());
  const log = await context.openLog();
  let next = 0;
  const sections: Section[] = [];
  for (const callers of [256, 32, 1] as const) {
    const under = (call: (i: number) => Promise<unknown>) => () =>
      underLoad(callers, context.roundMs, () => call(next++));
    const variants: Variant[] = [
      { name: 'raw one-row insert, pool of 32', role: 'limit', run: under((i) => raw.insert(i)) },
      {
        name: 'Emmett, pool of its own',
        role: 'peer',
        run: under((i) => emmett.append(`bench-${i}`, i)),
      },
      {
        name: 'event log, group commit',
        role: 'ours',
        run: under((i) => log.append(newStream(i), 'none', [posting(i)])),
      },
    ];
    const measured = await alternate(variants, { rounds: context.rounds });
    sections.push({
      title: `append, ${callers} callers`,
      measured,
      figures: figuresOf(callers, measured),
    });
  }
  await verifyDense(log);
  await Promise.all([raw.close(), emmett.close(), log.close()]);
  return sections;
}

function figuresOf(callers: Callers, [limit, peer, ours]: readonly Measured[]): Figure[] {
  if (!limit || !peer || !ours) return [];
  const goal = GOAL[callers];
  const figures: Figure[] = [
    {
      goal: `${goal} limit`,
      what: 'rate against raw inserts',
      ratio: ratioOf(ours, limit),
    },
    {
      goal: `${goal} peer`,
      what: 'rate against Emmett',
      ratio: ratioOf(ours, peer),
    },
  ];
  if (callers === 1) return figures;
  const p99 = ratioOf(ours, limit, 'p99PerRoundMs');
  return [...figures, { goal: `P4 ${callers}`, what: 'p99 against raw inserts', ratio: p99 }];
}

/** A fast run that lost something is not a run: positions must be 1, 2, 3 … to the head. */
async function verifyDense(log: EventLog): Promise<void> {
  let expected = 1n;
  for await (const { events } of log.readAll(0n)) {
    for (const { position } of events) {
      if (position !== expected)
        throw new Error(`Position ${position} stands where ${expected} belongs.`);
      expected += 1n;
    }
  }
  const head = await log.head();
  if (head !== expected - 1n)
    throw new Error(`The head is ${head}, but ${expected - 1n} events were read.`);
}
