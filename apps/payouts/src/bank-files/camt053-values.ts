import { type Day, dayOf, instantOfMs } from '@tributary/kernel';
import { type Xml, textAt } from './xml';

export const currencyOfAmount = (amount: unknown): string =>
  textAt({ amount }, 'amount', '@Ccy') ?? '';

/** Of `Dt` or `DtTm`: a moment belongs to the day that it is in the zone of the account. */
export function dayAt(choice: Xml | undefined, zone: string): Day | null {
  const text = textAt(choice, 'Dt') ?? textAt(choice, 'DtTm');
  return text === null ? null : dayOfText(text, zone);
}

export function dayOfText(text: string, zone: string): Day | null {
  const day = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?$/.exec(text);
  if (day === null || Number.isNaN(Date.parse(`${day[1] ?? ''}T00:00:00Z`))) return null;
  const hasOffset = /T.*(?:Z|[+-][0-9]{2}:?[0-9]{2})$/.test(text);
  if (!hasOffset) return day[1] ?? null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? (day[1] ?? null) : dayOf(instantOfMs(ms), zone);
}
