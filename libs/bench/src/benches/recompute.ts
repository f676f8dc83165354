import type { EventLog, FieldRow, Fields } from '@tributary/event-log';
import { type Instant, type Recorded } from '@tributary/kernel';
import {
  type EarningsDecider,
  type EarningsEvent,
  type Engine,
  LATE,
  type WindowReader,
  loadEarnings,
  loadEngine,
  loadWindowReader,
  percentOf,
  windowStream,
} from '../commission-facts';
import { LINES_PER_WINDOW, fillWindow, linesOf, partnerOf } from '../commission-windows';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, type Variant, alternate, ratioOf, timed } from '../rounds';

/** Held in memory for the fold, whose cost of a line does not depend on how many there are. */
const MOST_IN_MEMORY = 20_000;
const FACTS: readonly string[] = ['WindowOpened', 'LineLearned', 'TermLearned'];

const ENVELOPE = ['$stream', '$occurredAt'];
const FIELDS: Fields = {
  WindowOpened: [...ENVELOPE, 'partner', 'plan', 'window', 'calendar', 'follows'],
  TermLearned: [...ENVELOPE, 'topic', 'key', 'revision', 'data', 'follows'],
  LineLearned: [
    ...ENVELOPE,
    'revision',
    'line.sale',
    'line.payment',
    'line.line',
    'line.steps',
    'line.facts',
    'follows',
  ],
};

/** Every window from nothing but the facts in its stream, against folding the same facts where they lie in memory already. */
export async function recomputeBench(context: BenchContext): Promise<Section[]> {
  const windows = Math.ceil(context.events / LINES_PER_WINDOW);
  const means = {
    decider: await loadEarnings(),
    engine: await loadEngine(),
    reader: await loadWindowReader(),
  };
  const scene = await RecomputeScene.open(await context.openLog(), means, windows);
  const measured = await alternate(scene.variants(), { rounds: context.rounds });
  await scene.verifyAndClose();
  const [fold, reckoned, whole, fields] = measured as [Measured, Measured, Measured, Measured];
  return [
    {
      title: `recompute of ${windows} windows of ${LINES_PER_WINDOW} lines, lines a second`,
      measured,
      figures: [
        {
          goal: 'recompute',
          what: 'declared fields, against folding and reckoning the same facts in memory',
          ratio: ratioOf(fields, reckoned),
        },
        {
          goal: 'recompute of whole events',
          what: 'against folding and reckoning the same facts in memory',
          ratio: ratioOf(whole, reckoned),
        },
        {
          goal: 'recompute against the fold alone',
          what: 'declared fields, against folding the same facts without reckoning',
          ratio: ratioOf(fields, fold),
        },
      ],
      notes: [`in memory, ${scene.windowsInMemory} windows`],
    },
  ];
}

interface Means {
  readonly decider: EarningsDecider;
  readonly engine: Engine;
  readonly reader: WindowReader;
}

class RecomputeScene {
  /** Of each window that is held in memory, its facts. */
  private readonly held: (readonly EarningsEvent[])[] = [];
  /** By window, what it is worth. */
  private readonly found = new Map<number, bigint>();

  private constructor(
    private readonly log: EventLog,
    private readonly means: Means,
    private readonly windows: number,
  ) {}

  static async open(log: EventLog, means: Means, windows: number): Promise<RecomputeScene> {
    const scene = new RecomputeScene(log, means, windows);
    for (let window = 0; window < windows; window++) await scene.fill(window);
    return scene;
  }

  get windowsInMemory(): number {
    return this.held.length;
  }

  variants(): Variant[] {
    const inMemory = this.held.length * LINES_PER_WINDOW;
    return [
      {
        name: 'the same facts in memory, folded',
        role: 'limit',
        run: () => timed(inMemory, async () => this.held.forEach((facts) => this.folded(facts))),
      },
      {
        name: 'the same facts in memory, folded and reckoned',
        role: 'limit',
        run: () =>
          timed(inMemory, async () => {
            for (const [window, facts] of this.held.entries())
              this.found.set(window, this.worthOf(this.folded(facts)));
          }),
      },
      {
        name: 'whole events read from the log, folded and reckoned',
        role: 'ours',
        run: () => this.recompute(this.wholeEvents()),
      },
      {
        name: 'declared fields read from the log, folded and reckoned',
        role: 'ours',
        run: () => this.recompute(this.declaredFields()),
      },
    ];
  }

  /** To the cent what its lines earn, and what was posted when they came. */
  async verifyAndClose(): Promise<void> {
    for (let window = 0; window < this.windows; window++) {
      let owed = 0n;
      for (const i of linesOf(window)) owed += percentOf(i);
      let posted = 0n;
      for await (const event of this.log.read(windowStream(partnerOf(window))))
        if (event.type === 'CommissionPosted') posted += BigInt(event.data['amount'] as string);
      const found = this.found.get(window);
      if (found !== owed || posted !== owed)
        throw new Error(`Window ${window}: ${owed} owed, ${found} reckoned, ${posted} posted.`);
    }
    await this.log.close();
  }

  private async fill(window: number): Promise<void> {
    const stream = await fillWindow(this.log, this.means.decider, window);
    if (this.held.length * LINES_PER_WINDOW >= MOST_IN_MEMORY) return;
    // As they come from the log, and not as the decider shares them.
    const facts: Recorded[] = [];
    for await (const event of this.log.read(stream))
      if (FACTS.includes(event.type)) facts.push(event);
    this.held.push(facts);
  }

  /** In the order of the log, which is how a rebuild reads it; windows are reckoned once all of their facts are there. */
  private async recompute(facts: AsyncIterable<readonly InStream[]>): Promise<Sample> {
    const { decider } = this.means;
    this.found.clear();
    return await timed(this.windows * LINES_PER_WINDOW, async () => {
      const states = new Map<string, object>();
      for await (const some of facts)
        for (const { stream, event } of some)
          states.set(stream, decider.evolve(states.get(stream) ?? decider.initial, event));
      for (let window = 0; window < this.windows; window++) {
        const state = states.get(windowStream(partnerOf(window)));
        if (state !== undefined) this.found.set(window, this.worthOf(state));
      }
    });
  }

  private async *wholeEvents(): AsyncGenerator<readonly InStream[]> {
    for await (const { events } of this.log.readAll(0n, { types: FACTS }))
      yield events.map((event) => ({ stream: event.stream, event }));
  }

  private async *declaredFields(): AsyncGenerator<readonly InStream[]> {
    for await (const rows of this.log.readFields(0n, FIELDS)) yield rows.map(eventOf);
  }

  private folded(facts: readonly EarningsEvent[]): object {
    const { decider } = this.means;
    return facts.reduce((state, event) => decider.evolve(state, event), decider.initial);
  }

  private worthOf(state: object): bigint {
    const { engine, reader } = this.means;
    const facts = reader.wholeFacts(state, reader.knownIn(state));
    return engine.due(facts, LATE).reduce((sum, { rounded }) => sum + rounded, 0n);
  }
}

interface InStream {
  readonly stream: string;
  readonly event: EarningsEvent;
}

/** An event with what its window folds of it, and nothing else. */
function eventOf({ type, values }: FieldRow): InStream {
  const [stream = '', occurredAt = '', ...data] = values.map((value) => value ?? '');
  return {
    stream,
    event: { type, data: DATA_OF[type]?.(data) ?? {}, occurredAt: occurredAt as Instant },
  };
}

const DATA_OF: Readonly<Record<string, (values: readonly string[]) => object>> = {
  WindowOpened: ([partner, plan, window, calendar = '', follows = '']) => ({
    partner,
    plan,
    window,
    calendar: JSON.parse(calendar) as object,
    follows: JSON.parse(follows) as object,
  }),
  TermLearned: ([topic, key, revision, data = '', follows = '']) => ({
    topic,
    key,
    revision: Number(revision),
    data: JSON.parse(data) as object,
    follows: JSON.parse(follows) as object,
  }),
  LineLearned: ([revision, sale, payment, line, steps = '', facts = '', follows = '']) => ({
    revision: Number(revision),
    child: null,
    line: {
      sale,
      payment,
      line,
      steps: JSON.parse(steps) as object,
      facts: JSON.parse(facts) as object,
    },
    follows: JSON.parse(follows) as object,
  }),
};
