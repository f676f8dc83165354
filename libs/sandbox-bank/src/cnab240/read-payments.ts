import type { BankAccount } from '../state';
import { type Fault, Faults, type Row, rowsOf, WIDTH } from './lines';
import { FORMS, readPayment, type ReadPayment } from './segments';

export interface ReadFile {
  readonly sequence: number;
  readonly header: string;
  readonly lots: readonly { readonly number: number; readonly header: string }[];
  readonly payments: readonly ReadPayment[];
}

const FILE_LAYOUT = '080';
const LOT_LAYOUT = '040';
/** Suppliers, salaries, and what is neither. */
const SERVICES = ['20', '30', '98'];

/**
 * Reads a file of payments as a bank does that takes all of it or nothing. The sequence is told even of a file that is refused,
 * as far as its header could be read.
 */
export function readPayments(
  bytes: Uint8Array,
  account: BankAccount,
): { file: ReadFile; faults: readonly Fault[] } {
  const faults = new Faults();
  const rows = rowsOf(bytes, faults);
  if (rows === null)
    return { file: { ...NOTHING, sequence: sequenceIn(bytes) }, faults: faults.found };
  const reading = new Reading(account, faults);
  return { file: reading.file(rows), faults: faults.found };
}

/** Whatever is wrong below, a header that is whole names the file that is refused. */
function sequenceIn(bytes: Uint8Array): number {
  const [header = ''] = new TextDecoder('latin1').decode(bytes).split('\r\n');
  const sequence = header.length === WIDTH && header[7] === '0' ? header.slice(157, 163) : '';
  return /^\d{6}$/.test(sequence) ? Number(sequence) : 0;
}

const NOTHING: ReadFile = { sequence: 0, header: '', lots: [], payments: [] };

class Reading {
  private readonly payments: ReadPayment[] = [];
  private readonly lots: { number: number; header: string }[] = [];

  constructor(
    private readonly account: BankAccount,
    private readonly faults: Faults,
  ) {}

  file(rows: readonly Row[]): ReadFile {
    const [header, ...rest] = rows;
    const trailer = rest.pop();
    if (header?.recordType !== '0' || trailer?.recordType !== '9') {
      const missing = header?.recordType === '0' ? 'file trailer' : 'file header';
      this.faults.add('record_missing', `The ${missing} is missing`);
      return NOTHING;
    }
    const sequence = this.header(header);
    let at = 0;
    while (at < rest.length) at = this.lot(rest, at);
    this.trailer(trailer, rows.length);
    this.itemsOnce();
    this.pixAlone();
    return { sequence, header: header.text, lots: this.lots, payments: this.payments };
  }

  private header(row: Row): number {
    row.expect(1, 3, [this.account.bank], 'unknown_bank', 'Bank');
    row.expect(4, 7, ['0000'], 'wrong_record', 'Lot of a file header');
    row.expect(15, 17, [FILE_LAYOUT], 'unknown_layout', 'Layout of the file');
    this.payer(row);
    row.expect(143, 143, ['1'], 'wrong_direction', 'Remittance or return');
    row.day(144, 151, 'Date of making');
    const time = row.digits(152, 157, 'Time of making');
    if (!/^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(time))
      row.fault('invalid_time', `Time of making is no time: ${time}`, 152, 157);
    const sequence = row.count(158, 163, 'Sequence of the file');
    if (sequence === 0) row.fault('sequence_missing', 'Files are numbered from 1', 158, 163);
    return sequence;
  }

  private payer(row: Row): void {
    const { document, branch, number, digit } = this.account;
    const known =
      row.raw(19, 32) === document.padStart(14, '0') &&
      Number(row.digits(53, 57, 'Branch')) === Number(branch) &&
      Number(row.digits(59, 70, 'Account')) === Number(number) &&
      row.raw(72, 72) === digit;
    if (!known)
      row.fault('unknown_account', 'No such account of this customer at this bank', 19, 72);
    row.expect(
      18,
      18,
      [document.length === 14 ? '2' : '1'],
      'unknown_account',
      'Kind of the document',
    );
  }

  /** Reads one lot and says where the next begins. */
  private lot(rows: readonly Row[], start: number): number {
    const header = rows[start] as Row;
    if (header.recordType !== '1') {
      header.fault('record_outside_lot', 'A lot begins with its header', 8, 8);
      return start + 1;
    }
    const end = rows.findIndex((row, index) => index > start && row.recordType === '5');
    if (end < 0) {
      header.fault('record_missing', 'The lot has no trailer', 8, 8);
      return rows.length;
    }
    const number = this.lots.length + 1;
    const form = this.lotHeader(header, number);
    const details = rows.slice(start + 1, end);
    const before = this.payments.length;
    this.details(details, number, form);
    this.lotTrailer(rows[end] as Row, number, end - start + 1, this.payments.slice(before));
    return end + 1;
  }

  private lotHeader(row: Row, number: number): string {
    this.lots.push({ number, header: row.text });
    this.lotNumber(row, number);
    row.expect(9, 9, ['C'], 'wrong_operation', 'Operation');
    row.expect(10, 11, SERVICES, 'unknown_service', 'Service');
    const form = row.expect(12, 13, Object.keys(FORMS), 'unknown_form', 'Form of payment');
    row.expect(14, 16, [LOT_LAYOUT], 'unknown_layout', 'Layout of the lot');
    this.payer(row);
    return form;
  }

  private lotNumber(row: Row, number: number): void {
    row.expect(1, 3, [this.account.bank], 'unknown_bank', 'Bank');
    row.expect(4, 7, [String(number).padStart(4, '0')], 'wrong_lot', 'Number of the lot');
  }

  private details(rows: readonly Row[], lot: number, form: string): void {
    rows.forEach((row, index) => {
      this.lotNumber(row, lot);
      row.expect(8, 8, ['3'], 'wrong_record', 'Record type inside a lot');
      const expected = String(index + 1).padStart(5, '0');
      row.expect(9, 13, [expected], 'record_number_gap', 'Number of the record');
      row.expect(14, 14, ['A', 'B'], 'unknown_segment', 'Segment');
      if (row.segment === 'B' && rows[index - 1]?.segment !== 'A')
        row.fault('segment_order', 'A segment B follows the A of its payment', 14, 14);
      if (row.segment !== 'A') return;
      const next = rows[index + 1];
      const second = next?.segment === 'B' ? next : null;
      this.payments.push({ lot, ...readPayment(row, second, form) });
    });
    if (rows.length === 0) this.faults.add('lot_empty', `Lot ${lot} pays nobody`);
  }

  private lotTrailer(row: Row, lot: number, records: number, paid: readonly ReadPayment[]): void {
    this.lotNumber(row, lot);
    const counted = row.count(18, 23, 'Records of the lot');
    if (counted !== records)
      row.fault('lot_count_wrong', `The lot has ${records} records, not ${counted}`, 18, 23);
    const sum = paid.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
    const told = BigInt(row.digits(24, 41, 'Sum of the lot'));
    if (told !== sum)
      row.fault('lot_sum_wrong', `The payments of the lot come to ${sum}, not ${told}`, 24, 41);
  }

  private trailer(row: Row, records: number): void {
    row.expect(1, 3, [this.account.bank], 'unknown_bank', 'Bank');
    row.expect(4, 7, ['9999'], 'wrong_record', 'Lot of a file trailer');
    const lots = row.count(18, 23, 'Lots of the file');
    if (lots !== this.lots.length)
      row.fault('lot_count_wrong', `The file has ${this.lots.length} lots, not ${lots}`, 18, 23);
    const told = row.count(24, 29, 'Records of the file');
    if (told !== records)
      row.fault('record_count_wrong', `The file has ${records} records, not ${told}`, 24, 29);
    if (this.lots.length === 0) this.faults.add('file_empty', 'The file has no lot');
  }

  private itemsOnce(): void {
    const seen = new Set<string>();
    for (const { item } of this.payments) {
      if (seen.has(item)) this.faults.add('item_repeated', `The file pays ${item} twice`);
      seen.add(item);
    }
  }

  private pixAlone(): void {
    const pix = this.payments.filter(({ method }) => method === 'pix').length;
    if (pix > 0 && pix < this.payments.length)
      this.faults.add('pix_mixed', 'PIX stands in a file of its own');
  }
}
