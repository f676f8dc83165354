import { type Pool, escapeLiteral } from 'pg';
import { type EnvelopeField, assertFields, isEnvelopeField } from '../fields';
import { EVERY_TYPE, type FieldRow, type Fields, type Position } from '../port';
import { oneAhead } from './one-ahead';
import { copiedValues } from './reader-copy';
import { spareConnection } from './spare-connection';
import { momentReader, wholeOf } from './stored-events';

/** One statement holds one snapshot; a stretch keeps it short however long the log is, and is what may be read ahead. */
const STRETCH = 30_000n;

const ENVELOPE_SQL: Record<EnvelopeField, string> = {
  $id: 'id::text',
  $stream: 'stream',
  $tenant: `split_part(split_part(stream, '-', 2), '.', 1)`,
  $revision: 'revision::text',
  $logPosition: 'position::text',
  $occurredAt: 'occurred_at::text',
  $recordedAt: 'recorded_at::text',
  $actor: 'actor',
  $commandId: 'command_id::text',
  $causationId: 'causation_id::text',
  $correlationId: 'correlation_id',
};

interface Reading {
  readonly after: Position;
  readonly fields: Fields;
  readonly through: Position | undefined;
}

/** How much is read at once, and when the next stretch is read beside it. */
interface Pace {
  readonly stretch: bigint;
  readonly hasRoom: () => boolean;
}

/** The server takes the fields out and sends only them: five times faster than parsing whole events here. */
export async function* readFields(
  pool: Pool,
  head: () => Promise<Position>,
  { after, fields, through }: Reading,
  { stretch, hasRoom }: Pace = { stretch: STRETCH, hasRoom: spareConnection(pool) },
): AsyncGenerator<readonly FieldRow[], void, undefined> {
  assertFields(fields);
  const types = Object.keys(fields);
  const select = selectOf(fields);
  const decode = decoderOf(fields);
  let end = through ?? (await head());
  for (let from = after; types.length > 0 && from < end;) {
    const readings = stretches(
      from,
      end,
      stretch,
      (first, last) => () =>
        copiedValues(
          pool,
          `${select} and position > ${first} and position <= ${last} order by event.position`,
        ),
    );
    for await (const values of oneAhead(readings, hasRoom)) yield decode(values);
    from = end;
    if (through === undefined) end = await head();
  }
}

function* stretches<T>(
  after: Position,
  end: Position,
  stretch: bigint,
  read: (from: Position, to: Position) => T,
): Generator<T, void, undefined> {
  for (let from = after; from < end; from += stretch)
    yield read(from, from + stretch < end ? from + stretch : end);
}

function selectOf(fields: Fields): string {
  const { [EVERY_TYPE]: ofEvery, ...named } = fields;
  const wanted = ofEvery ? 'true' : `type in (${Object.keys(named).map(escapeLiteral).join(', ')})`;
  const columns = Array.from({ length: widestOf(fields) }, (_, i) => columnOf(fields, i));
  return `select ${[...columns, 'type', 'position'].join(', ')} from event where ${wanted}`;
}

const widestOf = (fields: Fields): number =>
  Math.max(0, ...Object.values(fields).map((paths) => paths.length));

function columnOf(fields: Fields, i: number): string {
  const expressions = Object.entries(fields).map(
    ([type, paths]) => [type, expressionOf(paths[i])] as const,
  );
  const [only] = new Set(expressions.map(([, expression]) => expression));
  if (expressions.every(([, expression]) => expression === only)) return only ?? 'null';
  const cases = expressions.map(([type, expression]) =>
    type === EVERY_TYPE ? '' : `when ${escapeLiteral(type)} then ${expression}`,
  );
  return `case type ${cases.join(' ')} else ${expressionOf(fields[EVERY_TYPE]?.[i])} end`;
}

/** Paths hold only letters, digits, underscores and dots: `assertFields` has seen to that. */
function expressionOf(path: string | undefined): string {
  if (path === undefined) return 'null';
  if (isEnvelopeField(path)) return ENVELOPE_SQL[path];
  return path.includes('.') ? `data #>> '{${path.replaceAll('.', ',')}}'` : `data ->> '${path}'`;
}

interface Shape {
  readonly type: string;
  readonly width: number;
  readonly moments: readonly (readonly [number, (ms: string) => string])[];
}

const shapeOf = ([type, paths]: [string, readonly string[]]): Shape => ({
  type,
  width: paths.length,
  moments: paths.flatMap((path, i) =>
    path === '$occurredAt' || path === '$recordedAt' ? [[i, momentReader()] as const] : [],
  ),
});

/**
 * Rows of a class and arrays made by `slice`: literals that live reading once held on to would be put among the long-lived
 * objects for ever after, also where a rebuild drops each of them at once, and every collection would pay for it.
 */
class ExtractedRow implements FieldRow {
  constructor(
    readonly position: Position,
    readonly type: string,
    readonly values: readonly (string | null)[],
  ) {}
}

/** The declared columns come first, so that those of an event are one piece of what was read. */
function decoderOf(fields: Fields): (values: readonly (string | null)[]) => FieldRow[] {
  const shapes = new Map(Object.entries(fields).map((each) => [each[0], shapeOf(each)]));
  const ofEvery = shapeOf([EVERY_TYPE, fields[EVERY_TYPE] ?? []]);
  const columns = widestOf(fields);
  return (all) => {
    const rows: FieldRow[] = [];
    for (let at = 0; at < all.length; at += columns + 2) {
      const type = all[at + columns] as string;
      const shape = shapes.get(type);
      const { width, moments } = shape ?? ofEvery;
      const values = all.slice(at, at + width);
      for (const [i, moment] of moments) values[i] = moment(values[i] as string);
      const position = wholeOf(all[at + columns + 1] as string);
      // The text of a known type is one string for all rows.
      rows.push(new ExtractedRow(position, shape?.type ?? type, values));
    }
    return rows;
  };
}
