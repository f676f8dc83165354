import { readArguments, type BenchArguments } from './arguments';
import { appendBench } from './benches/append';
import { asOfBench } from './benches/as-of';
import { bulkBench } from './benches/bulk';
import { creditBench } from './benches/credit';
import { creditedBench } from './benches/credited';
import { earningsBench } from './benches/earnings';
import { engineBench } from './benches/engine';
import { explainBench } from './benches/explain';
import { growthBench } from './benches/growth';
import { heldBench } from './benches/held';
import { hotBench } from './benches/hot';
import { httpBench } from './benches/http';
import { ingestionBench } from './benches/ingestion';
import { lagBench } from './benches/lag';
import { matchingBench } from './benches/matching';
import { memoryBench } from './benches/memory';
import { payoutRunBench } from './benches/payout-run';
import { projectionBench } from './benches/projection';
import { recomputeBench } from './benches/recompute';
import { relayBench } from './benches/relay';
import { replayBench } from './benches/replay';
import { replayExportBench } from './benches/replay-export';
import { startBench } from './benches/start';
import { tiersBench } from './benches/tiers';
import { verifyBench } from './benches/verify';
import { BenchContext } from './context';
import { GOALS } from './goals';
import { type Section, missed, printSection } from './report';

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<Section[]>>> = {
  append: appendBench,
  hot: hotBench,
  bulk: bulkBench,
  replay: replayBench,
  projection: projectionBench,
  lag: lagBench,
  relay: relayBench,
  growth: growthBench,
  memory: memoryBench,
  http: httpBench,
  ingestion: ingestionBench,
  credit: creditBench,
  credited: creditedBench,
  held: heldBench,
  engine: engineBench,
  earnings: earningsBench,
  recompute: recomputeBench,
  explain: explainBench,
  tiers: tiersBench,
  'payout-run': payoutRunBench,
  matching: matchingBench,
  'as-of': asOfBench,
  verify: verifyBench,
  'replay-export': replayExportBench,
  start: startBench,
};

const INTERRUPTED = 130;

const HELP = `npm run bench -- [names] [options]

Measures figures as ratios against a limit or a peer in the same run: ${Object.keys(BENCHES).join(', ')}.
Without names it runs all of them.

  --rounds N    counted rounds after one that warms up (5)
  --ms N        length of one timed load (1000)
  --events N    events of one bulk (200000)
  --full        one and ten million events where size is the question
  --quick       two short rounds, 20000 events
  --check       exit code 1 when a ratio is below its floor
  --slack S     judges against floors times S, for short rounds on a busy machine (1)
`;

/** Answers the exit code. */
export async function runBench(args: readonly string[]): Promise<number> {
  let wanted: BenchArguments;
  try {
    wanted = readArguments(args, Object.keys(BENCHES));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (wanted.help) {
    console.log(HELP);
    return 0;
  }
  const below = await runAll(wanted);
  for (const line of below) console.log(`below its floor: ${line}`);
  return wanted.check && below.length > 0 ? 1 : 0;
}

async function runAll(wanted: BenchArguments): Promise<string[]> {
  const judging = { goals: GOALS, slack: wanted.slack };
  const context = await BenchContext.start(wanted);
  // Whoever ends a long bench by hand is not left with its server.
  const end = () => void context.stop().finally(() => process.exit(INTERRUPTED));
  process.once('SIGINT', end).once('SIGTERM', end);
  const below: string[] = [];
  try {
    for (const line of await context.describe()) console.log(line);
    for (const name of wanted.names) {
      for (const section of (await BENCHES[name]?.(context)) ?? []) {
        printSection(section, judging);
        below.push(...missed(section, judging));
      }
    }
  } catch (error) {
    // Said before the server goes, because connections that a failed bench left open end the process.
    console.error(error);
    process.exitCode = 1;
    throw error;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await context.stop();
  }
  return below;
}

if (require.main === module) {
  void runBench(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
