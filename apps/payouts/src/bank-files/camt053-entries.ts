import { type Asset, currencyOf } from '@tributary/kernel';
import type { BankLine, UnreadableRow } from '../domain/rail/bank-line';
import { minorOfDecimal } from './amounts';
import { currencyOfAmount, dayAt } from './camt053-values';
import { LineKeys } from './keys';
import type { ReadingOptions } from './reading-options';
import { type Xml, childOf, childrenOf, textAt, textsAt } from './xml';

const MOST_TEXT = 500;
/** What banks write where the payer has given no reference. */
const NO_REFERENCE = new Set(['NONREF', 'NOTPROVIDED', 'NONE', '0']);
const CHARGES = new Set(['CHRG', 'COME', 'COMI', 'COMT', 'FEES', 'LBCA']);
const CHARGE_WORDS = /\b(?:TARIFA|TAR|CHARGES?|FEES?)\b/i;
const REVERSAL_WORDS = /\bESTORNO\b/i;

type Content = Omit<BankLine, 'key' | 'place'>;

/** Turns entries into lines: a batch into its parts, where they are all there and make its sum. */
export class EntryReader {
  readonly lines: BankLine[] = [];
  private readonly keys: LineKeys;
  private notBooked = 0;

  constructor(
    account: string,
    private readonly asset: Asset,
    private readonly options: ReadingOptions,
    private readonly unreadable: UnreadableRow[],
    private readonly warnings: string[],
  ) {
    this.keys = new LineKeys(account);
  }

  read(entry: Xml, place: number): void {
    const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts') ?? 'BOOK';
    if (status !== 'BOOK') {
      this.notBooked += 1;
      if (this.notBooked === 1) this.warnings.push(`Entries that are not booked are left out.`);
      return;
    }
    const flaw = this.flawOf(entry, place);
    if (flaw !== undefined) this.unreadable.push(flaw);
    else this.add(entry, place);
  }

  private flawOf(entry: Xml, place: number): UnreadableRow | undefined {
    const currency = currencyOfAmount(entry['Amt']);
    const amount = textAt(entry, 'Amt') ?? '';
    const mark = textAt(entry, 'CdtDbtInd');
    if (currency !== currencyOf(this.asset)) {
      const why = `Entry ${String(place + 1)} is in ${currency}, the account in ${currencyOf(this.asset)}.`;
      return { place, code: 'currency', why };
    }
    if (minorOfDecimal(amount, this.asset) === undefined)
      return {
        place,
        code: 'amount',
        why: `The amount of entry ${String(place + 1)} is "${amount}".`,
      };
    if (mark !== 'CRDT' && mark !== 'DBIT')
      return {
        place,
        code: 'mark',
        why: `Entry ${String(place + 1)} is neither credit nor debit.`,
      };
    if (this.bookedOn(entry) === null)
      return { place, code: 'date', why: `Entry ${String(place + 1)} has no date.` };
    return undefined;
  }

  private bookedOn(entry: Xml): string | null {
    const { zone } = this.options;
    return dayAt(childOf(entry, 'BookgDt'), zone) ?? dayAt(childOf(entry, 'ValDt'), zone);
  }

  private add(entry: Xml, place: number): void {
    const blocks = childrenOf(entry, 'NtryDtls');
    const details = blocks.flatMap((block) => childrenOf(block, 'TxDtls'));
    const batch = childOf(
      blocks.find((block) => childOf(block, 'Btch') !== undefined),
      'Btch',
    );
    const [only] = details;
    const whole = this.lineOf(entry, details.length === 1 ? only : undefined, batch, place);
    if (whole.amount === '0') {
      this.warnings.push(`Entry ${String(place + 1)} moves nothing and is left out.`);
      return;
    }
    const reference = textAt(entry, 'AcctSvcrRef') ?? textAt(entry, 'NtryRef');
    const parts = details.length > 1 ? this.partsOf(entry, details, batch, place) : undefined;
    if (parts === undefined || parts === 'differ') {
      const key = this.keyOf(whole, reference, null);
      this.push({ ...whole, partsDiffer: parts === 'differ' }, key);
      return;
    }
    const parent = this.keyOf(whole, reference, 'entry');
    for (const [index, part] of parts.entries()) {
      const key = this.keyOf(part, reference, String(index));
      this.push({ ...part, parent }, key);
    }
  }

  private push(content: Content, key: string): void {
    this.lines.push({ key, place: this.lines.length, ...content });
  }

  /** The wording stands in a key only where there is no reference: banks word the same line in more than one way. */
  private keyOf(line: Content, entry: string | null, part: string | null): string {
    const { bookedOn, side, amount, references, text } = line;
    const { item, endToEnd, bank } = references;
    const named = entry ?? item ?? endToEnd ?? bank;
    const words = named === null ? text : null;
    return this.keys.next('camt', bookedOn, side, amount, entry, part, item, endToEnd, bank, words);
  }

  /** The parts of an entry; `differ` where they do not make its amount, undefined where they do not say their own. */
  private partsOf(
    entry: Xml,
    details: readonly Xml[],
    batch: Xml | undefined,
    place: number,
  ): readonly Content[] | 'differ' | undefined {
    const parts: Content[] = [];
    let sum = 0n;
    const whole = this.lineOf(entry, undefined, batch, place);
    for (const detail of details) {
      const amount = this.amountOf(detail);
      if (amount === undefined) return undefined;
      const line = { ...this.lineOf(entry, detail, batch, place, true), amount: String(amount) };
      sum += line.side === whole.side ? amount : -amount;
      parts.push(line);
    }
    return sum === BigInt(whole.amount) ? parts : 'differ';
  }

  private amountOf(detail: Xml): bigint | undefined {
    const amounts = childOf(detail, 'AmtDtls');
    const found = [
      detail['Amt'],
      childOf(amounts, 'TxAmt')?.['Amt'],
      childOf(amounts, 'InstdAmt')?.['Amt'],
    ].find((amount) => amount !== undefined && currencyOfAmount(amount) === currencyOf(this.asset));
    const minor = minorOfDecimal(textAt({ found }, 'found') ?? '', this.asset);
    return minor === undefined || minor <= 0n ? undefined : minor;
  }

  private lineOf(
    entry: Xml,
    detail: Xml | undefined,
    batch: Xml | undefined,
    place: number,
    isPart = false,
  ): Content {
    // Of a single detail banks fill it in by habit; the entry is what was booked.
    const own = isPart ? textAt(detail, 'CdtDbtInd') : null;
    const mark = own ?? textAt(entry, 'CdtDbtInd');
    const side = mark === 'DBIT' ? 'debit' : 'credit';
    const code = codeOf(childOf(entry, 'BkTxCd') ?? childOf(detail, 'BkTxCd'));
    const text = textOf(entry, detail);
    const bookedOn = this.bookedOn(entry) ?? '';
    if (childOf(entry, 'BookgDt') === undefined)
      this.warnings.push(
        `Entry ${String(place + 1)} has no date of booking; that of its value is taken.`,
      );
    return {
      bookedOn,
      valueOn: dayAt(childOf(entry, 'ValDt'), this.options.zone),
      amount: String(minorOfDecimal(textAt(entry, 'Amt') ?? '', this.asset) ?? 0n),
      side,
      references: referencesOf(entry, detail, batch, isPart),
      code: code.text,
      isCharge: code.isCharge || CHARGE_WORDS.test(`${code.own ?? ''} ${text}`),
      isReversal: textAt(entry, 'RvslInd') === 'true' || REVERSAL_WORDS.test(text),
      returnReason: returnReasonOf(detail),
      counterparty: this.counterpartyOf(detail, side),
      text,
      parent: null,
      partsDiffer: false,
    };
  }

  private counterpartyOf(detail: Xml | undefined, side: BankLine['side']): string | null {
    const parties = childOf(detail, 'RltdPties');
    const names = side === 'debit' ? ['CdtrAcct', 'DbtrAcct'] : ['DbtrAcct', 'CdtrAcct'];
    for (const name of names) {
      const id = childOf(childOf(parties, name), 'Id');
      const account = textAt(id, 'IBAN') ?? textAt(id, 'Othr', 'Id');
      if (account !== null) return this.options.counterpartyOf(account);
    }
    return null;
  }
}

const given = (text: string | null): string | null =>
  text === null || NO_REFERENCE.has(text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')) ? null : text;

function referencesOf(
  entry: Xml,
  detail: Xml | undefined,
  batch: Xml | undefined,
  isPart: boolean,
): BankLine['references'] {
  const refs = childOf(detail, 'Refs');
  const endToEnd = given(textAt(refs, 'EndToEndId')) ?? given(textAt(refs, 'TxId'));
  // The reference of an entry names all of its parts, and so none of them.
  const entryReference = isPart ? null : textAt(entry, 'AcctSvcrRef');
  return {
    item: given(textAt(refs, 'InstrId')) ?? endToEnd,
    endToEnd,
    bank: given(textAt(refs, 'AcctSvcrRef') ?? entryReference),
    fitid: null,
    batch:
      given(textAt(batch, 'PmtInfId')) ??
      given(textAt(batch, 'MsgId')) ??
      given(textAt(refs, 'PmtInfId')),
  };
}

function codeOf(code: Xml | undefined): {
  readonly text: string | null;
  readonly own: string | null;
  readonly isCharge: boolean;
} {
  const domain = childOf(code, 'Domn');
  const own = textAt(code, 'Prtry', 'Cd') ?? textAt(code, 'Prtry');
  const parts = [
    textAt(domain, 'Cd'),
    textAt(domain, 'Fmly', 'Cd'),
    textAt(domain, 'Fmly', 'SubFmlyCd'),
  ].filter((part) => part !== null);
  const isCharge = parts.some((part) => CHARGES.has(part));
  return { text: parts.length > 0 ? parts.join('/') : own, own, isCharge };
}

function returnReasonOf(detail: Xml | undefined): string | null {
  const info = childOf(detail, 'RtrInf');
  if (info === undefined) return null;
  return textAt(info, 'Rsn', 'Cd') ?? textAt(info, 'Rsn', 'Prtry') ?? 'unknown';
}

function textOf(entry: Xml, detail: Xml | undefined): string {
  const parties = childOf(detail, 'RltdPties');
  const name = (party: string) =>
    textAt(parties, party, 'Nm') ?? textAt(parties, party, 'Pty', 'Nm');
  const words = [
    textAt(entry, 'AddtlNtryInf'),
    ...textsAt(childOf(detail, 'RmtInf'), 'Ustrd'),
    textAt(detail, 'AddtlTxInf'),
    name('Cdtr'),
    name('Dbtr'),
  ];
  return words
    .filter((word) => word !== null)
    .join(' · ')
    .slice(0, MOST_TEXT);
}
