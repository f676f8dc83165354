import type { EventLog } from '@tributary/event-log';
import { performance } from 'node:perf_hooks';
import { BalanceFeed, type Balances, assertBalances } from '../balance-feed';
import type { BenchContext } from '../context';
import { newStream, posting } from '../fixtures';
import { pollingLog } from '../peers/polling-log';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, openLoop, ratioOf } from '../rounds';

const POLL_MS = 50;
const JUDGED_PER_SECOND = 5_000;
const OFFERED = [JUDGED_PER_SECOND, 500] as const;

/** From the call of an append until its rows are committed, while callers come at a fixed rate. */
export async function lagBench(context: BenchContext): Promise<Section[]> {
  const sections: Section[] = [];
  for (const perSecond of OFFERED) sections.push(await lagAt(context, perSecond));
  return sections;
}

async function lagAt(context: BenchContext, perSecond: number): Promise<Section> {
  const called = await LagScene.open(context, (log) => log);
  const polled = await LagScene.open(context, (log) => pollingLog(log, POLL_MS));
  const measured = await alternate(
    [
      {
        name: 'append acknowledged',
        role: 'limit',
        run: () => called.load(perSecond, context.roundMs),
      },
      {
        name: 'projection committed, called by writers',
        role: 'ours',
        run: () => called.committed(),
      },
      {
        name: `projection committed, polling every ${POLL_MS} ms`,
        role: 'peer',
        run: async () => {
          await polled.load(perSecond, context.roundMs);
          return polled.committed();
        },
      },
    ],
    { rounds: context.rounds },
  );
  await called.verifyAndClose();
  await polled.verifyAndClose();
  return {
    title: `lag at ${perSecond} appends a second`,
    measured,
    figures: figuresOf(perSecond, measured),
  };
}

function figuresOf(perSecond: number, [ack, ours, poll]: readonly Measured[]) {
  if (!ack || !ours || !poll) return [];
  // Only one rate has a goal; the other one shows that an idle service lags no more than a busy one.
  const suffix = perSecond === JUDGED_PER_SECOND ? '' : ` at ${perSecond}/s`;
  return [
    {
      goal: `P9 ack${suffix}`,
      what: 'p99 until committed against p99 until acknowledged',
      ratio: ratioOf(ours, ack, 'p99PerRoundMs'),
    },
    {
      goal: `P9 poll${suffix}`,
      what: 'p99 until committed against polling',
      ratio: ratioOf(ours, poll, 'p99PerRoundMs'),
    },
  ];
}

class LagScene {
  private feed: BalanceFeed | undefined;
  /** Acknowledged and not yet seen in the table: position and when the call began. */
  private readonly waiting: { readonly position: bigint; readonly calledMs: number }[] = [];
  private lagsMs: number[] = [];
  private tookMs = 0;
  private through = 0n;
  private appended = 0;
  private total = 0n;

  private constructor(private readonly log: EventLog) {}

  static async open(
    context: BenchContext,
    asSeenByFeed: (log: EventLog) => EventLog,
  ): Promise<LagScene> {
    const url = await context.freshDatabase();
    const log = await context.openLog(url);
    const scene = new LagScene(log);
    const database = await context.openFeedSchema(url, 'feeds');
    scene.feed = await BalanceFeed.start(database, asSeenByFeed(log), (through) =>
      scene.onCommitted(through),
    );
    return scene;
  }

  /** The latencies are those of the acknowledgements. */
  async load(perSecond: number, forMs: number): Promise<Sample> {
    this.lagsMs = [];
    const startedMs = performance.now();
    const sample = await openLoop(perSecond, forMs, () => this.appendOne());
    await this.feed?.reach(await this.log.head());
    this.tookMs = performance.now() - startedMs;
    return sample;
  }

  /** What the load before it took until it was seen. */
  async committed(): Promise<Sample> {
    if (this.waiting.length > 0) throw new Error(`${this.waiting.length} appends were not seen.`);
    const latenciesMs = this.lagsMs;
    return { count: latenciesMs.length, elapsedMs: this.tookMs, latenciesMs };
  }

  async verifyAndClose(): Promise<void> {
    const expected: Balances = { total: this.total, lines: BigInt(this.appended) };
    if (this.feed) assertBalances('feeds', await this.feed.balances(), expected);
    await this.feed?.stop();
    await this.log.close();
  }

  private async appendOne(): Promise<void> {
    const i = this.appended++;
    const event = posting(i);
    this.total += BigInt(event.data['amount'] as string);
    const calledMs = performance.now();
    const { position } = await this.log.append(newStream(i), 'none', [event]);
    if (position <= this.through) this.lagsMs.push(performance.now() - calledMs);
    else this.waiting.push({ position, calledMs });
  }

  private onCommitted(through: bigint): void {
    this.through = through;
    const seenMs = performance.now();
    let kept = 0;
    for (const one of this.waiting) {
      if (one.position <= through) this.lagsMs.push(seenMs - one.calledMs);
      else this.waiting[kept++] = one;
    }
    this.waiting.length = kept;
  }
}
