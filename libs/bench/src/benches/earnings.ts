import type { EventLog } from '@tributary/event-log';
import {
  type Cause,
  CommandRunner,
  type Recorded,
  type StreamAppend,
  type StreamName,
  prepare,
  uuidV5,
  uuidV7,
} from '@tributary/kernel';
import {
  type EarningsDecider,
  learnLine,
  learnTerms,
  loadEarnings,
  percentOf,
  windowStream,
} from '../commission-facts';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf } from '../rounds';

const LINES = { few: 4_000, many: 10_000 };
const PARTNERS = 200;
const AT_ONCE = 512;
const EVENTS_PER_APPEND = 150;
const EVENTS_PER_CALL = 4_000;

/** Whose line the i-th is. */
type Spread = (i: number, lines: number) => number;

const SPREADS: readonly (readonly [goal: string, what: string, spread: Spread])[] = [
  ['earnings uniform', `${PARTNERS} partners, as many lines each`, (i) => i % PARTNERS],
  ['earnings Zipf', `${PARTNERS} partners, lines by Zipf's law`, zipf],
  ['earnings hot', 'one partner', () => 0],
];

/** From lines that attribution has credited to postings in the log, against writing down the very same events. */
export async function earningsBench(context: BenchContext): Promise<Section[]> {
  const lines = context.events < 100_000 ? LINES.few : LINES.many;
  const decider = await loadEarnings();
  const sections: Section[] = [];
  for (const [goal, what, spread] of SPREADS) {
    const scene = new EarningsScene(await context.openLog(), decider, { lines, spread });
    const measured = await alternate(
      [
        { name: 'decided by the window, and appended', role: 'ours', run: () => scene.decide() },
        { name: 'the same events, appended in bulk', role: 'limit', run: () => scene.append() },
      ],
      { rounds: context.rounds },
    );
    await scene.verifyAndClose(context.rounds);
    const [ours, limit] = measured as [Measured, Measured];
    const ratio = ratioOf(ours, limit);
    sections.push({
      title: `earnings of ${what}: ${lines} lines in a command each, events a second`,
      measured,
      figures: [{ goal, what: 'deciding against bulk append', ratio }],
      notes: [`${scene.eventsPerLine.toFixed(2)} events of each line, what opens windows included`],
    });
  }
  return sections;
}

interface Load {
  readonly lines: number;
  readonly spread: Spread;
}

class EarningsScene {
  private round = 0;
  /** Of the round at hand, by stream. */
  private decided = new Map<StreamName, Recorded[]>();
  private written = 0;
  private read = 0;

  constructor(
    private readonly log: EventLog,
    private readonly decider: EarningsDecider,
    private readonly load: Load,
  ) {}

  get eventsPerLine(): number {
    return this.read / this.load.lines / this.round;
  }

  /** Windows are opened by their first line and told their terms; then all other lines come at the same time. */
  async decide(): Promise<Sample> {
    this.round++;
    const commands = this.commands();
    const head = await this.log.head();
    const runner = new CommandRunner(this.log, { now: Date.now });
    const startMs = performance.now();
    await inParallel(commands.first, async ({ partner, line }) => {
      for (const command of [line, ...learnTerms(partner)])
        await this.tell(runner, partner, command);
    });
    await inParallel(commands.others, ({ partner, line }) => this.tell(runner, partner, line));
    const elapsedMs = performance.now() - startMs;
    const count = await this.look(head);
    return { count, elapsedMs };
  }

  /** As a backfill would: prepared while what came before is being written. */
  async append(): Promise<Sample> {
    const pieces = this.pieces();
    const count = pieces.flat().reduce((sum, { events }) => sum + events.length, 0);
    const startMs = performance.now();
    let writing: Promise<void> = Promise.resolve();
    for (const piece of pieces) {
      const appends = piece.map(appendOf);
      await writing;
      writing = this.appendAll(appends);
    }
    await writing;
    const elapsedMs = performance.now() - startMs;
    this.written += count;
    return { count, elapsedMs };
  }

  async verifyAndClose(rounds: number): Promise<void> {
    if (this.round !== rounds + 1) throw new Error(`${this.round} rounds were looked at.`);
    const head = await this.log.head();
    if (head !== BigInt(this.written)) throw new Error(`${head} of ${this.written} events stand.`);
    await this.log.close();
  }

  /** Of new partners in every round. They are made before the clock starts: other services make them. */
  private commands() {
    const first = new Map<string, Told>();
    const others: Told[] = [];
    for (let i = 0; i < this.load.lines; i++) {
      const partner = `r${this.round}p${this.load.spread(i, this.load.lines)}`;
      const told = { partner, line: learnLine(partner, i) };
      if (first.has(partner)) others.push(told);
      else first.set(partner, told);
    }
    return { first: [...first.values()], others };
  }

  private async tell(runner: CommandRunner, partner: string, command: object): Promise<void> {
    const stream = windowStream(partner);
    const outcome = await runner.run(this.decider, stream, command, causeOf(stream));
    if (outcome.kind !== 'accepted') throw new Error(`${stream} answered ${outcome.kind}.`);
  }

  /** What has been stored since; and that it is, to the cent, what the lines of each partner earn. */
  private async look(after: bigint): Promise<number> {
    this.decided = new Map();
    let count = 0;
    for await (const { events } of this.log.readAll(after)) {
      count += events.length;
      for (const event of events) {
        const same = this.decided.get(event.stream);
        if (same) same.push(event);
        else this.decided.set(event.stream, [event]);
      }
    }
    const owed = new Map<StreamName, bigint>();
    for (let i = 0; i < this.load.lines; i++) {
      const stream = windowStream(`r${this.round}p${this.load.spread(i, this.load.lines)}`);
      owed.set(stream, (owed.get(stream) ?? 0n) + percentOf(i));
    }
    for (const [stream, amount] of owed) {
      const posted = postedIn(this.decided.get(stream) ?? []);
      if (posted !== amount) throw new Error(`${stream}: ${posted} of ${amount} were posted.`);
    }
    this.read += count;
    this.written += count;
    return count;
  }

  /** What one call appends; pieces of a stream follow one another. */
  private pieces(): Piece[][] {
    const calls: Piece[][] = [];
    let events = Infinity;
    for (const [stream, all] of this.decided) {
      for (let from = 0; from < all.length; from += EVENTS_PER_APPEND) {
        const own = all.slice(from, from + EVENTS_PER_APPEND);
        if (events + own.length > EVENTS_PER_CALL) {
          calls.push([]);
          events = 0;
        }
        calls.at(-1)?.push({ stream: copyOf(stream), from, events: own });
        events += own.length;
      }
    }
    return calls;
  }

  private async appendAll(appends: readonly StreamAppend[]): Promise<void> {
    for (const verdict of await this.log.appendMany(appends))
      if (verdict.status === 'rejected') throw verdict.reason;
  }
}

interface Told {
  readonly partner: string;
  readonly line: object;
}

interface Piece {
  readonly stream: StreamName;
  readonly from: number;
  readonly events: readonly Recorded[];
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const postedIn = (events: readonly Recorded[]): bigint =>
  events
    .filter(({ type }) => type === 'CommissionPosted')
    .reduce((sum, { data }) => sum + BigInt(data['amount'] as string), 0n);

const copyOf = (stream: StreamName): StreamName => stream.replace('-bench', '-copy') as StreamName;

function appendOf({ stream, from, events }: Piece): StreamAppend {
  const cause = causeOf(stream);
  return {
    stream,
    expected: from === 0 ? 'none' : BigInt(from - 1),
    events: events.map(({ type, data, occurredAt }, i) =>
      prepare({ type, data, occurredAt }, cause, i, uuidV7(Date.now())),
    ),
  };
}

let causes = 0;
const causeOf = (stream: StreamName): Cause => ({
  commandId: uuidV5(stream, String(causes++)),
  fingerprint: 'bench',
  actor: 'bench',
  causationId: null,
  correlationId: stream,
  traceParent: null,
});

/** Of n partners, the k-th has a share of 1/k; which of them a line belongs to follows from its number alone. */
function zipf(i: number): number {
  const at = ((i * 0.618_033_988_75) % 1) * (ZIPF_SUMS.at(-1) ?? 1);
  return ZIPF_SUMS.findIndex((sum) => at < sum);
}

const ZIPF_SUMS: readonly number[] = Array.from({ length: PARTNERS }, (_, k) => k + 1).reduce<
  number[]
>((sums, k) => [...sums, (sums.at(-1) ?? 0) + 1 / k], []);
