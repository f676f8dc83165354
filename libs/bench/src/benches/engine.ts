import {
  type Due,
  type Engine,
  LATE,
  type RuleKind,
  lineOf,
  loadEngine,
  matrixOf,
  percentOf,
  windowFacts,
} from '../commission-facts';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, type Variant, alternate, ratioOf, timed } from '../rounds';

const LINES = { few: 20_000, many: 50_000 };
const LINES_PER_WINDOW = 500;
const EXPECTED = { percent: percentOf, matrix: matrixOf } as const;

/** The engine alone, with nothing to read or to write, against having the same facts parsed. */
export async function engineBench(context: BenchContext): Promise<Section[]> {
  const count = context.events < 100_000 ? LINES.few : LINES.many;
  const scene = new EngineScene(await loadEngine(), count);
  const measured = await alternate(scene.variants(), {
    rounds: context.rounds,
    afterRound: () => scene.verifyAndClear(),
  });
  const [parse, ...asked] = measured as [Measured, ...Measured[]];
  const figures = GOALS_IN_ORDER.map(([goal, what], i) => ({
    goal,
    what,
    ratio: ratioOf(asked[i] as Measured, parse),
  }));
  return [
    {
      title: `engine, ${count} lines in windows of ${LINES_PER_WINDOW}`,
      measured,
      figures,
      notes: [`${scene.bytesPerLine.toFixed(0)} bytes of JSON each`],
    },
  ];
}

const GOALS_IN_ORDER = [
  ['engine percent', 'percent, line by line, against JSON.parse'],
  ['engine percent window', 'percent, window by window, against JSON.parse'],
  ['engine matrix', 'matrix of two fields, line by line, against JSON.parse'],
  ['engine matrix window', 'matrix of two fields, window by window, against JSON.parse'],
] as const;

type LineFact = ReturnType<typeof factOf>;
type Window = ReturnType<typeof windowFacts>;

interface Told {
  readonly without: Window;
  readonly whole: Window & { readonly lines: readonly LineFact[] };
}

class EngineScene {
  private readonly lines: readonly LineFact[];
  private readonly texts: readonly string[];
  private readonly windows: Readonly<Record<RuleKind, readonly Told[]>>;
  /** Of the round at hand, what each way has reckoned. */
  private answers: { readonly kind: RuleKind; readonly dues: readonly Due[] }[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly count: number,
  ) {
    this.lines = Array.from({ length: count }, (_, i) => factOf(i));
    this.texts = this.lines.map((line) => JSON.stringify(line));
    this.windows = { percent: this.windowsOf('percent'), matrix: this.windowsOf('matrix') };
  }

  get bytesPerLine(): number {
    return this.texts.reduce((sum, text) => sum + text.length, 0) / this.count;
  }

  variants(): Variant[] {
    const ours = (kind: RuleKind, how: string, ask: (told: Told) => readonly Due[]): Variant => ({
      name: `${kind}, ${how}`,
      role: 'ours',
      run: () => this.ask(kind, ask),
    });
    const one = ({ without, whole }: Told) =>
      whole.lines.flatMap((line) => this.engine.dueOfLine(without, line, LATE));
    const all = ({ whole }: Told) => this.engine.due(whole, LATE);
    return [
      { name: 'JSON.parse of the same lines', role: 'limit', run: () => this.parse() },
      ours('percent', 'line by line', one),
      ours('percent', 'window by window', all),
      ours('matrix', 'line by line', one),
      ours('matrix', 'window by window', all),
    ];
  }

  /** Each line, in every round and every way, is worth what a multiplication says. */
  async verifyAndClear(): Promise<void> {
    const ways = this.answers.length;
    if (ways !== GOALS_IN_ORDER.length) throw new Error(`${ways} ways have answered.`);
    for (const { kind, dues } of this.answers) {
      const wrong = dues.findIndex(({ rounded }, i) => rounded !== EXPECTED[kind](i));
      if (dues.length !== this.count || wrong >= 0)
        throw new Error(`${kind}: ${dues.length} of ${this.count} answers, line ${wrong} differs.`);
    }
    this.answers = [];
  }

  private async parse(): Promise<Sample> {
    let read = 0;
    const sample = await timed(this.count, async () => {
      for (const text of this.texts) read += (JSON.parse(text) as LineFact).steps.length;
    });
    if (read !== this.count) throw new Error(`${read} of ${this.count} steps were read.`);
    return sample;
  }

  private async ask(kind: RuleKind, ask: (told: Told) => readonly Due[]): Promise<Sample> {
    const answers: (readonly Due[])[] = [];
    const sample = await timed(this.count, async () => {
      for (const told of this.windows[kind]) answers.push(ask(told));
    });
    this.answers.push({ kind, dues: answers.flat() });
    return sample;
  }

  private windowsOf(kind: RuleKind): readonly Told[] {
    const told: Told[] = [];
    for (let at = 0; at < this.count; at += LINES_PER_WINDOW) {
      const without = windowFacts(PARTNER, kind);
      const lines = this.lines.slice(at, at + LINES_PER_WINDOW);
      told.push({ without, whole: { ...without, lines } as Told['whole'] });
    }
    return told;
  }
}

const PARTNER = 'p1';

/** As a window hands a line to its engine. */
function factOf(i: number) {
  const { sale, payment, line, steps, facts } = lineOf(PARTNER, i);
  return { sale, payment, line, factId: facts[0]?.factId ?? payment, steps };
}
