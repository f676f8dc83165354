import { msOf } from '@tributary/kernel';
import type { PreparedEvent, StreamName } from '@tributary/kernel';
import { SEPARATOR } from './migrations';
import type { Pending } from './pending';
import { rawQuery } from './stored-events';

export interface AppendCall {
  readonly query: ReturnType<typeof rawQuery>;
  /** The streams in the order in which the server counts the bad ones, from 1. */
  readonly streams: readonly StreamName[];
  readonly events: number;
}

/** The call that writes these appends; appends of one stream are consecutive in what they expect. */
export function appendCall(lines: readonly Pending[]): AppendCall {
  const [first] = lines;
  const [event] = first?.events ?? [];
  if (lines.length === 1 && first?.events.length === 1 && event) return callForOne(first, event);
  return callForBatch(lines);
}

const ONE = `select base, bad from append_one(${parameters(16)})`;

function callForOne({ stream, next, recordedAtMs }: Pending, event: PreparedEvent): AppendCall {
  const values = [
    stream,
    String(next),
    event.id,
    event.type,
    event.schemaVersion,
    msOf(event.occurredAt),
    recordedAtMs,
    event.commandId,
    event.commandIndex,
    event.fingerprint,
    event.actor,
    event.causationId,
    event.correlationId,
    event.traceParent,
    event.contentHash,
    event.dataText,
  ];
  return { query: rawQuery('append_one', ONE, values), streams: [stream], events: 1 };
}

const BATCH = `select base, bad from append_batch(${parameters(18)})`;

interface Line {
  readonly event: PreparedEvent;
  readonly stream: StreamName;
  readonly revision: number;
  readonly recordedAtMs: number;
}

/**
 * Array literals for what has a fixed form; for the rest one text with separators, which the server takes apart twice as
 * fast as it reads an array with quotes.
 */
function callForBatch(appends: readonly Pending[]): AppendCall {
  const nexts = new Map<StreamName, bigint>();
  const lines: Line[] = [];
  for (const { stream, next, events, recordedAtMs } of appends) {
    if (!nexts.has(stream)) nexts.set(stream, next);
    let revision = Number(next);
    for (const event of events) lines.push({ event, stream, revision: revision++, recordedAtMs });
  }
  const texts = (of: (line: Line) => string): string => lines.map(of).join(SEPARATOR);
  const array = (of: (line: Line) => string | number): string => `{${lines.map(of).join(',')}}`;
  const streams = [...nexts.keys()];
  const values = [
    streams.join(SEPARATOR),
    `{${[...nexts.values()].join(',')}}`,
    texts(({ stream }) => stream),
    array(({ revision }) => revision),
    array(({ event }) => event.id),
    texts(({ event }) => event.type),
    array(({ event }) => event.schemaVersion),
    array(({ event }) => msOf(event.occurredAt)),
    array(({ recordedAtMs }) => recordedAtMs),
    array(({ event }) => event.commandId),
    array(({ event }) => event.commandIndex),
    texts(({ event }) => event.fingerprint),
    texts(({ event }) => event.actor),
    array(({ event }) => event.causationId ?? 'NULL'),
    texts(({ event }) => event.correlationId),
    texts(({ event }) => event.traceParent ?? ''),
    texts(({ event }) => event.contentHash),
    texts(({ event }) => event.dataText),
  ];
  return { query: rawQuery('append_batch', BATCH, values), streams, events: lines.length };
}

function parameters(count: number): string {
  return Array.from({ length: count }, (_, i) => `$${i + 1}`).join(', ');
}
