import { isUtf8 } from 'node:buffer';
import { FACT_RETRACTED } from '@tributary/contracts';
import type { IncomingMessage } from '@tributary/feeds';
import type { JsonObject } from '@tributary/kernel';
import { type FieldError, readJson, refusalOf } from '@tributary/platform';

/** Why a message was not taken. What is kept of it is what everybody may see. */
export interface RefusedFact {
  readonly code: string;
  readonly errors?: readonly FieldError[];
}

/** A value stands beside a refusal where the message could be read, so that the refusal can say which fact it was. */
export type ReadMessage =
  { readonly value: unknown } | { readonly refused: RefusedFact; readonly value?: unknown };

/** As much as a line of a backfill, which is more than the log takes of any event. */
export const MAX_MESSAGE_BYTES = 128 * 1024;
const STRUCTURED = ['application/cloudevents+json', 'application/json'];

/** One CloudEvent in structured mode, which is what POST /v1/events takes as a body, from a topic that may speak for these sources. */
export function readMessage(
  { value, headers = {} }: Pick<IncomingMessage, 'headers' | 'value'>,
  sources: readonly string[] | undefined,
): ReadMessage {
  const mode = modeRefused(headers);
  if (mode !== undefined) return refused(mode);
  if (value === null || value.length === 0) return refused('message_empty');
  if (value.length > MAX_MESSAGE_BYTES) return refused('message_too_large');
  // Decoding would put a replacement where bytes are no text, and the fact would no longer be what was sent.
  if (!isUtf8(value)) return refused('malformed_json');
  let read: unknown;
  try {
    read = readJson(value.toString('utf8'));
  } catch (error) {
    const { status, code, more } = refusalOf(error);
    if (status >= 500) throw error;
    return { refused: { code, ...(more.errors && { errors: more.errors }) } };
  }
  const foreign = sources === undefined ? [] : foreignSources(read, sources);
  return foreign.length === 0
    ? { value: read }
    : { value: read, refused: { code: 'source_not_yours', errors: foreign } };
}

const refused = (code: string): ReadMessage => ({ refused: { code } });

/** In binary mode the attributes are headers, so that the value alone would be half a fact. */
function modeRefused(headers: Readonly<Record<string, string>>): string | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === STRUCTURED[0]) return undefined;
  if (Object.keys(headers).some((name) => name.startsWith('ce_'))) return 'binary_mode';
  return type === undefined || STRUCTURED.includes(type) ? undefined : 'unsupported_media_type';
}

/** A fact speaks for its own source, and for that of the fact which it takes back or replaces. */
function foreignSources(event: unknown, sources: readonly string[]): FieldError[] {
  const data = member(event, 'data');
  const spokenFor = [
    ['/source', member(event, 'source')],
    ['/data/supersedes/source', member(member(data, 'supersedes'), 'source')],
    ...(member(event, 'type') === FACT_RETRACTED
      ? [['/data/source', member(data, 'source')] as const]
      : []),
  ] as const;
  return spokenFor.flatMap(([pointer, source]) => {
    // What is no text is for the schema to refuse.
    if (typeof source !== 'string' || isListed(source, sources)) return [];
    const detail = 'This topic may not speak for this source.';
    return [{ pointer, code: 'source_not_yours', detail }];
  });
}

const isListed = (source: string, sources: readonly string[]): boolean =>
  sources.some((one) =>
    one.endsWith('/*') ? source.startsWith(one.slice(0, -1)) : source === one,
  );

const MOST_ERRORS = 20;
const IDENTITY = { source: /^[\x21-\x7e]{1,300}$/, id: /^[\x20-\x7e]{1,200}$/ } as const;
/** A name of ours or the place in a list. A sender may have written anything else, and be it a person's name, where a field stands. */
const STEP = /^(?:[A-Za-z][A-Za-z0-9]{0,40}|[0-9]{1,3})$/;

/** What is kept of a message that was refused: which fact it would have been, and where the mistake is. Nothing that is personal. */
export function keptOf(value: unknown, errors: readonly FieldError[] = []): JsonObject {
  const source = member(value, 'source');
  const id = member(value, 'id');
  const kept = errors.slice(0, MOST_ERRORS).map(({ pointer, code }) => ({
    ...(pointer !== undefined && { pointer: withoutNames(pointer, code) }),
    code,
  }));
  return {
    ...(typeof source === 'string' && IDENTITY.source.test(source) && { source }),
    ...(typeof id === 'string' && IDENTITY.id.test(id) && { id }),
    ...(kept.length > 0 && { errors: kept }),
  };
}

function withoutNames(pointer: string, code: string): string {
  const steps = pointer.split('/').map((step, i) => (i === 0 || STEP.test(step) ? step : '*'));
  // Who invented the last step is the sender.
  if (code === 'unknown_field' || code === 'duplicate_key') steps[steps.length - 1] = '*';
  return steps.join('/');
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
