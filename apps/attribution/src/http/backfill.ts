import { problemOf, readJson, refusalOf, toJson, tokenOf } from '@tributary/platform';
import type { UpstreamEvent } from '@tributary/contracts';
import type { Ingested, Ingestion, Sender } from '../application/ingestion';
import { type Line, linesOf } from './json-lines';
import { type Refused, invalidItem, isRefused, refusedItem, unreadableItem } from './item-answer';
import { checkUpstreamEvent } from './upstream-check';

const LINES_PER_BATCH = 2_000;
/** Of two, one waits for the vault while the other is worked on; a third would bring no more. */
const BATCHES_AHEAD = 2;

interface Summary {
  accepted: number;
  future_dated: number;
  erased: number;
  duplicate: number;
  conflict: number;
  refused: number;
  /** Of the last fact that was stored; queries can wait for it. */
  position: bigint;
}

interface Told {
  readonly line: number;
  readonly answer: Ingested | Refused;
}

/**
 * Facts as NDJSON, as many as there are. The answer is NDJSON too: a line for each one that was not simply accepted, and a summary
 * at the end. A stream that breaks off may be sent again from its beginning.
 */
export async function* backfill(
  chunks: AsyncIterable<Uint8Array>,
  ingestion: Ingestion,
  sender: Sender,
  { instance, service }: { readonly instance: string; readonly service: string },
): AsyncGenerator<string> {
  const summary: Summary = {
    accepted: 0,
    future_dated: 0,
    erased: 0,
    duplicate: 0,
    conflict: 0,
    refused: 0,
    position: 0n,
  };
  const inFlight: Promise<Told[]>[] = [];
  try {
    for await (const lines of linesOf(chunks, LINES_PER_BATCH)) {
      // One batch is stored while the next ones are read, checked and prepared.
      const batch = prepared(lines, ingestion, sender, instance);
      const before = inFlight.at(-1) ?? Promise.resolve();
      const next = before.then(() => stored(batch, ingestion, instance));
      next.catch(ignoredUntilAwaited);
      inFlight.push(next);
      if (inFlight.length > BATCHES_AHEAD)
        yield* linesAbout((await inFlight.shift()) as Told[], summary);
    }
    for (const batch of inFlight) yield* linesAbout(await batch, summary);
    yield `${toJson({ complete: true, ...summary, token: tokenOf(service, summary.position) })}\n`;
  } catch (error) {
    const problem = problemOf(refusalOf(error), instance);
    yield `${toJson({ complete: false, ...summary, problem })}\n`;
  }
}

/** The loop awaits the same promise one turn later and reports there. */
const ignoredUntilAwaited = (): undefined => undefined;

interface Batch {
  readonly told: Told[];
  /** Of the lines that may be stored, in the same order. */
  readonly numbers: readonly number[];
  readonly facts: ReturnType<Ingestion['prepare']>;
}

function prepared(
  lines: readonly Line[],
  ingestion: Ingestion,
  sender: Sender,
  instance: string,
): Batch {
  const told: Told[] = [];
  const events: UpstreamEvent[] = [];
  const numbers: number[] = [];
  for (const { number, text } of lines) {
    const checked = checkedLine(text, instance);
    if ('refused' in checked) {
      told.push({ line: number, answer: checked.refused });
      continue;
    }
    events.push(checked.event);
    numbers.push(number);
  }
  const facts = ingestion.prepare(events, sender);
  facts.catch(ignoredUntilAwaited);
  return { told, numbers, facts };
}

async function stored(
  { told, numbers, facts }: Batch,
  ingestion: Ingestion,
  instance: string,
): Promise<Told[]> {
  const outcomes = await ingestion.store(await facts);
  for (const [i, outcome] of outcomes.entries()) {
    const line = numbers[i] as number;
    const answer =
      outcome.status === 'fulfilled' ? outcome.value : refusedItem(outcome.reason, instance);
    told.push({ line, answer });
  }
  return told.sort((a, b) => a.line - b.line);
}

function checkedLine(
  text: Line['text'],
  instance: string,
): { readonly event: UpstreamEvent } | { readonly refused: Refused } {
  if (typeof text !== 'string') return { refused: unreadable(text.unreadable, instance) };
  let value: unknown;
  try {
    value = readJson(text);
  } catch (error) {
    return { refused: refusedItem(error, instance) };
  }
  const checked = checkUpstreamEvent(value);
  return 'errors' in checked
    ? { refused: invalidItem(checked.errors, instance) }
    : { event: checked.valid };
}

const unreadable = (why: 'not_utf8' | 'too_long', instance: string): Refused =>
  why === 'too_long'
    ? unreadableItem('line_too_long', 'The line is longer than any event may be.', instance)
    : unreadableItem('malformed_json', 'The line is not UTF-8.', instance);

function* linesAbout(told: readonly Told[], summary: Summary): Generator<string> {
  for (const { line, answer } of told) {
    if (isRefused(answer)) {
      summary.refused += 1;
      yield `${toJson({ line, ...answer })}\n`;
      continue;
    }
    summary[answer.outcome] += 1;
    if (answer.position > summary.position) summary.position = answer.position;
    if (answer.outcome !== 'accepted') yield `${toJson({ line, ...answer })}\n`;
  }
}
