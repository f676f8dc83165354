import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ChildProgram } from '../child-program';
import type { BenchContext } from '../context';
import type { Section } from '../report';

const SCRIPT = resolve(__dirname, '..', '..', '..', 'tooling', 'start.mjs');
const READY = /^Tributary runs at (\S+)/;
const IDLE_MS = 5_000;

/** `npm start` as a newcomer meets it: the first time into an empty directory, and the second time. */
export async function startBench(context: BenchContext): Promise<Section[]> {
  const first = await startOnce(context);
  await first.program.stop();
  const second = await startOnce(context);
  await new Promise((resume) => setTimeout(resume, IDLE_MS));
  const residentMb = second.program.residentMb();
  await second.program.stop();
  const notes = [
    `first start into an empty directory, all built: ${(first.tookMs / 1000).toFixed(2)} s`,
    `second start: ${(second.tookMs / 1000).toFixed(2)} s`,
    `the idle process holds ${residentMb === undefined ? 'an unknown size' : `${residentMb.toFixed(0)} MB`}, PostgreSQL not included`,
  ];
  return [{ title: 'npm start', measured: [], figures: [], notes }];
}

async function startOnce(context: BenchContext) {
  const directory = join(context.directory, 'standalone');
  const startedMs = performance.now();
  const program = await ChildProgram.start(
    [SCRIPT, '--empty', '--port', '0', '--data-dir', directory],
    READY,
  );
  return { program, tookMs: performance.now() - startedMs };
}
