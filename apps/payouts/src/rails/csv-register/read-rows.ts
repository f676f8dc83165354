import type { FileFault } from '../rail';

export type Row = Readonly<Record<string, string>>;

/** RFC 4180 with the apostrophe that keeps a spreadsheet from running a text as a formula taken off again. */
export function readRows(text: string): {
  readonly headings: readonly string[];
  readonly rows: readonly Row[];
  readonly flaws: readonly FileFault[];
} {
  const records = recordsOf(text);
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
  const rows = rest.map((cells) =>
    Object.fromEntries(headings.map((heading, i) => [heading, bare(cells[i] ?? '')])),
  );
  return { headings, rows, flaws };
}

const bare = (cell: string): string =>
  /^'(?:\s*[=+\-@]|[\t\r\n])/.test(cell) ? cell.slice(1) : cell;

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;

function recordsOf(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length) {
    const [, quoted, plain = '', end] = CELL.exec(text) ?? [];
    if (end === undefined) break;
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n' && CELL.lastIndex < text.length) records.push([]);
  }
  return records;
}
