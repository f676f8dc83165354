const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** W3C Trace Context. What is malformed is dropped, as the recommendation asks, never repaired. */
export function traceParentOf(header: unknown): string | null {
  if (typeof header !== 'string' || header.length > 200) return null;
  const [, version, traceId = '', parentId = '', flags = '', rest] =
    TRACE_PARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined))
    return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return null;
  return `${version}-${traceId}-${parentId}-${flags}`;
}

const CORRELATION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The caller's, if it can stand in a header, a log line and an event without care. */
export const correlationIdOf = (header: unknown): string | undefined =>
  typeof header === 'string' && CORRELATION_ID.test(header) ? header : undefined;
