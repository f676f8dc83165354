import { CodedError, hasCode } from '@tributary/kernel';
import { isUnavailable } from '@tributary/postgres';

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

/** Amounts and revisions are bigint, which JSON does not know. */
export const factsText = (facts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).replaceAll('\\u0000', '');

export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Classes 22 and 23: the data cannot be written, whoever tries and whenever. */
export const isDataError = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error) ?? '');

/** Serialisation, deadlock, lock timeout, cancelled by an administrator: worth another try as well. */
const PASSING = ['40001', '40P01', '55P03', '57014'];

/** Whether the same thing may succeed later although nobody changed anything. */
export const isOperational = (error: unknown): boolean =>
  isUnavailable(error) || PASSING.includes(sqlStateOf(error) ?? '');

/** The subscription belongs to someone else by now: what was to be committed was not. */
export const fenced = (subscription: string): CodedError =>
  new CodedError('fenced', `Another owner has taken over ${subscription}.`, { subscription });

export const isFenced = (error: unknown): boolean => hasCode(error, 'fenced');
