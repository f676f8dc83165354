import type { Instant, Step } from '@tributary/kernel';

/** Of a line's own steps: what holds at `t`. */
export function atTime<V>(steps: readonly Step<V>[], t: Instant): V | undefined {
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step<V>;
    if (step.at <= t) return step.value;
  }
  return undefined;
}

/** Of terms: what was known at `t` for a sale paid at `paidAt`. */
export function forSale<V>(steps: readonly Step<V>[], t: Instant, paidAt: Instant): V | undefined {
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step<V>;
    if (step.at <= t && (step.from ?? step.at) <= paidAt) return step.value;
  }
  return undefined;
}
