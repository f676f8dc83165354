import { LINE_CREDITED } from '@tributary/contracts';
import { AttributionProgram } from '../attribution-program';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, median, openLoop, ratioOf } from '../rounds';
import { click, factPartners, invoice, signUp } from '../upstream-facts';

const JUDGED_PER_SECOND = 1_000;
const OFFERED = [100, 300, JUDGED_PER_SECOND] as const;
const CUSTOMERS = 1_000;
/** Of ten facts; the others are clicks of new visitors. */
const INVOICES_OF_TEN = 8;
const LOOK_EVERY_MS = 5;
const GIVE_UP_MS = 120_000;
const LINES_OF_AN_INVOICE = 2;
/** A round ends with the last credit, which comes a little after the last fact. */
const SUSTAINED = 0.8;

/** From the call until anybody can read in `published` who is credited, while facts come at a fixed rate, one by one. */
export async function creditedBench(context: BenchContext): Promise<Section[]> {
  const program = await AttributionProgram.start(context);
  try {
    const scene = await CreditedScene.open(program);
    const sections: Section[] = [];
    for (const perSecond of OFFERED) sections.push(await creditedAt(context, scene, perSecond));
    await scene.verify();
    return sections;
  } finally {
    await program.stop();
  }
}

async function creditedAt(
  context: BenchContext,
  scene: CreditedScene,
  perSecond: number,
): Promise<Section> {
  const measured = await alternate(
    [
      {
        name: 'fact acknowledged',
        role: 'limit',
        run: () => scene.load(perSecond, context.roundMs),
      },
      { name: 'credit published', role: 'ours', run: () => scene.credited() },
    ],
    { rounds: context.rounds },
  );
  const [ack, ours] = measured as [Measured, Measured];
  const offered = (perSecond * INVOICES_OF_TEN) / 10;
  const isSustained = median(ours.ratesPerSecond) >= offered * SUSTAINED;
  // Under overload both wait in the same queue, and their ratio says nothing: such a rate is reported, and not judged.
  const goal = `credited${perSecond === JUDGED_PER_SECOND ? '' : ` at ${perSecond}/s`}`;
  return {
    title: `accepted to credited at ${perSecond} facts a second, 8 invoices and 2 clicks of ten`,
    measured,
    figures: [
      {
        goal: isSustained ? goal : `${goal}, not sustained,`,
        what: 'p99 until credited against p99 until acknowledged',
        ratio: ratioOf(ours, ack, 'p99PerRoundMs'),
      },
    ],
    notes: await scene.notes(),
  };
}

class CreditedScene {
  private readonly customers: string[] = [];
  /** Invoices by what everything that follows from them goes by, and when they were sent. */
  private readonly waiting = new Map<string, number>();
  private credits: { readonly latenciesMs: number[]; readonly elapsedMs: number } = {
    latenciesMs: [],
    elapsedMs: 0,
  };
  private invoices = 0;
  private facts = 0;
  private seen = '0';

  private constructor(private readonly program: AttributionProgram) {}

  /** Customers who clicked, signed up and paid once. */
  static async open(program: AttributionProgram): Promise<CreditedScene> {
    const scene = new CreditedScene(program);
    await program.partnersAre(factPartners);
    for (let i = 0; i < CUSTOMERS; i += 100) await scene.add(100);
    await program.drained();
    await scene.look();
    scene.waiting.clear();
    return scene;
  }

  /** The latencies are those of the acknowledgements. */
  async load(perSecond: number, forMs: number): Promise<Sample> {
    const latenciesMs: number[] = [];
    const startMs = performance.now();
    let isOver = false;
    const watching = this.watch(latenciesMs, () => isOver);
    const sample = await openLoop(perSecond, forMs, (i) => this.sendOne(i));
    isOver = true;
    await watching;
    this.credits = { latenciesMs, elapsedMs: performance.now() - startMs };
    await this.program.drained();
    return sample;
  }

  /** What the load before it took until all of it was credited. */
  async credited(): Promise<Sample> {
    const { latenciesMs, elapsedMs } = this.credits;
    return { count: latenciesMs.length, elapsedMs, latenciesMs };
  }

  /** Every line of every invoice stands with its partner, and with all of its money. */
  async verify(): Promise<void> {
    await this.program.assertNothingParked();
    const { rows } = await this.program.database.pool.query<{ lines: string; whole: string }>(
      `select count(*)::text as lines, count(*) filter (where value->'parts'->0->>'basis' = value->>'net')::text as whole
       from (select distinct on (data->>'sale', data->>'line') data->'steps'->-1->'value' as value from published
              where type = $1 order by data->>'sale', data->>'line', position desc) latest`,
      [LINE_CREDITED],
    );
    const expected = this.invoices * LINES_OF_AN_INVOICE;
    const { lines = '', whole = '' } = rows[0] ?? {};
    if (Number(lines) !== expected || Number(whole) !== expected)
      throw new Error(`${lines} of ${expected} lines were credited, ${whole} of them wholly.`);
  }

  async notes(): Promise<string[]> {
    const { rows } = await this.program.database.pool.query<{ events: string }>(
      'select position::text as events from log.log_head',
    );
    const each = Number(rows[0]?.events ?? 0) / this.facts;
    return [`${each.toFixed(1)} events of each fact so far, itself included`];
  }

  private async add(count: number): Promise<void> {
    const facts: object[] = [];
    for (let k = 0; k < count; k++) {
      const i = this.customers.length;
      const [customer, visitor] = [`cus-${i}`, `visitor-${i}`];
      facts.push(click(i, visitor), signUp(customer, visitor), invoice(customer).fact);
      this.customers.push(customer);
    }
    await this.program.sendBatch(facts);
    this.facts += facts.length;
    this.invoices += count;
  }

  private async sendOne(i: number): Promise<void> {
    this.facts++;
    if (i % 10 >= INVOICES_OF_TEN) return await this.program.send(click(i));
    const customer = this.customers[this.invoices++ % CUSTOMERS] as string;
    const { id, fact } = invoice(customer);
    this.waiting.set(id, performance.now());
    return await this.program.send(fact);
  }

  private async watch(latenciesMs: number[], isOver: () => boolean): Promise<void> {
    let giveUpMs = Infinity;
    while (!isOver() || this.waiting.size > 0) {
      if (isOver()) giveUpMs = Math.min(giveUpMs, performance.now() + GIVE_UP_MS);
      if (performance.now() > giveUpMs) throw new Error(`${this.waiting.size} got no credit.`);
      const ids = await this.look();
      const nowMs = performance.now();
      for (const id of ids) {
        const sentMs = this.waiting.get(id);
        if (sentMs === undefined) continue;
        latenciesMs.push(nowMs - sentMs);
        this.waiting.delete(id);
      }
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }

  /** What was credited since the last look. */
  private async look(): Promise<string[]> {
    const { rows } = await this.program.database.pool.query<{ id: string; position: string }>(
      `select correlation_id as id, position::text from published
       where position > $1 and type = $2 order by published.position`,
      [this.seen, LINE_CREDITED],
    );
    this.seen = rows.at(-1)?.position ?? this.seen;
    return rows.map(({ id }) => id);
  }
}
