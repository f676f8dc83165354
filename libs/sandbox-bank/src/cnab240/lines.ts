export const WIDTH = 240;
/** Reasons are given in full, but a file that is all wrong is not worth a longer list. */
const FAULTS_LIMIT = 100;

/** Why a file is refused whole. */
export interface Fault {
  /** From 1; null where it is the file as such. */
  readonly line: number | null;
  /** As manuals write them, such as `120-134`. */
  readonly columns: string | null;
  readonly code: string;
  readonly message: string;
}

/** Collects what is wrong, so that the customer mends everything at once. */
export class Faults {
  readonly found: Fault[] = [];

  add(code: string, message: string, line: number | null = null, columns: string | null = null) {
    if (this.found.length < FAULTS_LIMIT) this.found.push({ line, columns, code, message });
  }
}

/** One line of 240 characters. Columns count from 1 with both ends included, as in every manual. */
export class Row {
  constructor(
    readonly text: string,
    readonly at: number,
    private readonly faults: Faults,
  ) {}

  get recordType(): string {
    return this.raw(8, 8);
  }

  get segment(): string {
    return this.raw(14, 14);
  }

  raw(from: number, to: number): string {
    return this.text.slice(from - 1, to);
  }

  /** Text fills from the left. */
  words(from: number, to: number): string {
    return this.raw(from, to).trimEnd();
  }

  digits(from: number, to: number, what: string): string {
    const found = this.raw(from, to);
    if (/^\d+$/.test(found)) return found;
    this.fault('not_numeric', `${what} takes digits`, from, to);
    return '0'.repeat(to - from + 1);
  }

  count(from: number, to: number, what: string): number {
    return Number(this.digits(from, to, what));
  }

  /** `ddmmyyyy`, as a day. */
  day(from: number, to: number, what: string): string {
    const found = this.digits(from, to, what);
    const day = `${found.slice(4)}-${found.slice(2, 4)}-${found.slice(0, 2)}`;
    if (isDay(day)) return day;
    this.fault('invalid_date', `${what} is no day: ${found}`, from, to);
    return '1970-01-01';
  }

  expect(from: number, to: number, wanted: readonly string[], code: string, what: string): string {
    const found = this.raw(from, to);
    if (!wanted.includes(found))
      this.fault(code, `${what} is "${found}", not ${wanted.join(' or ')}`, from, to);
    return found;
  }

  fault(code: string, message: string, from: number, to: number): void {
    this.faults.add(code, message, this.at, from === to ? `${from}` : `${from}-${to}`);
  }
}

function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Where small letters are lawful: an e-mail address and a random key stand there as their owner registered them. */
const KEY_COLUMNS = [127, 227] as const;

/** The lines of a file; null where it is not made of such lines, so that reading on would only invent faults. */
export function rowsOf(bytes: Uint8Array, faults: Faults): Row[] | null {
  const text = new TextDecoder('latin1').decode(bytes);
  if (text.trim() === '') {
    faults.add('empty_file', 'There is nothing in the file');
    return null;
  }
  const lines = text.split('\r\n');
  // The last line ends like the others, or the file ends with it.
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((line, index) => checkLine(line, index + 1, faults));
  return faults.found.length > 0 ? null : lines.map((line, i) => new Row(line, i + 1, faults));
}

function checkLine(line: string, at: number, faults: Faults): void {
  if (/[\r\n]/.test(line)) {
    faults.add('wrong_line_end', 'Lines end with CR and LF', at);
  } else if (line.length !== WIDTH) {
    faults.add('wrong_line_length', `The line has ${line.length} characters, not ${WIDTH}`, at);
  } else {
    const isKey = line[7] === '3' && line[13] === 'B';
    const column = [...line].findIndex((character, index) => {
      const small = isKey && index >= KEY_COLUMNS[0] && index < KEY_COLUMNS[1];
      return !(small ? /[ -~]/ : /[ -_{}~]/).test(character);
    });
    if (column >= 0)
      faults.add('invalid_character', 'Capitals without accents only', at, `${column + 1}`);
  }
}

/** A line with some of its columns written anew; it never grows and never shrinks. */
export function overwrite(
  line: string,
  columns: readonly (readonly [from: number, to: number, text: string])[],
): string {
  let written = line;
  for (const [from, to, text] of columns) {
    const fitted = text.slice(0, to - from + 1).padEnd(to - from + 1);
    written = written.slice(0, from - 1) + fitted + written.slice(to);
  }
  return written;
}

export const zeros = (value: bigint | number | string, width: number): string =>
  String(value).padStart(width, '0');

/** `2026-04-15` as `15042026`. */
export const cnabDay = (day: string): string =>
  day.slice(8, 10) + day.slice(5, 7) + day.slice(0, 4);
