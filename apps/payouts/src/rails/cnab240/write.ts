import { CodedError, type Instant, instantOfMs, msOf, zoneOffsets } from '@tributary/kernel';
import type { OpenPayee, PaymentFile, PaymentItem, PayingAccount } from '../rail';
import type { Turns } from '../../turns';
import type { BankProfile, FormName } from './profile';
import { type RecordSpec, type Values, writeRecord } from './record';
import { bankName } from './text';

const LINE_END = '\r\n';
/** Of a file that is written a few milliseconds at a time. */
const LINES_PER_TURN = 500;
const NAME_WIDTH = 30;
const FORM_ORDER: readonly FormName[] = ['pix', 'ownChecking', 'ownSavings', 'tedOther', 'tedSame'];

export function formOf(profile: BankProfile, payee: OpenPayee, from: PayingAccount): FormName {
  const { destination, document } = payee;
  if (destination.kind === 'pix') return 'pix';
  const { bank, kind } = destination.account;
  if (bank === profile.bank) return kind === 'savings' ? 'ownSavings' : 'ownChecking';
  return document.number === from.cnpj ? 'tedSame' : 'tedOther';
}

interface Lot {
  readonly form: FormName;
  readonly items: readonly PaymentItem[];
}

/** The bytes of a file, from nothing but what is handed in: no clock, no counter, and items in the order in which they were listed. */
export function* writeFile(profile: BankProfile, file: PaymentFile): Turns<Uint8Array> {
  const lots = lotsOf(profile, file);
  const lines = [fileHeader(profile, file)];
  for (const [i, lot] of lots.entries())
    for (const line of lotLines(profile, file, lot, i + 1)) {
      lines.push(line);
      if (lines.length % LINES_PER_TURN === 0) yield;
    }
  lines.push(
    writeRecord(profile.records.fileTrailer, { lots: lots.length, records: lines.length + 1 }),
  );
  const bytes: Buffer[] = [];
  for (let at = 0; at < lines.length; at += LINES_PER_TURN) {
    const some = lines.slice(at, at + LINES_PER_TURN).map((line) => line + LINE_END);
    bytes.push(Buffer.from(some.join(''), 'latin1'));
    yield;
  }
  return Buffer.concat(bytes);
}

/** A lot has one form, and no more details than its numbering has room for. */
function lotsOf(profile: BankProfile, { items, from }: PaymentFile): readonly Lot[] {
  const byForm = new Map<FormName, PaymentItem[]>();
  for (const item of items) {
    const form = formOf(profile, item.payee, from);
    const others = byForm.get(form);
    if (others) others.push(item);
    else byForm.set(form, [item]);
  }
  if (profile.pixInOwnFile && byForm.has('pix') && byForm.size > 1)
    throw new CodedError('mixed_file', 'This bank takes PIX in a file of its own.');
  const most = Math.floor(profile.mostDetailsInLot / DETAILS_OF_ITEM);
  return FORM_ORDER.flatMap((form) => {
    const all = byForm.get(form) ?? [];
    const lots: Lot[] = [];
    for (let i = 0; i < all.length; i += most) lots.push({ form, items: all.slice(i, i + most) });
    return lots;
  });
}

/** Segments A and B. */
const DETAILS_OF_ITEM = 2;
/** Of a lot, which counts them as well. */
const HEADER_AND_TRAILER = 2;

function fileHeader({ records }: BankProfile, file: PaymentFile): string {
  const [madeOn = '', time = ''] = localTime(file.madeAt, file.zone).split('T');
  return writeRecord(records.fileHeader, {
    ...payerOf(file.from),
    madeOn,
    madeAt: time.slice(0, 8).replaceAll(':', ''),
    sequence: file.sequence,
  });
}

const payerOf = ({ name, cnpj, account }: PayingAccount): Values => ({
  payerDocument: cnpj,
  branch: account.branch,
  account: account.number,
  accountDigit: account.digit,
  payerName: bankName(name, NAME_WIDTH),
});

function* lotLines(
  profile: BankProfile,
  file: PaymentFile,
  { form, items }: Lot,
  lot: number,
): Generator<string, void, undefined> {
  const { records, forms } = profile;
  const header = { ...payerOf(file.from), lot, form: forms[form].code };
  yield writeRecord(records.lotHeader, header);
  let total = 0n;
  for (const [i, item] of items.entries()) {
    const number = i * DETAILS_OF_ITEM + 1;
    yield segmentA(profile, file, item, { form, lot, number });
    yield segmentB(profile, item, { lot, number: number + 1 });
    total += item.amountMinor;
  }
  const count = items.length * DETAILS_OF_ITEM + HEADER_AND_TRAILER;
  yield writeRecord(records.lotTrailer, { lot, records: count, total });
}

function segmentA(
  profile: BankProfile,
  file: PaymentFile,
  { item, amountMinor, payee }: PaymentItem,
  place: { readonly form: FormName; readonly lot: number; readonly number: number },
): string {
  const { form, lot, number } = place;
  const { destination, document, name } = payee;
  const isPix = destination.kind === 'pix';
  return writeRecord(profile.records.segmentA, {
    lot,
    number,
    chamber: profile.forms[form].chamber,
    payeeBank: isPix ? '000' : destination.account.bank,
    payeeAccount: payeeAccount(profile, payee),
    payeeName: bankName(name, NAME_WIDTH),
    item,
    payOn: file.payOn,
    amount: amountMinor,
    payeeDocument: document.number,
    ...(isPix && { transferKind: PAID_BY_KEY }),
  });
}

/** Of segment A: where the money goes is said by a key in segment B. */
const PAID_BY_KEY = '04';

function payeeAccount({ records, bank }: BankProfile, { destination }: OpenPayee): string {
  if (destination.kind === 'pix') return writeRecord(records.noAccount, {});
  const { account } = destination;
  const spec: RecordSpec = account.bank === bank ? records.ownAccount : records.otherAccount;
  return writeRecord(spec, {
    branch: account.branch,
    account: account.number,
    digit: account.digit,
  });
}

function segmentB(
  { records, pixKeyTypes }: BankProfile,
  { payee }: PaymentItem,
  place: { readonly lot: number; readonly number: number },
): string {
  const { destination, document } = payee;
  const values = {
    ...place,
    payeeKind: document.kind === 'cpf' ? '1' : '2',
    payeeDocument: document.number,
  };
  if (destination.kind === 'ted') return writeRecord(records.segmentBTransfer, values);
  const { keyKind, key } = destination;
  return writeRecord(records.segmentBPix, { ...values, keyType: pixKeyTypes[keyKind], key });
}

/** What the clock on the wall showed, as `2026-04-15T09:30:00`. */
function localTime(at: Instant, zone: string): string {
  const offsetMs = zoneOffsets(zone, at, at)[0]?.offsetMs ?? 0;
  return instantOfMs(msOf(at) + offsetMs).slice(0, 19);
}
