import { CodedError, hasCode } from '@tributary/kernel';
import { sqlStateOf } from '@tributary/postgres';

/** Why something was parked, in a form that can be stored and shown. */
export interface Reason {
  readonly code: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export function reasonOf(error: unknown, fallbackCode: string): Reason {
  if (error instanceof CodedError)
    return { code: error.code, reason: error.message, facts: error.facts };
  const reason = error instanceof Error ? error.message : String(error);
  const sqlState = sqlStateOf(error);
  return { code: fallbackCode, reason, facts: sqlState === undefined ? {} : { sqlState } };
}

/** Amounts and revisions are bigint, which JSON does not know; and texts may hold what no `jsonb` takes. */
export const factsText = (facts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(facts, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
  });

/** Classes 22 and 23: the data cannot be written, whoever tries and whenever. */
export const isDataError = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error) ?? '');

/** The subscription belongs to someone else by now: what was to be committed was not. */
export const fenced = (subscription: string): CodedError =>
  new CodedError('fenced', `Another owner has taken over ${subscription}.`, { subscription });

export const isFenced = (error: unknown): boolean => hasCode(error, 'fenced');
