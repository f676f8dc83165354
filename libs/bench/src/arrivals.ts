import type { AttributionProgram } from './attribution-program';
import { type Sample, openLoop } from './rounds';
import { LINES_OF_AN_INVOICE, click, factPartners, invoice, signUp } from './upstream-facts';

const CUSTOMERS = 1_000;
/** Of ten facts; the others are clicks of new visitors. */
export const INVOICES_OF_TEN = 8;
/** Often enough for what takes tenths of a second: a look costs the server more than a millisecond, taken from what is measured. */
const LOOK_EVERY_MS = 25;
const GIVE_UP_MS = 120_000;

/** The invoices, by what everything that follows from them goes by, of which a line has become visible since the last look. */
export type Look = () => Promise<readonly string[]>;

interface Waiting {
  readonly sentMs: number;
  linesLeft: number;
}

/** Facts about customers who clicked, signed up and paid once, and how long it takes until all lines of an invoice are visible. */
export class Arrivals {
  private readonly customers: string[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private visible: { readonly latenciesMs: number[]; readonly elapsedMs: number } = {
    latenciesMs: [],
    elapsedMs: 0,
  };
  private paid = 0;
  private facts = 0;

  private constructor(
    private readonly program: AttributionProgram,
    private readonly look: Look,
  ) {}

  static async open(program: AttributionProgram, look: Look): Promise<Arrivals> {
    const scene = new Arrivals(program, look);
    await program.partnersAre(factPartners);
    for (let i = 0; i < CUSTOMERS; i += 100) await scene.add(100);
    await program.drained();
    await look();
    return scene;
  }

  get invoices(): number {
    return this.paid;
  }

  /** The latencies are those of the acknowledgements. */
  async load(perSecond: number, forMs: number): Promise<Sample> {
    const latenciesMs: number[] = [];
    const startMs = performance.now();
    let isOver = false;
    const sending = openLoop(perSecond, forMs, (i) => this.sendOne(i)).finally(() => {
      isOver = true;
    });
    const [sample] = await Promise.all([sending, this.watch(latenciesMs, () => isOver)]);
    this.visible = { latenciesMs, elapsedMs: performance.now() - startMs };
    await this.program.drained();
    return sample;
  }

  /** What the load before it took until all of it was visible. */
  async seen(): Promise<Sample> {
    const { latenciesMs, elapsedMs } = this.visible;
    return { count: latenciesMs.length, elapsedMs, latenciesMs };
  }

  async eventsPerFact(): Promise<number> {
    const { rows } = await this.program.database.pool.query<{ events: string }>(
      'select position::text as events from log.log_head',
    );
    return Number(rows[0]?.events ?? 0) / this.facts;
  }

  private async add(count: number): Promise<void> {
    const facts: object[] = [];
    for (let k = 0; k < count; k++) {
      const i = this.customers.length;
      const [customer, visitor] = [`cus-${i}`, `visitor-${i}`];
      facts.push(click(i, visitor), signUp(customer, visitor), invoice(customer, i).fact);
      this.customers.push(customer);
    }
    await this.program.sendBatch(facts);
    this.facts += facts.length;
    this.paid += count;
  }

  private async sendOne(i: number): Promise<void> {
    this.facts++;
    if (i % 10 >= INVOICES_OF_TEN) return await this.program.send(click(i));
    const customer = this.customers[this.paid++ % CUSTOMERS] as string;
    const { id, fact } = invoice(customer, this.paid);
    this.waiting.set(id, { sentMs: performance.now(), linesLeft: LINES_OF_AN_INVOICE });
    return await this.program.send(fact);
  }

  private async watch(latenciesMs: number[], isOver: () => boolean): Promise<void> {
    let giveUpMs = Infinity;
    while (!isOver() || this.waiting.size > 0) {
      if (isOver()) giveUpMs = Math.min(giveUpMs, performance.now() + GIVE_UP_MS);
      if (performance.now() > giveUpMs)
        throw new Error(`Not all of ${this.waiting.size} invoices became visible.`);
      const ids = await this.look();
      const nowMs = performance.now();
      for (const id of ids) {
        const waiting = this.waiting.get(id);
        if (waiting === undefined || --waiting.linesLeft > 0) continue;
        latenciesMs.push(nowMs - waiting.sentMs);
        this.waiting.delete(id);
      }
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }
}
