import type { Turns } from '../../turns';
import type { FileFault } from '../rail';

const ROWS_PER_TURN = 500;

export type Row = Readonly<Record<string, string>>;

/** RFC 4180 with the apostrophe that keeps a spreadsheet from running a text as a formula taken off again. */
export function* readRows(text: string): Turns<{
  readonly headings: readonly string[];
  readonly rows: readonly Row[];
  readonly flaws: readonly FileFault[];
}> {
  const records = yield* recordsOf(text);
  const [headings = [], ...rest] = records;
  const flaws: FileFault[] = [];
  if (!text.endsWith('\r\n'))
    flaws.push({
      code: 'line_end',
      line: records.length,
      detail: 'the last row ends with CR and LF',
    });
  rest.forEach((cells, i) => {
    if (cells.length !== headings.length)
      flaws.push({ code: 'columns', line: i + 2, detail: `${cells.length} cells` });
  });
  const rows: Row[] = [];
  for (const [i, cells] of rest.entries()) {
    rows.push(
      Object.fromEntries(headings.map((heading, column) => [heading, bare(cells[column] ?? '')])),
    );
    if (i % ROWS_PER_TURN === 0) yield;
  }
  return { headings, rows, flaws };
}

const bare = (cell: string): string =>
  /^'(?:\s*[=+\-@]|[\t\r\n])/.test(cell) ? cell.slice(1) : cell;

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;

function* recordsOf(text: string): Turns<readonly (readonly string[])[]> {
  const records: string[][] = [[]];
  // Of this text alone: others are read in its pauses.
  const cell = new RegExp(CELL);
  while (cell.lastIndex < text.length) {
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    if (end === undefined) break;
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== '\r\n') continue;
    if (cell.lastIndex < text.length) records.push([]);
    if (records.length % ROWS_PER_TURN === 0) yield;
  }
  return records;
}
