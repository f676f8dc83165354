import { CodedError, type Day } from '@tributary/kernel';

/**
 * - `text`: capitals without accents, filled with spaces behind.
 * - `key`: printable ASCII as it is, because a PIX key in capitals is another key.
 * - `number`: digits, filled with zeros in front.
 * - `code`: digits and capitals, filled with zeros in front: a CNPJ may have letters.
 * - `amount`: minor units, filled with zeros in front.
 * - `day`: DDMMYYYY, zeros for none.
 */
export type FieldKind = 'amount' | 'code' | 'day' | 'key' | 'number' | 'text';

/** One field of a record, as a bank's manual lists it: columns count from 1, both ends belong to it. */
export interface FieldSpec {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kind: FieldKind;
  /** Places after the decimal comma, which is not written. */
  readonly decimals?: number;
  /** What stands there when nothing is handed in. Without it a field has to be. */
  readonly default?: string;
}

export interface RecordSpec {
  readonly name: string;
  readonly length: number;
  readonly fields: readonly FieldSpec[];
}

export type Values = Readonly<Record<string, bigint | number | string>>;

const WRITABLE: Readonly<Record<FieldKind, RegExp>> = {
  amount: /^[0-9]+$/,
  code: /^[0-9A-Z]*$/,
  day: /^(?:[0-9]{8}|)$/,
  key: /^[\x20-\x7e]*$/,
  number: /^[0-9]*$/,
  text: /^[ -`{-~]*$/,
};

/** Throws unless every column belongs to exactly one field: a gap would move everything behind it. */
export function assertComplete({ name, length, fields }: RecordSpec): void {
  let next = 1;
  for (const field of fields) {
    if (field.from !== next || field.to < field.from)
      throw new CodedError('invalid_record', `${name}.${field.name} does not start at ${next}.`, {
        record: name,
        field: field.name,
        expected: next,
      });
    next = field.to + 1;
  }
  if (next !== length + 1)
    throw new CodedError('invalid_record', `${name} ends at ${next - 1}, not at ${length}.`, {
      record: name,
    });
}

/** A field as it is written a hundred thousand times: what stands there by itself is made once. */
interface Column {
  readonly field: FieldSpec;
  readonly width: number;
  readonly preset: string | undefined;
}

const COLUMNS = new WeakMap<RecordSpec, readonly Column[]>();

function columnsOf(spec: RecordSpec): readonly Column[] {
  const known = COLUMNS.get(spec);
  if (known) return known;
  const columns = spec.fields.map((field) => {
    const width = field.to - field.from + 1;
    const preset = field.default;
    return {
      field,
      width,
      preset: preset === undefined ? undefined : written(spec, { field, width }, preset),
    };
  });
  COLUMNS.set(spec, columns);
  return columns;
}

/** Nothing is cut: whatever does not fit is refused, because a cut amount or account is another one. */
export function writeRecord(spec: RecordSpec, values: Values): string {
  let line = '';
  let used = 0;
  for (const column of columnsOf(spec)) {
    const value = values[column.field.name];
    if (value !== undefined) used++;
    line += value === undefined ? presetOf(spec, column) : written(spec, column, value);
  }
  if (used < Object.keys(values).length) throw strayField(spec, values);
  return line;
}

function presetOf(spec: RecordSpec, { field, preset }: Column): string {
  if (preset === undefined) throw unwritable(spec, field.name, 'it is missing');
  return preset;
}

function written(
  spec: RecordSpec,
  { field: { name, kind }, width }: Omit<Column, 'preset'>,
  value: Values[string],
): string {
  const text = kind === 'day' ? dayDigits(String(value)) : String(value);
  if (!WRITABLE[kind].test(text)) throw unwritable(spec, name, `it is not of the kind ${kind}`);
  if (text.length > width)
    throw unwritable(spec, name, `${text.length} characters do not fit into ${width}`);
  return isFilledBehind(kind) ? text.padEnd(width, ' ') : text.padStart(width, '0');
}

function strayField(spec: RecordSpec, values: Values): CodedError {
  const known = new Set(spec.fields.map(({ name }) => name));
  const stray = Object.keys(values).find((name) => !known.has(name)) ?? '';
  return unwritable(spec, stray, 'the record has no such field');
}

const isFilledBehind = (kind: FieldKind): boolean => kind === 'text' || kind === 'key';

/** `2026-04-15` as `15042026`. */
const dayDigits = (day: string): string => day.split('-').reverse().join('');

/** The value itself stays out of the message: it may be personal. */
const unwritable = ({ name }: RecordSpec, field: string, why: string): CodedError =>
  new CodedError('unwritable_field', `${name}.${field} cannot be written: ${why}.`, {
    record: name,
    field,
    why,
  });

/** As it stands, without what it was filled up with. Whoever reads decides what to make of it. */
export function readRecord(spec: RecordSpec, line: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    spec.fields.map(({ name, from, to, kind }) => {
      const raw = line.slice(from - 1, to);
      return [name, isFilledBehind(kind) ? raw.trimEnd() : raw.trim()];
    }),
  );
}

/** DDMMYYYY; zeros, blanks and days that do not exist are none. */
export function dayIn(digits: string): Day | null {
  const [, day, month, year] = /^(\d{2})(\d{2})(\d{4})$/.exec(digits) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const text = `${year}-${month}-${day}`;
  return date.toISOString().startsWith(text) ? text : null;
}
