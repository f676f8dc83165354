import type { Database } from '@tributary/postgres';
import { builtFile, loadEarnings, percentOf } from '../commission-facts';
import { LINES_PER_WINDOW, fillWindow } from '../commission-windows';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf, underLoad } from '../rounds';
import { ServiceProgram } from '../service-program';

/** Few: what is asked for is what one answer takes, and not how long many wait for one another. */
const CALLERS = 2;
const EVENTS_OF_A_LINE = 2;
const FULL = 10_000_000;
/** Asked about in an order that jumps between windows. */
const STRIDE = 7_919;
/** More lines than are ever asked about; of a larger log they are held for some, wherever those stand. */
const LINES_HELD = 100_000;

const COMMISSION = {
  program: builtFile('src/main.js'),
  schema: 'commission',
  listensTo: ['attribution', 'partners', 'payouts', 'tiers'],
  // Everything that follows from the log, so that it is not explained beside what else the process does.
  feeds: ['earned%', 'trail%', 'plans_told%', 'postings_told%', 'windows_%'],
};

/** Why a line is worth what it is worth, over HTTP, against reading one row by its key beside the service. */
export async function explainBench(context: BenchContext): Promise<Section[]> {
  const lines = (context.full ? FULL : context.events) / EVENTS_OF_A_LINE;
  const windows = Math.ceil(lines / LINES_PER_WINDOW);
  const url = await context.freshDatabase();
  const log = await context.openLog(url);
  const decider = await loadEarnings();
  for (let window = 0; window < windows; window++) await fillWindow(log, decider, window);
  const events = await log.head();
  await log.close();
  const program = await ServiceProgram.start(url, COMMISSION);
  try {
    await program.shown();
    const scene = await ExplainScene.open(program, Math.ceil(lines / LINES_HELD));
    const measured = await alternate(
      [
        {
          name: 'a row of the same table, by its primary key',
          role: 'limit',
          run: () => scene.read(context.roundMs),
        },
        { name: 'explain of a line', role: 'ours', run: () => scene.explain(context.roundMs) },
      ],
      { rounds: context.rounds },
    );
    scene.verify();
    const [limit, ours] = measured as [Measured, Measured];
    return [
      {
        title: `explain, ${events} events in the log, ${CALLERS} callers`,
        measured,
        figures: [
          {
            goal: 'explain',
            what: 'p99 against p99 of a read by primary key',
            ratio: ratioOf(ours, limit, 'p99PerRoundMs'),
          },
        ],
        notes: [`${scene.answered} answers, each of which added up to its line`],
      },
    ];
  } finally {
    await program.stop();
  }
}

interface Line {
  readonly id: string;
  readonly position: string;
}

interface Explained {
  readonly posted: string;
  readonly recomputed: boolean;
}

class ExplainScene {
  private asked = 0;
  private readonly answers: (Explained & { readonly line: string })[] = [];

  private constructor(
    private readonly program: ServiceProgram,
    private readonly database: Database,
    private readonly lines: readonly Line[],
    private readonly owed: ReadonlyMap<string, bigint>,
  ) {}

  /** With one line of so many. */
  static async open(program: ServiceProgram, oneOf: number): Promise<ExplainScene> {
    const { rows } = await program.database.pool.query<Line & { sale: string }>(
      `select t.line_id as id, t.position::text as position, e.data->'key'->>'sale' as sale
       from commission_trail t join log.event e on e.position = t.position
       where e.type = 'CommissionPosted' and mod(abs(hashtext(t.line_id)::bigint), $1) = 0
       order by t.position`,
      [oneOf],
    );
    const owed = new Map(
      rows.map(({ id, sale }) => [id, percentOf(Number(sale.split('s').at(-1)))]),
    );
    return new ExplainScene(program, program.database, rows, owed);
  }

  get answered(): number {
    return this.answers.length;
  }

  read(forMs: number): Promise<Sample> {
    return underLoad(CALLERS, forMs, async () => {
      const { id, position } = this.next();
      const { rows } = await this.database.pool.query<{ line_id: string }>(
        'select * from commission_trail where position = $1',
        [position],
      );
      if (rows[0]?.line_id !== id) throw new Error(`Nothing of ${id} stands at ${position}.`);
    });
  }

  explain(forMs: number): Promise<Sample> {
    return underLoad(CALLERS, forMs, async () => {
      const { id } = this.next();
      const answer = (await this.program.ask(`/v1/lines/${id}/explain`)) as Explained;
      this.answers.push({ line: id, posted: answer.posted, recomputed: answer.recomputed });
    });
  }

  /** To the cent what was reckoned without the engine, and had again from the answer alone. */
  verify(): void {
    for (const { line, posted, recomputed } of this.answers)
      if (!recomputed || BigInt(posted) !== this.owed.get(line))
        throw new Error(`${line}: ${posted} of ${this.owed.get(line)} were explained.`);
  }

  private next(): Line {
    return this.lines[(this.asked++ * STRIDE) % this.lines.length] as Line;
  }
}
