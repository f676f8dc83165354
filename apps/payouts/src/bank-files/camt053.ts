import {
  type Asset,
  CodedError,
  type Day,
  currencyOf,
  dayOf,
  instantOfMs,
} from '@tributary/kernel';
import { XMLParser } from 'fast-xml-parser';
import { plusDays } from '../domain/rail/business-days';
import type { BankStatement, UnreadableRow } from '../domain/rail/bank-line';
import { assetFrom } from './currency';
import { minorOfDecimal } from './amounts';
import { EntryReader } from './camt053-entries';
import { currencyOfAmount, dayOfText, dayAt } from './camt053-values';
import {
  type Place,
  cutOff,
  entriesIn,
  statementsIn,
  withoutComments,
  withoutEntries,
} from './camt053-parts';
import { type Xml, childOf, childrenOf, textAt } from './xml';
import type { Reading, ReadingOptions } from './reading-options';
import type { Turns } from '../turns';

const MANY = new Set(['Bal', 'Ntry', 'NtryDtls', 'Stmt', 'TxDtls', 'Ustrd']);
/** Entries that are parsed together: the tree of a whole large file would be many times the file, and nobody else would have a turn. */
const ENTRIES_AT_ONCE = 100;

/** Versions 02 to 08. What differs between them is read by what is there, not by the number. Pauses between parts of a large one. */
export function* readCamt053(text: string, options: ReadingOptions): Reading {
  // A statement has no use for entities of its own, and they are how a small file becomes a large one.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text.slice(0, 4_000)))
    throw new CodedError('invalid_bank_file', 'A statement with a document type is not read.');
  const content = yield* withoutComments(text);
  const isWhole = /<\/(?:[A-Za-z0-9_-]+:)?Document\s*>\s*$/.test(content.slice(-200));
  const whole = yield* statementsIn(content);
  const found = whole.length > 0 || isWhole ? whole : cutOff(content);
  const statements: BankStatement[] = [];
  for (const statement of found) statements.push(yield* read(statement, options, isWhole));
  return statements;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  isArray: (name) => MANY.has(name),
});

function parsed(text: string): Xml {
  try {
    return parser.parse(text) as Xml;
  } catch (error) {
    const message = 'The file is no well-formed XML.';
    throw new CodedError('invalid_bank_file', message, {}, { cause: error });
  }
}

const entriesAt = (text: string, places: readonly Place[]): readonly Xml[] =>
  childrenOf(parsed(places.map(({ from, until }) => text.slice(from, until)).join('')), 'Ntry');

function* read(text: string, options: ReadingOptions, isWhole: boolean): Turns<BankStatement> {
  const unreadable: UnreadableRow[] = [];
  const warnings: string[] = [];
  const { places, isCut } = yield* entriesIn(text);
  if (!isWhole || isCut)
    unreadable.push({ place: null, code: 'structure', why: 'The file ends before it is over.' });
  const [statement = {}] = childrenOf(parsed(withoutEntries(text, places)), 'Stmt');
  const account = childOf(statement, 'Acct');
  const accountId = childOf(account, 'Id');
  const name = textAt(accountId, 'IBAN') ?? textAt(accountId, 'Othr', 'Id') ?? '';
  const balances = childrenOf(statement, 'Bal').map((balance) => balanceOf(balance, options));
  const [first] = entriesAt(text, places.slice(0, 1));
  const asset = assetFrom(currencyIn(account, balances, first), unreadable);
  const opening = chosen(balances, ['OPBD', 'PRCD'], asset, unreadable);
  const closing = chosen(balances.toReversed(), ['CLBD'], asset, unreadable);
  const reader = new EntryReader(name, asset, options, unreadable, warnings);
  for (let from = 0; from < places.length; from += ENTRIES_AT_ONCE) {
    const some = entriesAt(text, places.slice(from, from + ENTRIES_AT_ONCE));
    for (const [i, entry] of some.entries()) reader.read(entry, from + i);
    yield;
  }
  return {
    account: name,
    bank: bankOf(account),
    id: textAt(statement, 'Id') ?? '',
    sequence: sequenceOf(statement, warnings),
    asset,
    ...periodOf(statement, opening, closing, options),
    opening: opening === undefined ? null : String(opening.minor),
    closing: closing === undefined ? null : String(closing.minor),
    lines: reader.lines,
    warnings,
    unreadable,
  };
}

/** The code of a Brazilian bank has three digits; other registers of members say nothing that we could compare. */
function bankOf(account: Xml | undefined): string | null {
  const member = textAt(account, 'Svcr', 'FinInstnId', 'ClrSysMmbId', 'MmbId');
  return member !== null && /^0?[0-9]{3}$/.test(member) ? member : null;
}

function sequenceOf(statement: Xml, warnings: string[]): number | null {
  const text = textAt(statement, 'ElctrncSeqNb') ?? textAt(statement, 'LglSeqNb');
  if (text === null) return null;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  warnings.push(`The sequence number "${text.slice(0, 20)}" is none.`);
  return null;
}

interface Balance {
  readonly code: string;
  readonly amount: string;
  readonly currency: string;
  readonly isNegative: boolean;
  readonly on: Day | null;
}

function balanceOf(balance: Xml, { zone }: ReadingOptions): Balance {
  const amount = balance['Amt'];
  return {
    code:
      textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') ?? textAt(balance, 'Tp', 'CdOrPrtry', 'Prtry') ?? '',
    amount: textAt(balance, 'Amt') ?? '',
    currency: currencyOfAmount(amount),
    isNegative: textAt(balance, 'CdtDbtInd') === 'DBIT',
    on: dayAt(childOf(balance, 'Dt'), zone),
  };
}

function currencyIn(
  account: Xml | undefined,
  balances: readonly Balance[],
  entry: Xml | undefined,
): string {
  const told = textAt(account, 'Ccy');
  if (told !== null) return told;
  const order = ['OPBD', 'PRCD', 'CLBD'];
  const balance = order.map((code) => balances.find((each) => each.code === code)).find(Boolean);
  if (balance !== undefined || entry === undefined) return (balance ?? balances[0])?.currency ?? '';
  return currencyOfAmount(entry['Amt']);
}

interface ChosenBalance {
  readonly minor: bigint;
  readonly code: string;
  readonly on: Day | null;
}

function chosen(
  balances: readonly Balance[],
  codes: readonly string[],
  asset: Asset,
  unreadable: UnreadableRow[],
): ChosenBalance | undefined {
  const balance = codes
    .map((code) => balances.find((each) => each.code === code))
    .find((each) => each !== undefined);
  if (balance === undefined) return undefined;
  const { code, currency, amount, isNegative, on } = balance;
  if (currency !== currencyOf(asset)) {
    const why = `The balance ${code} is in ${currency}, the account in ${currencyOf(asset)}.`;
    unreadable.push({ place: null, code: 'currency', why });
    return undefined;
  }
  const minor = minorOfDecimal(amount, asset);
  if (minor === undefined) {
    unreadable.push({ place: null, code: 'amount', why: `The balance ${code} is "${amount}".` });
    return undefined;
  }
  return { minor: isNegative ? -minor : minor, code, on };
}

function periodOf(
  statement: Xml,
  opening: ChosenBalance | undefined,
  closing: ChosenBalance | undefined,
  { zone }: ReadingOptions,
): { readonly from: Day | null; readonly until: Day | null } {
  const range = childOf(statement, 'FrToDt');
  const told = textAt(range, 'FrDtTm') ?? textAt(range, 'FrDt');
  const end = textAt(range, 'ToDtTm') ?? textAt(range, 'ToDt');
  const begins = told === null ? null : dayOfText(told, zone);
  const ends = end === null ? null : lastDayBefore(end, zone);
  // What was booked before is of the day before, at the latest.
  const opened =
    opening?.on == null ? null : opening.code === 'PRCD' ? plusDays(opening.on, 1) : opening.on;
  return { from: begins ?? opened, until: closing?.on ?? ends };
}

/** A period that ends at midnight ends with the day before. */
function lastDayBefore(end: string, zone: string): Day | null {
  const day = dayOfText(end, zone);
  const ms = Date.parse(/(?:Z|[+-][0-9]{2}:?[0-9]{2})$/.test(end) ? end : `${end}Z`);
  if (day === null || !end.includes('T') || Number.isNaN(ms)) return day;
  const hasOffset = /(?:Z|[+-][0-9]{2}:?[0-9]{2})$/.test(end);
  const before = dayOf(instantOfMs(ms - 1), hasOffset ? zone : 'UTC');
  return before < day ? before : day;
}
