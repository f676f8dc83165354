import type { Limit, WindowLength } from '../../../../engines/v1/plan';
import { type Finding, type LintRule, error, rulesAtWork } from './finding';

const MONTHS: Readonly<Record<WindowLength, number>> = {
  calendar_month: 1,
  calendar_quarter: 3,
  calendar_year: 12,
};

/** Totals live in the windows of a plan, so none of them can be longer. */
export const windowTooShort: LintRule = ({ plan }) => {
  const asked = [
    ...rulesAtWork(plan).flatMap(({ rule: { pay }, pointer }) => {
      if (pay.kind === 'schedule')
        return [{ window: pay.measure.window, pointer: `${pointer}/pay/measure/window` }];
      return 'once' in pay ? [{ window: pay.once, pointer: `${pointer}/pay/once` }] : [];
    }),
    ...(plan.limits ?? []).map(({ window }, i) => ({ window, pointer: `/limits/${i}/window` })),
  ];
  return asked
    .filter(({ window }) => MONTHS[window] > MONTHS[plan.window])
    .map(({ window, pointer }) =>
      error(
        'window_too_short',
        pointer,
        `A ${window} does not fit into the window of the plan, a ${plan.window}.`,
      ),
    );
};

/** A bound that is always broken by another one. */
export const capBelowGuarantee: LintRule = ({ plan }) => [
  ...rulesAtWork(plan).flatMap(({ rule: { line }, pointer }) =>
    line?.floor !== undefined && line.cap !== undefined && BigInt(line.cap) < BigInt(line.floor)
      ? [tooLow(`${pointer}/line/cap`, line.cap, line.floor)]
      : [],
  ),
  ...(plan.limits ?? []).flatMap((guarantee, at, limits) =>
    limits.flatMap((cap, i) =>
      crossing(cap, guarantee, `/limits/${cap === guarantee ? at : i}/max`),
    ),
  ),
];

function crossing(cap: Limit, guarantee: Limit, pointer: string): Finding[] {
  if (cap.max === undefined || guarantee.min === undefined) return [];
  const isOfTheSame =
    cap.rules === undefined || guarantee.rules?.every((id) => cap.rules?.includes(id));
  if (isOfTheSame !== true) return [];
  // Twelve months of a monthly cap bound a year, and twelve monthly guarantees fill it.
  const scale = BigInt(MONTHS.calendar_year);
  const perYear = (amount: string, window: WindowLength) =>
    (BigInt(amount) * scale) / BigInt(MONTHS[window]);
  return perYear(cap.max, cap.window) < perYear(guarantee.min, guarantee.window)
    ? [tooLow(pointer, cap.max, guarantee.min)]
    : [];
}

const tooLow = (pointer: string, cap: string, guarantee: string): Finding =>
  error(
    'cap_below_guarantee',
    pointer,
    `The cap of ${cap} is below the ${guarantee} that are guaranteed.`,
  );
