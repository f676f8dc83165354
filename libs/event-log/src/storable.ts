import {
  CodedError,
  MAX_FINGERPRINT_LENGTH,
  assertAppendable,
  invariant,
  isUuid,
} from '@tributary/kernel';
import type { Expected, PreparedEvent } from '@tributary/kernel';

export const MAX_ENVELOPE_TEXT = 512;

// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const CONTROL = /[\u0000-\u001f]/;

/**
 * What every adapter refuses before it queues an append, so that no store is asked to hold what another could not.
 * The data were checked by `prepare`; this looks at the envelope, and at the append as a whole.
 */
export function assertStorable(expected: Expected, events: readonly PreparedEvent[]): void {
  invariant(expected === 'none' || expected >= 0n, 'an expected revision is not negative');
  assertAppendable(events);
  for (const event of events) {
    assertUuid('id', event.id);
    assertUuid('commandId', event.commandId);
    if (event.causationId !== null) assertUuid('causationId', event.causationId);
    assertText('fingerprint', event.fingerprint, MAX_FINGERPRINT_LENGTH);
    assertText('actor', event.actor);
    assertText('correlationId', event.correlationId);
    if (event.traceParent !== null) assertText('traceParent', event.traceParent);
  }
}

function assertUuid(field: string, text: string): void {
  if (!isUuid(text)) throw refused(field, 'it is not a UUID in lower case');
}

function assertText(field: string, text: string, limit = MAX_ENVELOPE_TEXT): void {
  if (text === '') throw refused(field, 'it is empty');
  if (text.length > limit) throw refused(field, `it is longer than ${limit}`);
  if (CONTROL.test(text) || !text.isWellFormed())
    throw refused(field, 'it holds control characters or lone surrogates');
}

function refused(field: string, reason: string): CodedError {
  return new CodedError('invalid_event', `Refused event, see its ${field}: ${reason}.`, {
    field,
    reason,
  });
}

/** How many events the stream must hold for the append to stand next. */
export const nextRevision = (expected: Expected): bigint =>
  expected === 'none' ? 0n : expected + 1n;

/** The other way round: what a stream of so many events is at. */
export const standingAt = (count: bigint): Expected => (count === 0n ? 'none' : count - 1n);
