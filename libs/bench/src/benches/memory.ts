import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BenchContext } from '../context';
import type { Section } from '../report';

const MAX_MB = 300;
/** V8 lets a heap grow to its first limit before it looks for garbage: with less, that would be all that is measured. */
const ENOUGH_FOR_A_COLLECTION = 60_000;
const MOST = 300_000;
const LIMIT_MS = 3_600_000;

export interface MemoryTask {
  readonly kind: 'fold' | 'import';
  readonly url: string;
  readonly once: number;
}

export interface MemoryPeaks {
  readonly onceMb: number;
  readonly tenfoldMb: number;
}

/** Whether memory grows with the input. Each task has a process of its own, so that no other one's rubbish is counted. */
export async function memoryBench(context: BenchContext): Promise<Section[]> {
  const once = Math.min(MOST, Math.max(ENOUGH_FOR_A_COLLECTION, context.events));
  const url = await context.freshDatabase();
  // The import leaves behind what the fold reads.
  const imported = await peaksOf({ kind: 'import', url, once });
  const folded = await peaksOf({ kind: 'fold', url, once });
  return [
    {
      title: `memory, ${once} events and ten times as many`,
      measured: [],
      figures: [figureOf('import', imported), figureOf('fold', folded)],
      notes: [noteOf('import', imported), noteOf('fold', folded)],
    },
  ];
}

const figureOf = (kind: string, { onceMb, tenfoldMb }: MemoryPeaks) => ({
  goal: `P15 ${kind}`,
  what: `peak memory of ten times the ${kind}`,
  ratio: tenfoldMb / onceMb,
});

function noteOf(kind: string, { onceMb, tenfoldMb }: MemoryPeaks): string {
  const verdict = tenfoldMb <= MAX_MB ? 'within' : 'ABOVE';
  return `${kind}: ${onceMb.toFixed(0)} MB, then ${tenfoldMb.toFixed(0)} MB, ${verdict} ${MAX_MB} MB`;
}

function peaksOf(task: MemoryTask): Promise<MemoryPeaks> {
  const child = fork(join(__dirname, '..', 'memory-task.js'), [JSON.stringify(task)], {
    execArgv: [...process.execArgv, '--expose-gc'],
    timeout: LIMIT_MS,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (peaks) => resolve(peaks as MemoryPeaks));
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Measuring the memory of ${task.kind} ended with ${code}.`));
    });
  });
}
