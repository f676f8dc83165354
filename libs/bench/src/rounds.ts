import { performance } from 'node:perf_hooks';

/** One timed run of one variant. */
export interface Sample {
  readonly count: number;
  readonly elapsedMs: number;
  /** Of single operations, where the figure asks for percentiles. */
  readonly latenciesMs?: readonly number[];
}

export interface Variant {
  readonly name: string;
  readonly role: 'limit' | 'peer' | 'ours';
  run(): Promise<Sample>;
}

export interface Measured {
  readonly name: string;
  readonly role: Variant['role'];
  readonly ratesPerSecond: readonly number[];
  readonly p50Ms: number | undefined;
  readonly p95PerRoundMs: readonly number[];
  readonly p99PerRoundMs: readonly number[];
  /** The same for all that ran side by side, and for nothing else. */
  readonly together: symbol;
}

export interface Alternation {
  readonly rounds: number;
  /** After every round, outside the clock: what was produced is looked at and cleared away. */
  readonly afterRound?: () => Promise<void>;
}

/**
 * Runs all variants in every round, one after the other: the machine is shared and drifts, so only what ran side by side may be
 * compared. The first round warms up and does not count.
 */
export async function alternate(
  variants: readonly Variant[],
  { rounds, afterRound }: Alternation,
): Promise<Measured[]> {
  const samples = variants.map((): Sample[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, variant] of variants.entries()) {
      const sample = await variant.run();
      if (round > 0) samples[i]?.push(sample);
    }
    await afterRound?.();
  }
  const together = Symbol('one alternation');
  return variants.map(({ name, role }, i) => ({
    name,
    role,
    together,
    ...measured(samples[i] ?? []),
  }));
}

function measured(samples: readonly Sample[]) {
  const all = samples.flatMap(({ latenciesMs = [] }) => latenciesMs);
  return {
    ratesPerSecond: samples.map(({ count, elapsedMs }) => (count / elapsedMs) * 1000),
    p50Ms: all.length > 0 ? percentile(all, 0.5) : undefined,
    p95PerRoundMs: perRound(samples, 0.95),
    p99PerRoundMs: perRound(samples, 0.99),
  };
}

const perRound = (samples: readonly Sample[], at: number): number[] =>
  samples.flatMap(({ latenciesMs }) => (latenciesMs ? [percentile(latenciesMs, at)] : []));

/** Median of the ratios of each round: the figure that survives a drifting machine. */
export function ratioOf(
  one: Measured,
  other: Measured,
  by: 'p99PerRoundMs' | 'ratesPerSecond' = 'ratesPerSecond',
): number {
  if (one.together !== other.together)
    throw new Error(`"${one.name}" and "${other.name}" did not run side by side.`);
  const ratios = one[by]
    .map((value, i) => value / (other[by][i] ?? Number.NaN))
    .filter((ratio) => Number.isFinite(ratio));
  return median(ratios);
}

/** Of an even number, between the two in the middle: with two rounds, taking the upper one would flatter every rate. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function percentile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
}

/** Times one piece of work that handles `count` things. */
export async function timed(count: number, work: () => Promise<unknown>): Promise<Sample> {
  const start = performance.now();
  await work();
  return { count, elapsedMs: performance.now() - start };
}

/** Keeps `callers` calls in flight for a while and notes how long each took. */
export async function underLoad(
  callers: number,
  forMs: number,
  call: (i: number) => Promise<unknown>,
): Promise<Sample> {
  const latenciesMs: number[] = [];
  const start = performance.now();
  let next = 0;
  const caller = async () => {
    while (performance.now() - start < forMs) {
      const before = performance.now();
      await call(next++);
      latenciesMs.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { count: latenciesMs.length, elapsedMs: performance.now() - start, latenciesMs };
}

/**
 * Begins `perSecond` calls a second whether or not earlier ones have been answered, as callers who do not know of each other do,
 * and waits for all of them.
 */
export async function openLoop(
  perSecond: number,
  forMs: number,
  call: (i: number) => Promise<unknown>,
): Promise<Sample> {
  const latenciesMs: number[] = [];
  const calls: Promise<void>[] = [];
  const begin = async (i: number) => {
    const before = performance.now();
    await call(i);
    latenciesMs.push(performance.now() - before);
  };
  const start = performance.now();
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = performance.now() - start) {
    const due = Math.ceil((elapsedMs / 1000) * perSecond);
    while (calls.length < due) calls.push(begin(calls.length));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(calls);
  return { count: calls.length, elapsedMs: performance.now() - start, latenciesMs };
}
