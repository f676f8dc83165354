import { type Day, dayOf, instant, instantOfMs, msOf } from '@tributary/kernel';
import { startOf } from '../plan-document';
import { type LintRule, error } from './finding';

/** The promise: what a customer paid in a month is with the partner so many days after it. */
export const DUE_DAYS = 30;
/** Of each month; it pays what was released before that day. */
export const RUN_DAY = 15;
/** Two banking days and a weekend. */
export const BANK_DAYS = 4;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether every payment of a year would be settled in time, whatever its day. */
export const holdTooLong: LintRule = ({ plan }) => {
  const months = monthsFrom(dayOf(startOf(plan), plan.timezone), plan.hold.days);
  let worst: Settling | undefined;
  for (let month = 0; month < MONTHS_OF_A_YEAR; month++)
    for (let paid = startIn(months, month); paid < startIn(months, month + 1); paid++) {
      const settling = settle(months, month, paid, plan.hold.days);
      if (settling.lateDays > 0 && (!worst || isWorse(settling, worst))) worst = settling;
    }
  if (!worst) return [];
  const { paid, settled, due, lateDays } = worst;
  const detail = `A payment of ${dayText(paid)} would be settled on ${dayText(settled)}, ${lateDays} days after it is due on ${dayText(due)}.`;
  return [error('hold_exceeds_due_days', '/hold/days', detail)];
};

const MONTHS_OF_A_YEAR = 12;
const SHORTEST_MONTH_DAYS = 28;

/** Days are counted from 1970-01-01. */
interface Settling {
  readonly paid: number;
  readonly settled: number;
  readonly due: number;
  readonly lateDays: number;
}

function settle(
  months: readonly number[],
  month: number,
  paid: number,
  holdDays: number,
): Settling {
  const due = startIn(months, month + 1) - 1 + DUE_DAYS;
  const settled = runAfter(months, paid + holdDays) + BANK_DAYS;
  return { paid, settled, due, lateDays: settled - due };
}

/** What is released on the day of a run has missed it. */
const runAfter = (months: readonly number[], released: number): number =>
  months.map((start) => start + RUN_DAY - 1).find((run) => released < run) as number;

/** The latest; of those the one that waits longest. */
const isWorse = (a: Settling, b: Settling): boolean =>
  a.lateDays !== b.lateDays ? a.lateDays > b.lateDays : a.settled - a.paid > b.settled - b.paid;

/** The first days of the months of a year, and of those in which its last payments are settled. */
function monthsFrom(first: Day, holdDays: number): number[] {
  const [year = 0, month = 0] = first.split('-').map(Number);
  const count = MONTHS_OF_A_YEAR + Math.ceil(holdDays / SHORTEST_MONTH_DAYS) + 2;
  return Array.from({ length: count }, (_, i) => {
    const months = year * 12 + month - 1 + i;
    const text = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01`;
    return msOf(instant(`${text}T00:00:00Z`)) / DAY_MS;
  });
}

const startIn = (months: readonly number[], month: number): number => months[month] as number;

const dayText = (day: number): Day => dayOf(instantOfMs(day * DAY_MS), 'UTC');
