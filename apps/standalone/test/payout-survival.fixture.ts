import { seededRandom } from '@tributary/feeds';
import { testMasterKey } from '@tributary/platform/testing';
import type { TestPostgres } from '@tributary/testing';
import { PatientClient, pause } from './patient-client.fixture';
import { NOBODY, type Onlooker, PayoutCircle, STAGES, type Stage } from './payout-circle.fixture';
import { expectEverythingPaidOnce, expectInOrder, logAt } from './payout-verdict.fixture';
import { Product } from './product.fixture';

export interface PayoutSurvival {
  readonly postgres: TestPostgres;
  /** One in each stage of a round, so a multiple of four. */
  readonly kills: number;
  readonly seed: number;
}

/** Feeds of a killed process stand still this long. */
const LEASE_MS = 1_000;
/** Somewhere within each stage, which takes about so long. */
const MOST_DELAY_MS: Readonly<Record<Stage, number>> = {
  lock: 700,
  export: 500,
  import: 120,
  settle: 300,
};

/** Kills what runs in every stage of paying partners, round after round, and then counts what was paid. */
export async function surviveWhilePaying({ postgres, kills, seed }: PayoutSurvival): Promise<void> {
  const rounds = Math.ceil(kills / STAGES.length);
  const url = await postgres.freshDatabase();
  const product = new Product({
    DATABASE_URL: url,
    PRIVACY_MASTER_KEY: testMasterKey,
    FEED_LEASE_MS: String(LEASE_MS),
    LOG_LEVEL: 'error',
  });
  try {
    await product.start();
    const { keys } = await product.site();
    const client = new PatientClient(product, keys);
    const circle = new PayoutCircle(client, seededRandom(seed + 1));
    await circle.begin();
    const killer = new Killer(postgres, product, seededRandom(seed));
    for (let round = 0; round < rounds; round++) await circle.turn(killer);
    await killer.rests();
    // Left in peace, so that whatever a kill has left behind comes to its end.
    await circle.turn(NOBODY);
    process.stdout.write(`${killer.report()}\n`);
    await expectEverythingPaidOnce(logAt(url), circle);
    await expectInOrder(client);
  } catch (error) {
    process.stderr.write(`The product's last words:\n${product.lastWords()}\n`);
    throw error;
  } finally {
    await product.stop();
  }
}

/** Strikes once in every stage, and waits with the next one until what was killed is back. */
class Killer implements Onlooker {
  private striking: Promise<void> = Promise.resolve();
  private current: Stage | undefined;
  private readonly struck = new Map<string, number>();
  private late = 0;

  constructor(
    private readonly postgres: TestPostgres,
    private readonly product: Product,
    private readonly random: () => number,
  ) {}

  async begins(stage: Stage): Promise<void> {
    await this.striking;
    this.current = stage;
    const delayMs = this.random() * MOST_DELAY_MS[stage];
    const victim = this.random() < 0.5 ? 'services' : 'PostgreSQL';
    const outageMs = this.random() * 300;
    this.striking = this.strike(stage, victim, delayMs, outageMs);
    // Whoever waits for it hears of a failure; until then it is nobody's unhandled rejection.
    this.striking.catch(Boolean);
  }

  ends(): void {
    this.current = undefined;
  }

  async rests(): Promise<void> {
    await this.striking;
  }

  report(): string {
    const strikes = [...this.struck].sort().map(([what, times]) => `${String(times)} ${what}`);
    return `survived ${strikes.join(', ')}; ${String(this.late)} came when the stage was over`;
  }

  private async strike(
    stage: Stage,
    victim: 'PostgreSQL' | 'services',
    delayMs: number,
    outageMs: number,
  ): Promise<void> {
    await pause(delayMs);
    const what = `kills of ${victim} during ${stage}`;
    this.struck.set(what, (this.struck.get(what) ?? 0) + 1);
    if (this.current !== stage) this.late += 1;
    if (victim === 'services') {
      await this.product.kill();
      await this.product.start();
      return;
    }
    const { server } = this.postgres;
    if (server === undefined) throw new Error('A server of its own was asked for.');
    await server.kill();
    await pause(outageMs);
    await server.restart();
  }
}
