import type { Instant } from '@tributary/kernel';
import { endOf, startOf } from '../plan-document';
import {
  type Finding,
  type LintContext,
  type LintRule,
  error,
  overridable,
  warning,
} from './finding';

/** Each sale is governed by one version: what starts later ends what has no end. */
export const overlappingVersions: LintRule = ({ plan, published }) => {
  const [from, to] = [startOf(plan), endOf(plan)];
  return published.flatMap((other): Finding[] => {
    const [start, end] = [startOf(other), endOf(other)];
    if (start === from)
      return [overlap('/effective/from', `Version ${other.version} starts at ${from} too.`)];
    if (start < from)
      return end !== null && end > from
        ? [overlap('/effective/from', `Version ${other.version} holds until ${end}.`)]
        : [];
    if (to !== null && to <= start) return [];
    const detail = `Version ${other.version} starts at ${start}: say that this one ends by then.`;
    return [overlap('/effective/to', detail)];
  });
};

const overlap = (pointer: string, detail: string): Finding =>
  error('versions_overlap', pointer, detail);

/** Sales between two versions earn nothing. */
export const gapBetweenVersions: LintRule = ({ plan, published }) => {
  const [from, to] = [startOf(plan), endOf(plan)];
  const starts = published
    .map(startOf)
    .filter((start) => start > from)
    .sort();
  const before = published.filter((other) => startOf(other) < from);
  const last = before.sort((a, b) => (startOf(a) < startOf(b) ? 1 : -1))[0];
  const [ended, next] = [last && endOf(last), starts[0]];
  return [
    ...(ended && ended < from ? [gap('/effective/from', ended, from)] : []),
    ...(to !== null && next !== undefined && to < next ? [gap('/effective/to', to, next)] : []),
  ];
};

const gap = (pointer: string, from: Instant, to: Instant): Finding =>
  warning('versions_gap', pointer, `Nobody earns anything on sales paid from ${from} to ${to}.`);

export const endsBeforeItStarts: LintRule = ({ plan }) => {
  const [from, to] = [startOf(plan), endOf(plan)];
  return to !== null && to <= from
    ? [error('effective_empty', '/effective/to', 'It ends before it starts.')]
    : [];
};

/**
 * Sales of the past that nothing governed may be given a plan, by somebody who says why. Those that another version has paid are
 * restated, which needs more than that.
 */
export const retroactive: LintRule = (context) => {
  const { plan, now } = context;
  const from = startOf(plan);
  if (from >= now) return [];
  const restated = restatedBy(context);
  return restated === undefined
    ? [
        overridable(
          'retroactive',
          '/effective/from',
          `It governs sales since ${from}, before its approval.`,
        ),
      ]
    : [
        error(
          'not_available_yet',
          '/effective/from',
          `Version ${restated} has paid sales since ${from}; restating them is not available yet. Start after ${now}.`,
        ),
      ];
};

function restatedBy({ plan, published, now }: LintContext): number | undefined {
  const from = startOf(plan);
  const end = endOf(plan);
  const until = end === null || end > now ? now : end;
  const paid = published.find((other) => {
    const otherEnd = endOf(other);
    return startOf(other) < until && (otherEnd === null || otherEnd > from);
  });
  return paid?.version;
}

/** What everything that was ever posted rests on; anything else is another plan. */
const FIXED = {
  window: { code: 'window_changed', what: 'The window' },
  timezone: { code: 'zone_changed', what: 'The zone' },
  asset: { code: 'currency_changed', what: 'What it pays in' },
  programId: { code: 'programme_changed', what: 'The programme' },
} as const;

export const changedForGood: LintRule = ({ plan, published: [first] }) =>
  first === undefined
    ? []
    : (Object.keys(FIXED) as (keyof typeof FIXED)[])
        .filter((field) => plan[field] !== first[field])
        .map((field) => {
          const { code, what } = FIXED[field];
          const detail = `${what} is "${first[field]}" since version 1; anything else is a new plan.`;
          return error(code, `/${field}`, detail);
        });
