/** What a clock in the zone shows, as text that sorts: `2026-03-31T23:59:59.999`. */
export function clock(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(at));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const date = `${of('year')}-${of('month')}-${of('day')}`;
  return `${date}T${of('hour')}:${of('minute')}:${of('second')}${at.slice(-5, -1)}`;
}

/** The month, quarter or year of the zone in which something was paid. */
export function periodOf(at: string, zone: string, length: string): string {
  const [year = '', month = ''] = clock(at, zone).split('-');
  if (length === 'calendar_year') return year;
  return length === 'calendar_month'
    ? `${year}-${month}`
    : `${year}-q${Math.ceil(Number(month) / 3)}`;
}

/** The same day of the month and time of day, `months` later; the last day where the month is too short. */
export function anniversary(at: string, zone: string, months: number): string {
  const [year = 0, month = 0, day = 0] = clock(at, zone).slice(0, 10).split('-').map(Number);
  const count = year * 12 + (month - 1) + months;
  const [thenYear, thenMonth] = [Math.floor(count / 12), (count % 12) + 1];
  const lastDay = new Date(Date.UTC(thenYear, thenMonth, 0)).getUTCDate();
  const two = (n: number) => String(n).padStart(2, '0');
  return `${thenYear}-${two(thenMonth)}-${two(Math.min(day, lastDay))}${clock(at, zone).slice(10)}`;
}
