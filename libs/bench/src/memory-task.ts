import type { EventLog, Fields } from '@tributary/event-log';
import { appendAll } from './benches/bulk';
import type { MemoryPeaks, MemoryTask } from './benches/memory';
import { openLog } from './context';
import { posting } from './fixtures';

const SAMPLE_MS = 10;
const WARM_UPS = 2;
const MB = 1024 * 1024;
const FIELDS: Fields = { CommissionPosted: ['partnerId', 'period', 'amount'] };

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
  const sums = new Map<string, number>();
  for await (const rows of log.readFields(0n, FIELDS, BigInt(count)))
    for (const { values } of rows) {
      const key = `${values[0]}/${values[1]}`;
      sums.set(key, (sums.get(key) ?? 0) + Number(values[2]));
    }
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
