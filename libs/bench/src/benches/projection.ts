import { BalanceFeed, type Balances, assertBalances, balancesIn } from '../balance-feed';
import type { BenchContext } from '../context';
import {
  TypicalProjection,
  emptyPeerTables,
  postingsOf,
  preparePeerTables,
  projectPerBatch,
  projectPerEvent,
} from '../peers/projecting';
import type { Section } from '../report';
import { type Measured, type Sample, type Variant, alternate, ratioOf, timed } from '../rounds';
import { fill, totalOf } from './replay';

/** The slow ways are measured on a part: their cost does not depend on how much there is. */
const SAMPLE = 1_000;

/** From a full log to a table of balances: live with an exact checkpoint, and rebuilt beside the live table. */
export async function projectionBench(context: BenchContext): Promise<Section[]> {
  const scene = await ProjectionScene.open(context);
  const measured = await alternate(scene.variants(), {
    rounds: context.rounds,
    afterRound: () => scene.verifyAndClear(),
  });
  await scene.close();
  return [
    { title: `projection, ${context.events} events`, measured, figures: figuresOf(measured) },
  ];
}

function figuresOf([perEvent, live, typical, perBatch, rebuilt]: readonly Measured[]) {
  if (!perEvent || !live || !typical || !perBatch || !rebuilt) return [];
  return [
    {
      goal: 'P13',
      what: 'live catch-up against a transaction per event',
      ratio: ratioOf(live, perEvent),
    },
    {
      goal: 'P12 typeorm',
      what: 'rebuild against findOneBy and save',
      ratio: ratioOf(rebuilt, typical),
    },
    {
      goal: 'P12 upsert',
      what: 'rebuild against an upsert per batch',
      ratio: ratioOf(rebuilt, perBatch),
    },
  ];
}

type Postings = Awaited<ReturnType<typeof postingsOf>>;

class ProjectionScene {
  private feed: BalanceFeed | undefined;
  private schemas = 0;

  private constructor(
    private readonly context: BenchContext,
    private readonly url: string,
    private readonly log: Awaited<ReturnType<BenchContext['openLog']>>,
    private readonly peers: BalanceFeed['database'],
    private readonly typical: TypicalProjection,
    private readonly sample: Postings,
  ) {}

  static async open(context: BenchContext): Promise<ProjectionScene> {
    const url = await context.freshDatabase();
    const log = await context.openLog(url);
    await fill(log, context.events);
    const peers = await context.openFeedSchema(url, 'peers');
    await preparePeerTables(peers);
    const typical = await TypicalProjection.open(await context.freshDatabase());
    const sample = await postingsOf(log, SAMPLE);
    return new ProjectionScene(context, url, log, peers, typical, sample);
  }

  variants(): Variant[] {
    const { events } = this.context;
    return [
      {
        name: 'upsert and checkpoint in a transaction per event',
        role: 'peer',
        run: () => timed(SAMPLE, () => projectPerEvent(this.peers, this.sample)),
      },
      { name: 'feeds, live catch-up', role: 'ours', run: () => this.catchUp() },
      {
        name: 'TypeORM findOneBy and save per event',
        role: 'peer',
        run: () => timed(SAMPLE, () => this.typical.project(this.sample)),
      },
      {
        name: 'declared fields, an upsert per 1000 events',
        role: 'peer',
        run: () => this.perBatch(),
      },
      {
        name: 'feeds, rebuild and swap',
        role: 'ours',
        run: () => timed(events, () => this.current().rebuild()),
      },
    ];
  }

  async verifyAndClear(): Promise<void> {
    const all = expectedOf(this.context.events);
    assertBalances('feeds', await this.current().balances(), all);
    assertBalances('an upsert per batch', await balancesIn(this.peers, 'peer_balance'), all);
    assertBalances('TypeORM', await this.typical.balancesAndClear(), expectedOf(SAMPLE));
    await this.current().stop();
    this.feed = undefined;
    await emptyPeerTables(this.peers);
  }

  async close(): Promise<void> {
    await Promise.all([this.typical.close(), this.peers.close(), this.log.close()]);
  }

  private async catchUp(): Promise<Sample> {
    const database = await this.context.openFeedSchema(this.url, `feeds_${++this.schemas}`);
    return timed(this.context.events, async () => {
      this.feed = await BalanceFeed.start(database, this.log);
      await this.feed.catchUp();
    });
  }

  private async perBatch(): Promise<Sample> {
    await emptyPeerTables(this.peers);
    return timed(this.context.events, () => projectPerBatch(this.peers, this.log));
  }

  private current(): BalanceFeed {
    if (!this.feed) throw new Error('The live projection has not been started.');
    return this.feed;
  }
}

const expectedOf = (count: number): Balances => ({ total: totalOf(count), lines: BigInt(count) });
