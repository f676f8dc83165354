import { instant } from '@tributary/kernel';
import type { Fault } from './fact-type';

/** A period may be empty, and never ends before it starts. */
export function periodFaults(
  path: Fault['path'],
  periodStart: string,
  periodEnd: string,
): readonly Fault[] {
  if (periodStart <= periodEnd && sameForm(periodStart, periodEnd)) return NONE;
  if (instant(periodStart) <= instant(periodEnd)) return NONE;
  const detail = 'The period ends before it starts.';
  return [{ path: [...path, 'periodEnd'], code: 'ends_before_start', detail }];
}

const NONE: readonly Fault[] = [];

/** Written alike, text order is time order, which spares two readings of a date for each line. */
const sameForm = (a: string, b: string): boolean =>
  a.length === b.length && a[10] === b[10] && a.slice(19) === b.slice(19);
