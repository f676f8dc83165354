import { isNativeError } from 'node:util/types';

import { hasCode, unavailable } from '@tributary/kernel';

const NETWORK = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * SQLSTATE 08 connection, 53 resources (disk full, memory, too many connections), 57P0x shutdown and recovery, 58030 and
 * 58P0x input and output of the server, 25006 a standby that has not been promoted.
 */
const SQLSTATE = /^(?:08...|53...|57P0[1-5]|58030|58P0.|25006)$/;

/** `pg` gives these no code. */
const WITHOUT_CODE =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Whether the database could not do it now, though it may later: answer 503 and try again, rather than blame the caller. */
export function isUnavailable(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const { code, cause, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (code === 'unavailable') return true;
  if (typeof code === 'string' && (NETWORK.has(code) || SQLSTATE.test(code))) return true;
  return WITHOUT_CODE.test(error.message) || isUnavailable(cause) || isUnavailable(driverError);
}

/** Serialisation, deadlock, a lock that was not given, a statement that was cancelled: nobody has to change anything for the next try. */
const PASSING = /^(?:40001|40P01|55P03|57014)$/;

export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the same thing may succeed later although nobody changed anything. The driver's own timeout has no code. */
export const isPassing = (error: unknown): boolean =>
  isUnavailable(error) ||
  PASSING.test(sqlStateOf(error) ?? '') ||
  (error instanceof Error && error.message === 'Query read timeout');

/** The same error, or `unavailable` with it as the cause. Who has said so already may mean something else than the database. */
export const orUnavailable = (error: unknown): unknown =>
  isUnavailable(error) && !hasCode(error, 'unavailable') ? unavailable('PostgreSQL', error) : error;
