import {
  addDays,
  CodedError,
  type Day,
  dayOf,
  type Instant,
  instant,
  instantOfMs,
  msOf,
  startOfDay,
} from '@tributary/kernel';

export const ZONE = 'America/Sao_Paulo';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Days are counted on the calendar alone; what the bank's clocks show matters only where an instant is written. */
export const shiftDay = (day: Day, by: number): Day =>
  dayOf(addDays(startOfDay(day, 'UTC'), by, 'UTC'), 'UTC');

const NOON_MS = 12 * 60 * 60 * 1000;

/** When things happen at a bank that has days but no clock. */
export const noonOf = (day: Day): Instant => instantOfMs(msOf(startOfDay(day, ZONE)) + NOON_MS);

export const daysBetween = (from: Day, until: Day): Day[] => {
  const days: Day[] = [];
  for (let day = from; day <= until; day = shiftDay(day, 1)) days.push(day);
  return days;
};

export function asDay(text: string): Day {
  if (!DAY.test(text)) throw new CodedError('invalid_day', `Not a day like 2026-04-15: ${text}`);
  return dayOf(instant(`${text}T00:00:00Z`), 'UTC');
}

/** TED and transfers wait for the next day that is no weekend and no holiday; PIX knows neither. */
export function bankingDay(day: Day, holidays: readonly Day[]): Day {
  let banking = day;
  while (isWeekend(banking) || holidays.includes(banking)) banking = shiftDay(banking, 1);
  return banking;
}

const isWeekend = (day: Day): boolean => [0, 6].includes(new Date(day).getUTCDay());
