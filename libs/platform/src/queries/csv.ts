import type { FastifyReply, FastifyRequest } from 'fastify';

export type Cell = Date | bigint | boolean | number | string | null | undefined;

/** Columns by their heading, in the order in which they stand. */
export type Columns<R> = Readonly<Record<string, (row: R) => Cell>>;

const CSV = 'text/csv';
const CSV_TYPE = `${CSV}; charset=utf-8; header=present`;
export const POSITION_OF_ROWS = 'x-position';
export const NEXT = 'x-next';
const QUOTED = /[",\r\n]/;
/** A spreadsheet would run a text that begins so as a formula; a negative amount is none. */
const FORMULA = /^\s*[=+\-@]|^[\t\r\n]/;
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;

/** RFC 9110: whoever gives a form no weight does not want it. */
const NOT_AT_ALL = /^q=0(?:\.0{0,3})?$/;

/** RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvOf<R>(columns: Columns<R>, rows: readonly R[]): string {
  const headings = Object.keys(columns);
  const lines = rows.map((row) => Object.values(columns).map((cell) => textOf(cell(row))));
  return [headings.map(textOf), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Page<R> {
  readonly position: bigint;
  readonly items: readonly R[];
  readonly next?: string | null;
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Whoever names it gets the rows as a file; answers differ by that, and say so to whoever stores them. */
export function acceptsCsv({ request, reply }: Asked): boolean {
  void reply.header('vary', 'accept');
  const accepted = (request.headers.accept ?? '').toLowerCase().split(',');
  return accepted.some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    return type === CSV && !parameters.some((parameter) => NOT_AT_ALL.test(parameter));
  });
}

/** Of a question that reads everything for each of its pages: null where all rows go out as one file, to be read at once. */
export const limitAsked = ({ limit }: { readonly limit: number }, asked: Asked): number | null =>
  acceptsCsv(asked) && (asked.request.query as { limit?: unknown }).limit === undefined
    ? null
    : limit;

/**
 * The page itself or, for who accepts CSV, its rows; position and cursor then stand in the headers. Where no `limit` was named, `Paging`
 * sends the pages behind it after it.
 */
export function asAccepted<R, P extends Page<R>>(
  page: P,
  columns: Columns<R>,
  { request, reply }: Asked,
): P | string {
  if (!acceptsCsv({ request, reply })) return page;
  void reply.header('content-type', CSV_TYPE).header(POSITION_OF_ROWS, String(page.position));
  if (page.next) void reply.header(NEXT, page.next);
  return csvOf(columns, page.items);
}

/** Of `asAccepted`. */
export const isRows = (answer: unknown, reply: FastifyReply): answer is string =>
  typeof answer === 'string' && reply.getHeader('content-type') === CSV_TYPE;
