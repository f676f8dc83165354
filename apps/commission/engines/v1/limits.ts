import { type RoundingMode, round } from '@tributary/kernel';
import type { CompiledLimit } from './compile';
import type { Earning } from './earning';
import {
  type Exact,
  compare,
  greaterOf,
  lesserOf,
  minus,
  plus,
  textOf,
  whole,
  ZERO,
} from './exact';

/** Floor and cap of one line. A credit that a plan gives back mirrors what it took; what has no basis has no floor. */
export function limitedPerLine(earning: Earning, amount: Exact): Exact {
  const { rule, trace, basis } = earning;
  if (rule === null || (rule.floor === null && rule.cap === null)) return amount;
  const isNegative = amount.numerator < 0n;
  const magnitude = isNegative ? negated(amount) : amount;
  let limited = magnitude;
  if (rule.floor !== null && basis.numerator > 0n) limited = greaterOf(limited, whole(rule.floor));
  if (rule.cap !== null) limited = lesserOf(limited, whole(rule.cap));
  const result = isNegative ? negated(limited) : limited;
  if (limited !== magnitude) earning.limitedBy = rule.id;
  trace?.push({
    step: 'line_limit',
    inputs: {
      amount: textOf(amount),
      basis: textOf(basis),
      floor: rule.floor === null ? null : String(rule.floor),
      cap: rule.cap === null ? null : String(rule.cap),
    },
    result: textOf(result),
  });
  return result;
}

const negated = ({ numerator, denominator }: Exact): Exact => ({
  numerator: -numerator,
  denominator,
});

/** What the limit leaves of a running total. A total of nothing has no floor, so that a full refund is zero. */
export function limitedTotal(
  total: Exact,
  { max, min }: Pick<CompiledLimit, 'max' | 'min'>,
): Exact {
  if (total.numerator <= 0n) return total;
  const raised = min === null ? total : greaterOf(total, whole(min));
  return max === null ? raised : lesserOf(raised, whole(max));
}

/**
 * In their order: each line is worth what the limited total grows by, in whole minor units. A further limit looks at those, so
 * that lines which several limits share can never round past one of them.
 */
export function applyLimit(
  limited: readonly {
    readonly earning: Earning;
    /** As the version that governs this line puts it. */
    readonly limit: Pick<CompiledLimit, 'id' | 'max' | 'min'>;
  }[],
  mode: RoundingMode,
): void {
  let total = ZERO;
  for (const { earning, limit } of limited) {
    const { amount, trace } = earning;
    const [before, after] = [limitedTotal(total, limit), limitedTotal(plus(total, amount), limit)];
    const left = whole(round(after, mode) - round(before, mode));
    trace?.push({
      step: 'limit',
      inputs: {
        id: limit.id,
        amount: textOf(amount),
        totalBefore: textOf(total),
        max: limit.max === null ? null : String(limit.max),
        min: limit.min === null ? null : String(limit.min),
        mode,
      },
      result: textOf(left),
    });
    total = plus(total, amount);
    earning.amount = left;
    earning.exact = minus(after, before);
    earning.running = null;
    if (compare(earning.exact, amount) === 0) continue;
    earning.limitedBy = limit.id;
    if (earning.exact.numerator === 0n) earning.reason = 'cap_reached';
  }
}
