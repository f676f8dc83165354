import { AttributionProgram } from '../attribution-program';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf, timed, underLoad } from '../rounds';
import { FACTS_OF_A_CUSTOMER, customerFacts, training } from '../upstream-facts';

const MOST_FACTS = 20_000;
const LINES_PER_CHUNK = 500;
const CALLERS = 128;
const BATCH = 100;
const BATCH_CALLERS = 4;

/** Facts that credit is made of, against the facts that the foundation was measured with. All that follows from either runs meanwhile. */
export async function ingestionBench(context: BenchContext): Promise<Section[]> {
  const program = await AttributionProgram.start(context);
  try {
    const scene = new IngestionScene(program);
    return [await lines(context, scene), await requests(context, scene)];
  } finally {
    await program.stop();
  }
}

async function lines(context: BenchContext, scene: IngestionScene): Promise<Section> {
  const count = Math.min(context.events, MOST_FACTS);
  const measured = await alternate(
    [
      {
        name: 'NDJSON of training facts, as the foundation was measured',
        role: 'limit',
        run: () => scene.import(Array.from({ length: count }, training)),
      },
      {
        name: 'NDJSON of clicks, sign-ups and invoices (6 : 1 : 3)',
        role: 'ours',
        run: () => scene.import(mixed(count)),
      },
    ],
    { rounds: context.rounds },
  );
  await scene.verify();
  const [limit, ours] = measured as [Measured, Measured];
  return {
    title: `import of ${count} facts over HTTP`,
    measured,
    figures: [{ goal: 'ingestion', what: 'against training facts', ratio: ratioOf(ours, limit) }],
    notes: scene.drains(),
  };
}

/** Nothing to compare them with: the typical stack of `http` takes no such facts. */
async function requests(context: BenchContext, scene: IngestionScene): Promise<Section> {
  const measured = await alternate(
    [
      {
        name: `one by one, ${CALLERS} callers`,
        role: 'ours',
        run: () => scene.singles(context.roundMs),
      },
      {
        name: `in batches of ${BATCH}, ${BATCH_CALLERS} callers`,
        role: 'ours',
        run: () => scene.batches(context.roundMs),
      },
    ],
    { rounds: context.rounds },
  );
  await scene.verify();
  return { title: 'POST of clicks, sign-ups and invoices, facts a second', measured, figures: [] };
}

const mixed = (count: number): object[] =>
  Array.from({ length: Math.ceil(count / FACTS_OF_A_CUSTOMER) }, (_, i) => customerFacts(i))
    .flat()
    .slice(0, count);

class IngestionScene {
  private sent = 0;
  private followed: { readonly facts: number; readonly ms: number }[] = [];

  constructor(private readonly program: AttributionProgram) {}

  async import(facts: readonly object[]): Promise<Sample> {
    const chunks: Buffer[] = [];
    for (let at = 0; at < facts.length; at += LINES_PER_CHUNK) {
      const some = facts.slice(at, at + LINES_PER_CHUNK);
      chunks.push(Buffer.from(some.map((fact) => `${JSON.stringify(fact)}\n`).join('')));
    }
    const startMs = performance.now();
    const sample = await timed(facts.length, () => this.program.sendLines(chunks, facts.length));
    this.sent += facts.length;
    await this.program.drained();
    this.followed.push({ facts: facts.length, ms: performance.now() - startMs });
    return sample;
  }

  async singles(forMs: number): Promise<Sample> {
    const facts = endless();
    const sample = await underLoad(CALLERS, forMs, () => this.program.send(facts()));
    return this.after(sample);
  }

  async batches(forMs: number): Promise<Sample> {
    const facts = endless();
    const sample = await underLoad(BATCH_CALLERS, forMs, () =>
      this.program.sendBatch(Array.from({ length: BATCH }, facts)),
    );
    return this.after({ ...sample, count: sample.count * BATCH });
  }

  async verify(): Promise<void> {
    await this.program.assertNothingParked();
    const stored = await this.program.countOf('FactAccepted');
    if (stored !== this.sent) throw new Error(`${stored} of ${this.sent} facts were stored.`);
  }

  /** Both kinds in turn, the first of either warming up. */
  drains(): string[] {
    const rates = ['training facts', 'the others'].map((what, k) => {
      const own = this.followed.filter((_, i) => i % 2 === k).slice(1);
      const facts = own.reduce((sum, { facts: count }) => sum + count, 0);
      const ms = own.reduce((sum, one) => sum + one.ms, 0);
      return `${Math.round((facts / ms) * 1000)} /s of ${what}`;
    });
    return [`until nothing more follows from them: ${rates.join(', ')}`];
  }

  private async after(sample: Sample): Promise<Sample> {
    this.sent += sample.count;
    await this.program.drained();
    return sample;
  }
}

/** One after the other, whoever asks. */
function endless(): () => object {
  let waiting: object[] = [];
  let customers = 0;
  return () => {
    if (waiting.length === 0) waiting = customerFacts(customers++);
    return waiting.pop() as object;
  };
}
