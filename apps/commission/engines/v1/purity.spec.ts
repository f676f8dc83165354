import type { PlanVersion } from './plan';
import { compilePlan } from './compile';
import { due, dueOfLine, explain } from './due';
import fc from 'fast-check';
import { independentPlan, jointPlan, windowUnder } from './history.fixture';
import { keyText } from './line-due';
import { recompute } from './recompute';
import { LATE } from './window.fixture';

const touched: string[] = [];

/** Whatever is done with it while the engine runs is remembered and refused; afterwards the test runner may tidy up. */
let isArmed = false;
function poison(name: string): unknown {
  const refuse = (): void => {
    if (!isArmed) return;
    touched.push(name);
    throw new Error(`An engine must not touch ${name}.`);
  };
  return new Proxy(function poisoned() {}, {
    get: (target, property) => (refuse(), Reflect.get(target, property) as unknown),
    has: (target, property) => (refuse(), Reflect.has(target, property)),
    apply: refuse,
    construct: () => (refuse(), {}),
  });
}

const POISONED: readonly (readonly [owner: object, name: string])[] = [
  [globalThis, 'Date'],
  [globalThis, 'Intl'],
  [globalThis, 'performance'],
  [globalThis, 'crypto'],
  [globalThis, 'process'],
  [globalThis, 'setTimeout'],
  [globalThis, 'fetch'],
  [globalThis, 'parseFloat'],
  [Math, 'random'],
  [Math, 'round'],
  [Math, 'floor'],
  [Number.prototype, 'toFixed'],
  [Number.prototype, 'toLocaleString'],
  [BigInt.prototype, 'toLocaleString'],
  [String.prototype, 'localeCompare'],
  [String.prototype, 'toLocaleUpperCase'],
  [Array.prototype, 'toLocaleString'],
];

function withoutThem<T>(run: () => T): T {
  const kept = POISONED.map(
    ([owner, name]) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)] as const,
  );
  for (const [owner, name] of POISONED)
    Object.defineProperty(owner, name, { value: poison(name), configurable: true, writable: true });
  isArmed = true;
  try {
    return run();
  } finally {
    isArmed = false;
    for (const [owner, name, descriptor] of kept)
      if (descriptor) Object.defineProperty(owner, name, descriptor);
      else Reflect.deleteProperty(owner, name);
  }
}

describe('computing without a clock, a locale, floats or chance', () => {
  const windows = fc.sample(windowUnder(fc.oneof(independentPlan, jointPlan)), {
    numRuns: 25,
    seed: 1,
  });

  it('gives the same answers, and touches none of them', () => {
    const usual = windows.map((facts) => due(facts, LATE));
    // Compiled anew, because compiling is part of the computation.
    const again = windows.map(
      (facts) => JSON.parse(JSON.stringify(facts)) as (typeof windows)[number],
    );
    const poisoned = withoutThem(() =>
      again.map((facts) => {
        for (const line of facts.lines) dueOfLine(facts, line, LATE);
        const dues = due(facts, LATE);
        for (const { key } of dues) {
          const trace = explain(facts, LATE, key);
          if (trace) recompute(trace);
        }
        return dues;
      }),
    );
    expect(touched).toEqual([]);
    expect(poisoned.map(shown)).toEqual(usual.map(shown));
    expect(poisoned.flat().filter(({ rounded }) => rounded !== 0n).length).toBeGreaterThan(100);
  });

  it('would notice', () => {
    expect(() => withoutThem(() => new Date())).toThrow('must not touch Date');
    expect(() => withoutThem(() => Math.random())).toThrow('must not touch random');
    expect(() => withoutThem(() => (1).toLocaleString())).toThrow('must not touch toLocaleString');
  });

  it('changes nothing that it was given', () => {
    const [facts] = windows;
    const frozen = deepFreeze(JSON.parse(JSON.stringify(facts)) as (typeof windows)[number]);
    expect(() => due(frozen, LATE)).not.toThrow();
    const version = frozen.versions[0]?.value as PlanVersion;
    expect(compilePlan(version)).toBe(compilePlan(version));
  });
});

const shown = (dues: ReturnType<typeof due>): readonly string[] =>
  dues.map(
    ({ key, numerator, denominator, rounded, reason, hold }) =>
      `${keyText(key)} ${numerator}/${denominator} ${rounded} ${reason} ${hold?.until} ${hold?.conditions.join()}`,
  );

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
