import { CodedError } from '@tributary/kernel';
import type { BankAnswer } from '../../domain/rail/file-events';
import type { Turns } from '../../turns';
import type { ReturnFile, ReturnedItem } from '../rail';
import type { BankProfile } from './profile';
import { dayIn, readRecord } from './record';

const LENGTH = 240;
const RETURN = '2';
/** Between two pauses: a few milliseconds. */
const RECORDS_AT_ONCE = 1_000;
/** Systems of old end a file with it. */
const END_MARK = '\x1a';

/**
 * What a bank sent back, read as leniently as it can be without guessing: lines of another length or end, records that we know
 * nothing of, and totals that do not add up are warnings. What an answer means is never guessed.
 */
export function* readReturn(profile: BankProfile, bytes: Uint8Array): Turns<ReturnFile> {
  const lines = linesOf(bytes);
  yield;
  return yield* new Reader(profile).read(lines);
}

function linesOf(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  return text
    .replaceAll(END_MARK, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '');
}

interface ReadItem {
  readonly line: number;
  readonly lot: string;
  readonly fields: Readonly<Record<string, string>>;
  authentication: string | null;
}

class Reader {
  private readonly warnings = new Set<string>();
  private readonly items: ReadItem[] = [];
  /** Codes of a lot's header and trailer. */
  private readonly lots = new Map<string, readonly string[]>();
  /** What the items of a lot sum to. */
  private readonly sums = new Map<string, bigint>();
  private sequence: number | null = null;
  private readonly ofFile: string[] = [];

  constructor(private readonly profile: BankProfile) {}

  *read(lines: readonly string[]): Turns<ReturnFile> {
    const [first] = lines;
    if (first === undefined) throw notAReturn('it is empty');
    this.fileHeader(first);
    for (let number = 2; number <= lines.length; number += 1) {
      this.record(this.whole(lines[number - 1] ?? '', number), number);
      if (number % RECORDS_AT_ONCE === 0) yield;
    }
    this.count(lines);

    const refused = this.refusals();
    // Of a file that was refused whole nothing was taken: its items are not refused one by one, the file is voided.
    const items = refused.length > 0 ? [] : yield* this.answers();
    return { sequence: this.sequence, fileRefused: refused, items, warnings: [...this.warnings] };
  }

  private whole(line: string, number: number): string {
    if (line.length === LENGTH) return line;
    this.warn(`line ${number} has ${line.length} characters`);
    return line.padEnd(LENGTH, ' ').slice(0, LENGTH);
  }

  private warn(text: string): void {
    this.warnings.add(text);
  }

  private fileHeader(first: string): void {
    const line = this.whole(first, 1);
    const { bank } = this.profile;
    if (!/^\d{3}0000/.test(line) || line[7] !== '0') throw notAReturn('it has no file header');
    const {
      bank: theirs,
      direction,
      sequence = '',
    } = readRecord(this.profile.records.fileHeader, line);
    if (theirs !== bank) throw notAReturn(`it is of bank ${theirs}, not of ${bank}`);
    if (direction !== RETURN)
      throw notAReturn('it is no answer, but a file that is sent to a bank');
    this.sequence = /^\d+$/.test(sequence) && Number(sequence) > 0 ? Number(sequence) : null;
    this.ofFile.push(...codesIn(line.slice(230)));
  }

  private record(line: string, number: number): void {
    const { records } = this.profile;
    const lot = line.slice(3, 7);
    switch (line[7]) {
      case '1':
      case '5':
        this.lots.set(lot, [...(this.lots.get(lot) ?? []), ...codesIn(line.slice(230))]);
        if (line[7] === '5') this.lotTotal(lot, readRecord(records.lotTrailer, line));
        return;
      case '3':
        return this.detail(line, lot, number);
      case '9':
        this.ofFile.push(...codesIn(line.slice(230)));
        return;
      default:
        this.warn(`line ${number} is a record that nothing is known of`);
    }
  }

  private detail(line: string, lot: string, number: number): void {
    const segment = line.slice(13, 14);
    if (segment === 'A') {
      const fields = readRecord(this.profile.records.segmentA, line);
      this.items.push({ line: number, lot, fields, authentication: null });
      this.sums.set(lot, (this.sums.get(lot) ?? 0n) + (minorIn(fields['amount']) ?? 0n));
      return;
    }
    const last = this.items.at(-1);
    // The bank's receipt for the item before.
    if (segment === 'Z' && last?.lot === lot)
      last.authentication = line.slice(14, 78).trim() || null;
    else if (segment !== 'B' && segment !== 'C') this.warn(`segment ${segment} is not read`);
  }

  private lotTotal(
    lot: string,
    { total = '', records = '' }: Readonly<Record<string, string>>,
  ): void {
    const sum = this.sums.get(lot) ?? 0n;
    if (minorIn(total) !== sum) this.warn(`lot ${lot} says a total of ${total}, its items ${sum}`);
    if (!/^\d+$/.test(records)) this.warn(`lot ${lot} does not say how many records it has`);
  }

  private count(lines: readonly string[]): void {
    const last = lines.at(-1) ?? '';
    if (last[7] !== '9') return this.warn('it has no file trailer, so its end may be missing');
    const { records = '' } = readRecord(this.profile.records.fileTrailer, last);
    if (Number(records) !== lines.length)
      this.warn(`it says ${records} records and has ${lines.length}`);
  }

  private refusals(): readonly string[] {
    const { fileRefusals, lotRefusals } = this.profile;
    const lots = [...this.lots.values()];
    const isRefusal = (code: string): boolean => fileRefusals.includes(code);
    // Beside the refusal stands what it was for.
    if (this.ofFile.some(isRefusal)) return [...new Set(this.ofFile)];
    const items = this.items.flatMap(({ fields }) => codesIn(fields['occurrences'] ?? ''));
    const told = [...lots.flat(), ...items].filter(isRefusal);
    if (told.length > 0) return [...new Set(told)];
    const eachRefused =
      lots.length > 0 && lots.every((codes) => codes.some((code) => lotRefusals.includes(code)));
    return eachRefused ? [...new Set(lots.flat())] : [];
  }

  private answer({ line, lot, fields, authentication }: ReadItem): ReturnedItem {
    const own = codesIn(fields['occurrences'] ?? '');
    const codes = own.length > 0 ? own : (this.lots.get(lot) ?? []);
    const on = dayIn(fields['effectiveOn'] ?? '');
    const meant = this.meaningOf(codes, line);
    // Banks fill amounts of what they have not paid; a day they only put where they have.
    const undated = meant === 'claimed_paid' && on === null;
    if (undated) this.warn(`line ${line} says paid and names no day`);
    const answer = undated ? 'unknown' : meant;
    const amount = answer === 'claimed_paid' ? fields['effectiveAmount'] : fields['amount'];
    const number = (fields['bankNumber'] ?? '').trim();
    const bankReference = /^0*$/.test(number) ? authentication : number;
    return {
      item: (fields['item'] ?? '').trim(),
      answer,
      codes,
      amountMinor: minorIn(amount) ?? minorIn(fields['amount']),
      bankReference,
      on,
    };
  }

  /** One word that we do not know makes the whole answer one that we do not understand. */
  private meaningOf(codes: readonly string[], line: number): BankAnswer {
    const { occurrences } = this.profile;
    const strange = codes.filter((code) => !Object.hasOwn(occurrences, code));
    if (codes.length === 0) this.warn(`line ${line} carries no answer`);
    for (const code of strange) this.warn(`answer ${code} is not known`);
    const meanings = new Set(codes.map((code) => occurrences[code]));
    if (codes.length === 0 || strange.length > 0) return 'unknown';
    if (meanings.has('rejected')) return meanings.size === 1 ? 'rejected' : 'unknown';
    if (meanings.has('returned')) return 'returned';
    return meanings.has('claimed_paid') ? 'claimed_paid' : 'accepted';
  }

  /** One for each item, however often it is answered. */
  private *answers(): Turns<readonly ReturnedItem[]> {
    const byItem = new Map<string, ReturnedItem>();
    for (const [i, read] of this.items.entries()) {
      const each = this.answer(read);
      const before = byItem.get(each.item);
      if (before) this.warn(`${each.item} is answered more than once`);
      const agrees = !before || before.answer === each.answer;
      byItem.set(each.item, agrees ? each : disagreeing(before, each));
      if (i % RECORDS_AT_ONCE === RECORDS_AT_ONCE - 1) yield;
    }
    return [...byItem.values()];
  }
}

const disagreeing = (before: ReturnedItem, after: ReturnedItem): ReturnedItem => ({
  ...after,
  answer: 'unknown',
  codes: [...before.codes, ...after.codes],
});

/** Two characters each, up to five of them. */
const codesIn = (columns: string): readonly string[] =>
  (columns.match(/../g) ?? []).map((code) => code.trim()).filter((code) => code !== '');

function minorIn(digits: string | undefined): bigint | null {
  if (digits === undefined || !/^\d+$/.test(digits)) return null;
  const amount = BigInt(digits);
  return amount === 0n ? null : amount;
}

const notAReturn = (why: string): CodedError =>
  new CodedError('not_a_return_file', `This is no return file of a bank: ${why}.`, { why });
