import type { EventLog } from '@tributary/event-log';
import { appendAll } from './benches/bulk';
import type { MemoryPeaks, MemoryTask } from './benches/memory';
import { foldFields } from './benches/replay';
import { openLog } from './context';
import { posting } from './fixtures';

const SAMPLE_MS = 10;
const WARM_UPS = 2;
const MB = 1024 * 1024;

/** The child process of the memory bench: does its task, once and tenfold, and tells how much it held at most. */
async function run({ kind, url, once }: MemoryTask): Promise<MemoryPeaks> {
  const log = await openLog(url);
  const work = kind === 'import' ? importing(log) : folding(log);
  for (let i = 0; i < WARM_UPS; i++) await work(once);
  const onceMb = await peakMbOf(() => work(once));
  const tenfoldMb = await peakMbOf(() => work(10 * once));
  await log.close();
  return { onceMb, tenfoldMb };
}

function importing(log: EventLog): (count: number) => Promise<void> {
  let next = 0;
  return async (count) => {
    const offset = next;
    next += count;
    await appendAll(log, count, offset, (_, i) => posting(i));
  };
}

const folding = (log: EventLog) => async (count: number) => {
  const sums = await foldFields(log, BigInt(count));
  if (sums.size === 0) throw new Error('Nothing was folded.');
};

async function peakMbOf(work: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  let peak = 0;
  const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(look, SAMPLE_MS);
  await work();
  clearInterval(timer);
  look();
  return peak / MB;
}

run(JSON.parse(process.argv[2] ?? '{}') as MemoryTask).then(
  (peaks) => {
    process.send?.(peaks);
    process.disconnect();
    // The pools of the database would keep the process for as long as they like.
    process.exitCode = 0;
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
