import { CodedError, exponentOf } from '@tributary/kernel';
import { type Columns, csvOf } from '@tributary/platform';
import type { Turns } from '../../turns';
import type { FileFault, ItemFault, PaymentFile, PaymentItem, Rail, ReadBack } from '../rail';
import { type Row, readRows } from './read-rows';

interface Line {
  readonly file: PaymentFile;
  readonly entry: PaymentItem;
}

const accountOf = ({ entry }: Line) =>
  entry.payee.destination.kind === 'ted' ? entry.payee.destination.account : null;
const keyOf = ({ entry }: Line) =>
  entry.payee.destination.kind === 'pix' ? entry.payee.destination : null;

/** Fixed: columns are added behind, never renamed or moved. Amounts are minor units; names stay as they are. */
const COLUMNS: Columns<Line> = {
  sequence: ({ file }) => file.sequence,
  run: ({ file }) => file.run,
  pay_on: ({ file }) => file.payOn,
  item: ({ entry }) => entry.item,
  asset: ({ file }) => file.asset,
  amount_minor: ({ entry }) => String(entry.amountMinor),
  amount: ({ file, entry }) => decimal(entry.amountMinor, exponentOf(file.asset)),
  name: ({ entry }) => entry.payee.name,
  document_kind: ({ entry }) => entry.payee.document.kind,
  document: ({ entry }) => entry.payee.document.number,
  method: ({ entry }) => entry.payee.destination.kind,
  pix_key_kind: (line) => keyOf(line)?.keyKind,
  pix_key: (line) => keyOf(line)?.key,
  bank: (line) => accountOf(line)?.bank,
  branch: (line) => accountOf(line)?.branch,
  branch_digit: (line) => accountOf(line)?.branchDigit,
  account: (line) => accountOf(line)?.number,
  account_digit: (line) => accountOf(line)?.digit,
  account_kind: (line) => accountOf(line)?.kind,
};

/** What every finance team can take, whatever its bank: who is paid how much, where, under which reference. */
export const csvRegister: Rail = {
  name: 'csv-register',
  mediaType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  asset: null,
  fileKindOf: () => 'register',
  faultsOf,
  write,
  readBack,
  readReturn: () => {
    throw new CodedError('no_return_file', 'Nobody answers a register; its bank has statements.');
  },
};

const ROWS_PER_TURN = 250;

function* write(file: PaymentFile): Turns<Uint8Array> {
  const headings = csvOf(COLUMNS, []);
  const bytes = [Buffer.from(headings)];
  for (let at = 0; at < file.items.length; at += ROWS_PER_TURN) {
    const rows = file.items.slice(at, at + ROWS_PER_TURN).map((entry) => ({ file, entry }));
    bytes.push(Buffer.from(csvOf(COLUMNS, rows).slice(headings.length)));
    yield;
  }
  return Buffer.concat(bytes);
}

const ITEM = /^[0-9A-Z]{15}$/;
const CONTROL = /\p{Cc}/u;

function faultsOf({ item, amountMinor, payee }: PaymentItem): readonly ItemFault[] {
  const faults: ItemFault[] = [];
  if (!ITEM.test(item))
    faults.push({
      item,
      code: 'invalid_reference',
      field: 'item',
      message: 'It has 15 digits or capitals.',
    });
  if (amountMinor <= 0n)
    faults.push({ item, code: 'amount_not_positive', field: 'amount', message: 'Nothing to pay.' });
  if (payee.name.trim() === '' || CONTROL.test(payee.name) || !payee.name.isWellFormed())
    faults.push({
      item,
      code: 'name_unwritable',
      field: 'name',
      message: 'It is empty, or holds control characters.',
    });
  return faults;
}

function decimal(minor: bigint, exponent: number): string {
  const digits = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Read by a parser that knows nothing of the writer, and compared column by column with what was asked. */
function* readBack(bytes: Uint8Array, file: PaymentFile): Turns<ReadBack> {
  const { headings, rows, flaws } = yield* readRows(Buffer.from(bytes).toString('utf8'));
  const faults: FileFault[] = [...flaws];
  if (headings.join() !== Object.keys(COLUMNS).join())
    faults.push({ code: 'headings', line: 1, detail: headings.join() });
  const asked = new Map(file.items.map((entry) => [entry.item, entry]));
  const seen = new Set<string>();
  let totalMinor = 0n;
  for (const [i, row] of rows.entries()) {
    const line = i + 2;
    const item = row['item'] ?? '';
    const entry = asked.get(item);
    totalMinor += /^\d+$/.test(row['amount_minor'] ?? '') ? BigInt(row['amount_minor'] ?? '0') : 0n;
    if (seen.has(item)) faults.push({ code: 'item_twice', line, detail: item });
    seen.add(item);
    if (!entry) faults.push({ code: 'item_not_asked', line, detail: item });
    else faults.push(...differences(row, { file, entry }, line));
    if (i % ROWS_PER_TURN === 0) yield;
  }
  for (const item of asked.keys())
    if (!seen.has(item)) faults.push({ code: 'item_missing', line: rows.length + 1, detail: item });
  return { count: seen.size, totalMinor, faults };
}

function differences(row: Row, { file, entry }: Line, line: number): readonly FileFault[] {
  const { destination, document, name } = entry.payee;
  const wanted: Row = {
    sequence: String(file.sequence),
    run: file.run,
    pay_on: file.payOn,
    amount_minor: String(entry.amountMinor),
    name,
    document: document.number,
    method: destination.kind,
    pix_key: destination.kind === 'pix' ? destination.key : '',
    bank: destination.kind === 'ted' ? destination.account.bank : '',
    branch: destination.kind === 'ted' ? destination.account.branch : '',
    account: destination.kind === 'ted' ? destination.account.number : '',
    account_digit: destination.kind === 'ted' ? destination.account.digit : '',
  };
  return Object.entries(wanted)
    .filter(([column, value]) => row[column] !== value)
    .map(([column]) => ({ code: column, line, detail: entry.item }));
}
