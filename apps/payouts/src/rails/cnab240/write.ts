import { CodedError, type Instant, instantOfMs, msOf, zoneOffsets } from '@tributary/kernel';
import type { OpenPayee, PaymentFile, PaymentItem, PayingAccount } from '../rail';
import type { BankProfile, FormName } from './profile';
import { type RecordSpec, type Values, writeRecord } from './record';
import { bankName } from './text';

const LINE_END = '\r\n';
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
export function writeFile(profile: BankProfile, file: PaymentFile): Uint8Array {
  const lots = lotsOf(profile, file);
  const lines = [fileHeader(profile, file)];
  lots.forEach((lot, i) => lines.push(...lotLines(profile, file, lot, i + 1)));
  lines.push(
    writeRecord(profile.records.fileTrailer, { lots: lots.length, records: lines.length + 1 }),
  );
  return Buffer.from(lines.map((line) => line + LINE_END).join(''), 'latin1');
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

function lotLines(
  profile: BankProfile,
  file: PaymentFile,
  { form, items }: Lot,
  lot: number,
): readonly string[] {
  const { records, forms } = profile;
  const header = { ...payerOf(file.from), lot, form: forms[form].code };
  const lines = [writeRecord(records.lotHeader, header)];
  items.forEach((item, i) => {
    const number = i * DETAILS_OF_ITEM + 1;
    lines.push(segmentA(profile, file, item, { form, lot, number }));
    lines.push(segmentB(profile, item, { lot, number: number + 1 }));
  });
  const total = items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  lines.push(writeRecord(records.lotTrailer, { lot, records: lines.length + 1, total }));
  return lines;
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
