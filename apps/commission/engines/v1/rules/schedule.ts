import { type Exact, ZERO, compare, minus, plus, textOf, times, whole } from '../exact';
import type { SchedulePay, WindowLength } from '../plan';
import type { Recorder } from '../trace';
import { amountOf, invalidRule, rateOf } from './payer';
import { percentOf } from './percent';

export interface Band {
  /** Inclusive; the last band has none. */
  readonly upTo: Exact | undefined;
  readonly rate: Exact;
}

export interface Schedule {
  readonly mode: SchedulePay['mode'];
  readonly window: WindowLength;
  readonly bands: readonly Band[];
}

export function compileSchedule({ mode, measure, bands }: SchedulePay): Schedule {
  if (mode !== 'marginal' && mode !== 'cliff' && mode !== 'retroactive')
    throw invalidRule('a schedule is marginal, cliff or retroactive', { mode });
  const compiled = bands.map(({ upTo, bp }) => ({
    upTo: upTo === undefined ? undefined : whole(amountOf(upTo)),
    rate: rateOf(bp),
  }));
  for (const [i, { upTo }] of compiled.entries()) {
    const next = compiled[i + 1];
    if ((upTo === undefined) !== (next === undefined))
      throw invalidRule('every band but the last says up to where', { band: i });
    if (upTo && next?.upTo && compare(upTo, next.upTo) >= 0)
      throw invalidRule('the bands ascend', { band: i });
  }
  if (compiled.length === 0) throw invalidRule('a schedule has bands', {});
  return { mode, window: measure.window, bands: compiled };
}

/**
 * What a line is worth whose basis moved the measure from `before` to `after`, in a window that measures `final` in all. The
 * worths of all lines add up to what the schedule pays on the total.
 */
export function paySchedule(
  { mode, bands }: Schedule,
  {
    before,
    after,
    final,
  }: { readonly before: Exact; readonly after: Exact; readonly final: Exact },
  trace: Recorder,
): Exact {
  if (mode === 'marginal') return slicesBetween(bands, before, after, trace);
  const measure = mode === 'cliff' ? after : final;
  const rate = bandOf(bands, measure).rate;
  trace?.push({
    step: 'band',
    inputs: { mode, measure: textOf(measure), bands: shown(bands) },
    result: textOf(rate),
  });
  return percentOf(minus(after, before), rate, trace);
}

export const bandOf = (bands: readonly Band[], measure: Exact): Band =>
  bands.find(({ upTo }) => upTo === undefined || compare(measure, upTo) <= 0) as Band;

function slicesBetween(
  bands: readonly Band[],
  before: Exact,
  after: Exact,
  trace: Recorder,
): Exact {
  const amount = minus(slicesUpTo(bands, after), slicesUpTo(bands, before));
  trace?.push({
    step: 'marginal',
    inputs: { before: textOf(before), after: textOf(after), bands: shown(bands) },
    result: textOf(amount),
  });
  return amount;
}

/** Each slice of the measure at the rate of its band; a measure below zero mirrors the lowest one. */
export function slicesUpTo(bands: readonly Band[], measure: Exact): Exact {
  let total = ZERO;
  let from = ZERO;
  for (const { upTo, rate } of bands) {
    const isLast = upTo === undefined || compare(measure, upTo) <= 0;
    const to = isLast ? measure : upTo;
    total = plus(total, times(minus(to, from), rate));
    if (isLast) break;
    from = to;
  }
  return total;
}

const shown = (bands: readonly Band[]) =>
  bands.map(({ upTo, rate }) => ({
    upTo: upTo === undefined ? null : textOf(upTo),
    rate: textOf(rate),
  }));
