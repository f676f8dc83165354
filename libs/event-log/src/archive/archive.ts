import {
  CodedError,
  type Instant,
  type JsonObject,
  type Recorded,
  type StreamName,
  type Uuid,
  contentText,
  isInstant,
  leafText,
  parseStreamName,
  sha256Hex,
  tenantOf,
} from '@tributary/kernel';

/**
 * A log as lines of JSON. Content and leaf of an event stand there as the very texts that were hashed, so that whoever checks
 * needs SHA-256 and no canonical JSON of their own.
 */
export interface ArchiveHeader {
  readonly archive: 'tributary-log@1';
  /** Null where only some tenants, or streams, were exported: then indexes have gaps. */
  readonly tenant: string | null;
}

export interface ArchiveFooter {
  readonly events: number;
  /** Leaves of the whole log up to the last event here. */
  readonly size: number;
  /** SHA-256 over all lines before this one, each with its newline. */
  readonly sha256: string;
}

export interface ArchivedEvent {
  /** Of its leaf: dense and the same on every adapter, which positions are not. */
  readonly index: number;
  readonly event: Recorded;
}

interface Line {
  readonly index: number;
  readonly position: string;
  readonly leaf: string;
  readonly content: string;
  readonly correlationId: string;
  readonly fingerprint: string;
  readonly traceParent: string | null;
}

interface Content {
  readonly actor: string;
  readonly causationId: Uuid | null;
  readonly commandId: Uuid;
  readonly commandIndex: number;
  readonly data: JsonObject;
  readonly occurredAt: Instant;
  readonly schemaVersion: number;
  readonly type: string;
}

interface Leaf {
  readonly contentHash: string;
  readonly id: Uuid;
  readonly recordedAt: Instant;
  readonly revision: string;
  readonly stream: string;
}

export const ARCHIVE: ArchiveHeader['archive'] = 'tributary-log@1';

/** `dataText`: the canonical JSON of the data, where it is at hand. */
export function archiveLine({ index, event }: ArchivedEvent, dataText: string): string {
  const line: Line = {
    index,
    position: String(event.position),
    leaf: leafText(event),
    content: contentText(event, dataText),
    correlationId: event.correlationId,
    fingerprint: event.fingerprint,
    traceParent: event.traceParent,
  };
  return JSON.stringify(line);
}

/** What is said here was hashed as it stands; a line whose texts do not fit one another is refused, and says how. */
export function readArchiveLine(text: string, lineNumber: number): ArchivedEvent {
  const refuse = (why: string) =>
    new CodedError('archive_broken', `Line ${lineNumber}: ${why}.`, { line: lineNumber, why });
  const line = parsed<Line>(text) ?? fail(refuse('it is no JSON object'));
  const content = parsed<Content>(line.content) ?? fail(refuse('its content is no JSON object'));
  const leaf = parsed<Leaf>(line.leaf) ?? fail(refuse('its leaf is no JSON object'));
  const hash = sha256Hex(line.content);
  if (hash !== leaf.contentHash) {
    throw refuse(`its content hashes to ${hash}, its leaf says ${leaf.contentHash}`);
  }
  if (!Number.isSafeInteger(line.index) || line.index < 0) throw refuse('its index is no count');
  if (!isInstant(leaf.recordedAt)) throw refuse('its time is no instant');
  const stream = streamOf(leaf.stream) ?? fail(refuse('its stream has no valid name'));
  const event: Recorded = {
    ...content,
    id: leaf.id,
    stream,
    revision: wholeOf(leaf.revision) ?? fail(refuse('its revision is no number')),
    position: wholeOf(line.position) ?? fail(refuse('its position is no number')),
    tenant: tenantOf(stream),
    recordedAt: leaf.recordedAt,
    contentHash: leaf.contentHash,
    correlationId: line.correlationId,
    fingerprint: line.fingerprint,
    traceParent: line.traceParent,
  };
  if (leafText(event) !== line.leaf) throw refuse('its leaf is not in canonical form');
  return { index: line.index, event };
}

const WHOLE = /^(?:0|[1-9][0-9]*)$/;

const wholeOf = (text: unknown): bigint | undefined =>
  typeof text === 'string' && WHOLE.test(text) ? BigInt(text) : undefined;

function streamOf(text: string): StreamName | undefined {
  try {
    return parseStreamName(text);
  } catch {
    return undefined;
  }
}

function parsed<T extends object>(text: unknown): T | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as T)
      : undefined;
  } catch {
    return undefined;
  }
}

function fail(error: Error): never {
  throw error;
}
