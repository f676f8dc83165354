import { dayOf } from '@tributary/kernel';
import type { Turns } from '../../turns';
import type { FileFault, PaymentFile, PaymentItem, ReadBack } from '../rail';
import { bankName } from './text';

/**
 * The gate behind the writer. It knows the columns by number and nothing of the tables that the writer works from: a mistake
 * there is a fault here, and not one that both make.
 */
export function readBack(bytes: Uint8Array, asked: PaymentFile, bank: string): Turns<ReadBack> {
  return new Gate(asked, bank).read(bytes);
}

const LENGTH = 240;
const LINES_PER_TURN = 500;
const at = (line: string, from: number, to: number): string => line.slice(from - 1, to);
/** `forma` -> `câmara`; a form that is not here is none of ours. */
const CHAMBERS: Readonly<Record<string, string>> = {
  '01': '000',
  '05': '000',
  '41': '018',
  '43': '018',
  '45': '009',
};
const KEY_TYPES = { phone: '01', email: '02', cpf: '03', cnpj: '03', evp: '04' } as const;

/** Columns, both ends included, in which nothing may stand. */
const BLANK: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  '0': [
    [9, 14],
    [33, 52],
    [58, 58],
    [71, 71],
    [133, 142],
    [172, 240],
  ],
  '1': [
    [17, 17],
    [33, 52],
    [58, 58],
    [71, 71],
    [103, 172],
    [178, 212],
    [221, 240],
  ],
  '3A': [
    [135, 154],
    [178, 197],
    [218, 229],
    [231, 240],
  ],
  '3B': [
    [17, 17],
    [33, 62],
    [68, 117],
    [126, 127],
    [228, 240],
  ],
  '5': [
    [9, 17],
    [60, 240],
  ],
  '9': [
    [9, 17],
    [30, 240],
  ],
};
/** Columns that hold zeros and nothing else. */
const ZERO: typeof BLANK = {
  '0': [[164, 171]],
  '1': [
    [173, 177],
    [213, 220],
  ],
  '3A': [
    [105, 112],
    [115, 119],
    [155, 177],
    [198, 203],
    [230, 230],
  ],
  '5': [[42, 59]],
};

interface OpenLot {
  readonly number: string;
  readonly form: string;
  records: number;
  details: number;
  total: bigint;
}

class Gate {
  private readonly faults: FileFault[] = [];
  private readonly byItem: ReadonlyMap<string, PaymentItem>;
  private readonly seen = new Set<string>();
  private line = 0;
  private lots = 0;
  private lot: OpenLot | undefined;
  /** An item whose segment B has not come yet. */
  private open: PaymentItem | undefined;
  private total = 0n;

  constructor(
    private readonly asked: PaymentFile,
    private readonly bank: string,
  ) {
    this.byItem = new Map(asked.items.map((item) => [item.item, item]));
  }

  *read(bytes: Uint8Array): Turns<ReadBack> {
    const text = Buffer.from(bytes).toString('latin1');
    const lines = text.split('\r\n');
    this.line = lines.length;
    this.must(lines.pop() === '', 'line_end', 'the last line ends with CR and LF');
    for (const [i, line] of lines.entries()) {
      this.line = i + 1;
      this.must(line.length === LENGTH, 'line_length', `${line.length} characters`);
      this.must(/^[\x20-\x7e]*$/.test(line), 'character', 'plain ASCII only');
      this.must(at(line, 1, 3) === this.bank, 'bank', at(line, 1, 3));
      this.record(line, i, lines.length);
      if (i % LINES_PER_TURN === 0) yield;
    }
    this.must(this.lot === undefined, 'lot_open', 'the last lot has its trailer');
    for (const [i, { item }] of this.asked.items.entries()) {
      this.must(this.seen.has(item), 'item_missing', `${item} was asked for`);
      if (i % LINES_PER_TURN === 0) yield;
    }
    return { count: this.seen.size, totalMinor: this.total, faults: this.faults };
  }

  private must(holds: boolean, code: string, detail: string): void {
    if (!holds) this.faults.push({ code, line: this.line, detail });
  }

  private record(line: string, i: number, lines: number): void {
    const type = at(line, 8, 8);
    this.must((type === '0') === (i === 0), 'record_order', 'the header stands first');
    this.must((type === '9') === (i === lines - 1), 'record_order', 'the trailer stands last');
    this.unused(line, type === '3' ? type + at(line, 14, 14) : type);
    switch (type) {
      case '0':
        return this.fileHeader(line);
      case '1':
        return this.lotHeader(line);
      case '3':
        return this.detail(line);
      case '5':
        return this.lotTrailer(line);
      case '9':
        return this.fileTrailer(line, lines);
      default:
        return this.must(false, 'record_type', type);
    }
  }

  private unused(line: string, record: string): void {
    for (const [from, to] of BLANK[record] ?? [])
      this.must(at(line, from, to).trim() === '', 'not_blank', `columns ${from} to ${to}`);
    for (const [from, to] of ZERO[record] ?? [])
      this.must(/^0*$/.test(at(line, from, to)), 'not_zero', `columns ${from} to ${to}`);
  }

  private fileHeader(line: string): void {
    const { sequence, madeAt, zone } = this.asked;
    this.must(at(line, 4, 7) === '0000', 'lot_number', 'a file header has none');
    this.must(at(line, 15, 17) === '080', 'layout', at(line, 15, 17));
    this.must(at(line, 143, 143) === '1', 'direction', 'it is sent to the bank');
    this.must(Number(at(line, 158, 163)) === sequence, 'sequence', at(line, 158, 163));
    const [year = '', month = '', day = ''] = dayOf(madeAt, zone).split('-');
    this.must(at(line, 144, 151) === day + month + year, 'made_on', at(line, 144, 151));
    this.must(/^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(at(line, 152, 157)), 'made_at', 'a time');
    this.must(at(line, 103, 132).trimEnd() === 'BANCO ITAU SA', 'bank', at(line, 103, 132));
    this.payer(line);
  }

  private payer(line: string): void {
    const { cnpj, account, name } = this.asked.from;
    this.must(at(line, 18, 18) === '2' && at(line, 19, 32) === cnpj, 'payer_document', 'of us');
    const ours =
      at(line, 53, 72) ===
      `${account.branch.padStart(5, '0')} ${account.number.padStart(12, '0')} ${account.digit}`;
    this.must(ours, 'payer_account', 'the account that is paid from');
    this.must(at(line, 73, 102).trimEnd() === bankName(name, 30), 'payer_name', 'of us');
  }

  private lotHeader(line: string): void {
    this.must(this.lot === undefined, 'lot_open', 'the lot before has its trailer');
    this.lots++;
    const number = at(line, 4, 7);
    const form = at(line, 12, 13);
    this.must(Number(number) === this.lots, 'lot_number', number);
    this.must(at(line, 9, 11) === 'C20', 'service', at(line, 9, 11));
    this.must(form in CHAMBERS, 'form', form);
    this.must(at(line, 14, 16) === '040', 'layout', at(line, 14, 16));
    const isPix = form === '45';
    this.must(isPix === (this.asked.kind === 'pix'), 'mixed_file', 'PIX has a file of its own');
    this.payer(line);
    this.lot = { number, form, records: 1, details: 0, total: 0n };
  }

  private detail(line: string): void {
    const { lot } = this;
    if (!lot) return this.must(false, 'outside_lot', 'a detail stands in a lot');
    lot.records++;
    lot.details++;
    this.must(at(line, 4, 7) === lot.number, 'lot_number', at(line, 4, 7));
    this.must(Number(at(line, 9, 13)) === lot.details, 'detail_number', at(line, 9, 13));
    const segment = at(line, 14, 14);
    if (segment === 'A') return this.segmentA(line, lot);
    if (segment === 'B') return this.segmentB(line, lot);
    this.must(false, 'segment', segment);
  }

  private segmentA(line: string, lot: OpenLot): void {
    this.must(this.open === undefined, 'segment_order', 'segment B follows segment A');
    const reference = at(line, 74, 93).trimEnd();
    const item = this.byItem.get(reference);
    this.must(!this.seen.has(reference), 'item_twice', reference);
    this.seen.add(reference);
    const amount = BigInt(digits(at(line, 120, 134)));
    this.must(/^\d{15}$/.test(at(line, 120, 134)), 'amount', 'digits only');
    lot.total += amount;
    this.total += amount;
    this.open = item;
    if (!item) return this.must(false, 'item_not_asked', reference);
    this.must(amount === item.amountMinor && amount > 0n, 'amount', reference);
    this.must(at(line, 15, 17) === '000', 'movement', 'an instruction, not a change');
    this.must(at(line, 18, 20) === CHAMBERS[lot.form], 'chamber', at(line, 18, 20));
    this.must(at(line, 102, 104) === 'REA', 'currency', at(line, 102, 104));
    const [year = '', month = '', day = ''] = this.asked.payOn.split('-');
    this.must(at(line, 94, 101) === day + month + year, 'pay_on', at(line, 94, 101));
    const { name, document } = item.payee;
    this.must(at(line, 44, 73).trimEnd() === bankName(name, 30), 'name', reference);
    this.must(at(line, 204, 217) === document.number.padStart(14, '0'), 'document', reference);
    this.account(line, lot.form, item);
  }

  private account(line: string, form: string, { item, payee }: PaymentItem): void {
    const { destination, document } = payee;
    const bank = at(line, 21, 23);
    const columns = at(line, 24, 43);
    const transfer = at(line, 113, 114);
    if (destination.kind === 'pix') {
      const byKey = form === '45' && transfer === '04';
      return this.must(byKey && /^0*$/.test(bank + columns), 'destination', item);
    }
    const { account } = destination;
    const isOwn = account.bank === this.bank;
    const wanted = isOwn
      ? `0${account.branch.padStart(4, '0')} 000000${account.number.padStart(6, '0')} ${account.digit}`
      : `${account.branch.padStart(5, '0')} ${account.number.padStart(12, '0')} ${account.digit}`;
    const there = bank + columns + transfer === `${account.bank}${wanted}  `;
    this.must(there, 'destination', item);
    const same = document.number === this.asked.from.cnpj;
    const own = account.kind === 'savings' ? '05' : '01';
    const rightForm = isOwn ? own : same ? '43' : '41';
    this.must(form === rightForm, 'form', `${item} stands under ${form}`);
  }

  private segmentB(line: string, { form }: OpenLot): void {
    const item = this.open;
    this.open = undefined;
    if (!item) return this.must(false, 'segment_order', 'segment B follows segment A');
    const { document, destination } = item.payee;
    const kind = document.kind === 'cpf' ? '1' : '2';
    this.must(at(line, 18, 18) === kind, 'document', item.item);
    this.must(at(line, 19, 32) === document.number.padStart(14, '0'), 'document', item.item);
    if (destination.kind === 'ted') {
      const [keyType, address, number] = [at(line, 15, 17), at(line, 63, 67), at(line, 118, 125)];
      const empty = (keyType + at(line, 128, 227)).trim() === '' && /^0*$/.test(address + number);
      return this.must(form !== '45' && empty, 'destination', item.item);
    }
    this.must(at(line, 63, 127).trim() === '', 'not_blank', 'columns 63 to 127');
    this.must(at(line, 15, 17) === `${KEY_TYPES[destination.keyKind]} `, 'key_type', item.item);
    this.must(at(line, 128, 227).trimEnd() === destination.key, 'destination', item.item);
  }

  private lotTrailer(line: string): void {
    const { lot } = this;
    this.must(this.open === undefined, 'segment_order', 'segment B follows segment A');
    if (!lot) return this.must(false, 'outside_lot', 'a lot has its header');
    this.must(at(line, 4, 7) === lot.number, 'lot_number', at(line, 4, 7));
    this.must(Number(at(line, 18, 23)) === lot.records + 1, 'lot_count', at(line, 18, 23));
    this.must(BigInt(digits(at(line, 24, 41))) === lot.total, 'lot_total', at(line, 24, 41));
    this.must(lot.details > 0, 'lot_empty', lot.number);
    this.lot = undefined;
  }

  private fileTrailer(line: string, lines: number): void {
    this.must(at(line, 4, 7) === '9999', 'lot_number', at(line, 4, 7));
    this.must(Number(at(line, 18, 23)) === this.lots, 'file_lots', at(line, 18, 23));
    this.must(Number(at(line, 24, 29)) === lines, 'file_count', at(line, 24, 29));
  }
}

/** What is not a number is a fault of its own; here it must not stop the reading. */
const digits = (columns: string): string => (/^\d+$/.test(columns) ? columns : '0');
