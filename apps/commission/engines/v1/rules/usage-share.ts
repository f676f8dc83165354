import type { Condition } from '../conditions';

/** A usage report is a line of its meter, whose net is the revenue attributed to it; the share itself is a percentage. */
export const onMeter = (meter: string, { holds, specificity, fields }: Condition): Condition => ({
  holds: (s) => s.line?.usage?.meter === meter && holds(s),
  specificity: specificity + 1,
  fields: [...new Set([...fields, 'line.meter'])],
});
