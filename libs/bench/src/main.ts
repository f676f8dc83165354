import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { appendBench } from './benches/append';
import { bulkBench } from './benches/bulk';
import { growthBench } from './benches/growth';
import { hotBench } from './benches/hot';
import { replayBench } from './benches/replay';
import { BenchContext, type BenchOptions } from './context';
import { GOALS } from './goals';
import { type Section, holds, printSection } from './report';

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<Section[]>>> = {
  append: appendBench,
  hot: hotBench,
  bulk: bulkBench,
  replay: replayBench,
  growth: growthBench,
};

const HELP = `npm run bench -- [names] [options]

Measures figures as ratios against a limit or a peer in the same run: ${Object.keys(BENCHES).join(', ')}.
Without names it runs all of them.

  --rounds N    counted rounds after one that warms up (5)
  --ms N        length of one timed load (1000)
  --events N    events of one bulk (200000)
  --full        one and ten million events where size is the question
  --quick       two short rounds, 20000 events
  --check       exit code 1 when a ratio is below its floor
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      ms: { type: 'string', default: '1000' },
      events: { type: 'string', default: '200000' },
      full: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(name in BENCHES));
  if (values.help || unknown.length > 0) {
    process.stdout.write(
      unknown.length > 0 ? `No bench is called ${unknown.join(', ')}.\n\n${HELP}` : HELP,
    );
    return values.help ? 0 : 2;
  }
  const { quick } = values;
  const options = {
    rounds: quick ? 2 : Number(values.rounds),
    roundMs: quick ? 400 : Number(values.ms),
    events: quick ? 20_000 : Number(values.events),
    full: values.full,
  };
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const below = await runAll(names, options);
  for (const line of below) console.log(`below its floor: ${line}`);
  return values.check && below.length > 0 ? 1 : 0;
}

async function runAll(names: readonly string[], options: BenchOptions): Promise<string[]> {
  const context = await BenchContext.start(options);
  const below: string[] = [];
  try {
    console.log(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.version}`);
    for (const line of await context.describeServer()) console.log(line);
    for (const name of names) {
      for (const section of (await BENCHES[name]?.(context)) ?? []) {
        printSection(section, GOALS);
        const missed = section.figures.filter((figure) => !holds(figure, GOALS[figure.goal]));
        below.push(...missed.map(({ goal, ratio }) => `${goal} is ${ratio.toFixed(2)}x`));
      }
    }
  } catch (error) {
    // Said before the server goes, because connections that a failed bench left open end the process.
    console.error(error);
    process.exitCode = 1;
    throw error;
  } finally {
    await context.stop();
  }
  return below;
}

void main().then((code) => {
  process.exitCode = code;
});
