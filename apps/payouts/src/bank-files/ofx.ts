import type { Asset, Day } from '@tributary/kernel';
import {
  type BankLine,
  type BankStatement,
  END_TO_END_ID,
  type UnreadableRow,
} from '../domain/rail/bank-line';
import { minorOf } from './amounts';
import { assetFrom } from './currency';
import { LineKeys } from './keys';
import { type OfxStatement, type Row, statementsIn } from './ofx-tags';
import type { Reading, ReadingOptions } from './reading-options';
import type { Turns } from '../turns';

/** SGML of version 1 and XML of version 2, read by one hand: what closes a tag differs, what stands in it does not. */
export function* readOfx(text: string, options: ReadingOptions): Reading {
  const statements: BankStatement[] = [];
  for (const statement of yield* statementsIn(text))
    statements.push(yield* read(statement, options));
  return statements;
}

function* read(statement: OfxStatement, options: ReadingOptions): Turns<BankStatement> {
  const unreadable: UnreadableRow[] = [];
  const warnings: string[] = [];
  const { head, rows, ledger } = statement;
  const account = head.get('ACCTID') ?? '';
  const asset = assetFrom((head.get('CURDEF') ?? '').toUpperCase(), unreadable);
  const lines = yield* linesOf(rows, account, asset, { options, unreadable, warnings });
  const last = lines.reduce<Day | null>(
    (day, { bookedOn }) => (day !== null && day > bookedOn ? day : bookedOn),
    null,
  );
  const asOf = dayOfStamp(ledger.get('DTASOF'));
  const until =
    dayOfStamp(head.get('DTEND')) ?? (asOf !== null && asOf > (last ?? '') ? asOf : last);
  return {
    account,
    bank: head.get('BANKID') ?? null,
    // It has no name of its own; what it says of its time is the nearest.
    id: `${head.get('DTSTART') ?? ''}-${head.get('DTEND') ?? ''}`,
    sequence: null,
    asset,
    from: dayOfStamp(head.get('DTSTART')),
    until,
    opening: null,
    closing: closingOf(ledger.get('BALAMT'), { asOf, until, last }, asset, {
      unreadable,
      warnings,
    }),
    lines,
    warnings,
    unreadable,
  };
}

/** The balance is of a day of its own. Where that is not the last one of the period, it says nothing about the period. */
function closingOf(
  text: string | undefined,
  { asOf, until, last }: Readonly<Record<'asOf' | 'last' | 'until', Day | null>>,
  asset: Asset,
  { unreadable, warnings }: { unreadable: UnreadableRow[]; warnings: string[] },
): string | null {
  if (text === undefined || text === '') return null;
  const minor = minorOf(text, asset);
  if (minor === undefined) {
    unreadable.push({ place: null, code: 'amount', why: `The balance is "${text}".` });
    return null;
  }
  const isLater = asOf !== null && until !== null && asOf > until;
  const isEarlier = asOf !== null && last !== null && asOf < last;
  if (!isLater && !isEarlier) return String(minor);
  warnings.push(`The balance ${text} is of ${asOf}, and not of the end of the period.`);
  return null;
}

interface Noting {
  readonly options: ReadingOptions;
  readonly unreadable: UnreadableRow[];
  readonly warnings: string[];
}

const ROWS_AT_ONCE = 500;

function* linesOf(
  rows: readonly Row[],
  account: string,
  asset: Asset,
  noting: Noting,
): Turns<readonly BankLine[]> {
  const keys = new LineKeys(account);
  const seen = new Set<string>();
  let [missing, repeated] = [0, 0];
  const lines: BankLine[] = [];
  for (const [place, row] of rows.entries()) {
    if (place % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    const fitid = row.get('FITID') ?? '';
    if (fitid === '') missing += 1;
    else if (seen.has(fitid)) repeated += 1;
    seen.add(fitid);
    const line = lineOf(row, place, { keys, asset, at: lines.length }, noting);
    if (line !== undefined) lines.push(line);
  }
  if (missing > 0) noting.warnings.push(`${String(missing)} rows have no FITID.`);
  if (repeated > 0) noting.warnings.push(`${String(repeated)} rows have the FITID of another.`);
  return lines;
}

const ITEM = /\b[0-9A-HJKMNP-TV-Z]{15}\b/;
const CHARGE_TYPES = new Set(['FEE', 'SRVCHG']);
const CHARGE_WORDS = /\b(?:TARIFAS?|TAR|FEES?|FRAIS|SERVICE CHARGE)\b/i;
const REVERSAL_WORDS = /\bESTORNO\b/i;
const RETURN_WORDS = /\b(?:DEVOLU[CÇ][AÃ]O|DEVOLVID[AO]|DEV (?:PIX|TED))\b/i;

function lineOf(
  row: Row,
  place: number,
  { keys, asset, at }: { keys: LineKeys; asset: Asset; at: number },
  { options, unreadable, warnings }: Noting,
): BankLine | undefined {
  const nth = `Row ${String(place + 1)}`;
  const [amount, posted] = [row.get('TRNAMT') ?? '', row.get('DTPOSTED')];
  const minor = minorOf(amount, asset);
  if (minor === undefined) {
    unreadable.push({ place, code: 'amount', why: `${nth} has the amount "${amount}".` });
    return undefined;
  }
  const bookedOn = dayOfStamp(posted);
  if (bookedOn === null) {
    unreadable.push({ place, code: 'date', why: `${nth} has the date "${posted ?? ''}".` });
    return undefined;
  }
  if (minor === 0n) {
    warnings.push(`${nth} moves nothing and is left out.`);
    return undefined;
  }
  return booked(row, { minor, bookedOn, at }, keys, options);
}

function booked(
  row: Row,
  { minor, bookedOn, at }: { readonly minor: bigint; readonly bookedOn: Day; readonly at: number },
  keys: LineKeys,
  options: ReadingOptions,
): BankLine {
  const text = [row.get('NAME'), row.get('MEMO')].filter(Boolean).join(' · ').slice(0, MOST_TEXT);
  const side = minor < 0n ? 'debit' : 'credit';
  const size = String(minor < 0n ? -minor : minor);
  const references = referencesOf(row, text);
  const code = row.get('TRNTYPE')?.toUpperCase() ?? null;
  // Banks number their rows anew with every export, so neither FITID nor CHECKNUM stands in the key.
  const key = keys.next('ofx', bookedOn, side, size, row.get('REFNUM') ?? null, text);
  const to = row.get('BANKACCTTO/ACCTID');
  return {
    key,
    place: at,
    bookedOn,
    valueOn: dayOfStamp(row.get('DTAVAIL')),
    amount: size,
    side,
    references,
    code,
    isCharge: CHARGE_TYPES.has(code ?? '') || CHARGE_WORDS.test(text),
    isReversal: REVERSAL_WORDS.test(text),
    returnReason: side === 'credit' && RETURN_WORDS.test(text) ? 'unknown' : null,
    counterparty: to === undefined ? null : options.counterpartyOf(to),
    text,
    parent: null,
    partsDiffer: false,
  };
}

const MOST_TEXT = 500;

/** Where the bank has a place for our name of the payment it is used; many only repeat it in the wording. */
function referencesOf(row: Row, text: string): BankLine['references'] {
  const named = row.get('REFNUM') ?? null;
  const worded = ITEM.exec(text)?.[0] ?? null;
  return {
    item: named !== null && ITEM.test(named) ? named : (worded ?? named),
    endToEnd: END_TO_END_ID.exec(text)?.[0] ?? null,
    bank: row.get('CHECKNUM') ?? null,
    fitid: row.get('FITID') ?? null,
    batch: null,
  };
}

/** The day as the bank wrote it: its zone is that of the account. */
function dayOfStamp(stamp: string | undefined): Day | null {
  const [, year, month, day] = /^([0-9]{4})([0-9]{2})([0-9]{2})/.exec(stamp ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const text = `${year}-${month}-${day}`;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : text;
}
