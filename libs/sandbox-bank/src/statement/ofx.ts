import { type BankState, CURRENCY, type LedgerLine } from '../state';
import { accountText, type BankDay, decimal, shown } from './daily';
import { escaped } from './xml';

const HEADER = [
  'OFXHEADER:100',
  'DATA:OFXSGML',
  'VERSION:102',
  'SECURITY:NONE',
  'ENCODING:USASCII',
  'CHARSET:1252',
  'COMPRESSION:NONE',
  'OLDFILEUID:NONE',
  'NEWFILEUID:NONE',
  '',
];

/** OFX 1 as Brazilian internet banking exports it: leaves are not closed, and there is a closing balance but no opening one. */
export function ofx(state: BankState, days: readonly BankDay[], last: string): Uint8Array {
  const closing = days.at(-1)?.closingMinor ?? 0n;
  const lines = [
    ...HEADER,
    '<OFX>',
    '<SIGNONMSGSRSV1>',
    '<SONRS>',
    ...SUCCESS,
    `<DTSERVER>${stamp(last)}`,
    '<LANGUAGE>POR',
    '<FI>',
    '<ORG>BANCO DE TESTES',
    `<FID>${state.account.bank}`,
    '</FI>',
    '</SONRS>',
    '</SIGNONMSGSRSV1>',
    '<BANKMSGSRSV1>',
    '<STMTTRNRS>',
    '<TRNUID>0',
    ...SUCCESS,
    '<STMTRS>',
    `<CURDEF>${CURRENCY}`,
    '<BANKACCTFROM>',
    `<BANKID>0${state.account.bank}`,
    `<ACCTID>${accountText(state)}`,
    '<ACCTTYPE>CHECKING',
    '</BANKACCTFROM>',
    '<BANKTRANLIST>',
    `<DTSTART>${stamp(days[0]?.day ?? last)}`,
    `<DTEND>${stamp(last)}`,
    ...days.flatMap(({ lines: booked }) => booked.flatMap((line) => transaction(state, line))),
    '</BANKTRANLIST>',
    '<LEDGERBAL>',
    `<BALAMT>${decimal(closing)}`,
    `<DTASOF>${stamp(last)}`,
    '</LEDGERBAL>',
    '</STMTRS>',
    '</STMTTRNRS>',
    '</BANKMSGSRSV1>',
    '</OFX>',
  ];
  return new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''));
}

const SUCCESS = ['<STATUS>', '<CODE>0', '<SEVERITY>INFO', '</STATUS>'];

/** Noon in Brasília, which has kept its offset since 2019. */
const stamp = (day: string): string => `${day.replaceAll('-', '')}120000[-3:BRT]`;

const TYPES: Partial<Record<LedgerLine['kind'], string>> = { fee: 'FEE' };

function transaction(state: BankState, line: LedgerLine): string[] {
  const { item, number } = shown(state, line);
  const debit = line.side === 'debit';
  const memo = [line.text, item, line.payee?.name].filter((word) => word != null).join(' ');
  return [
    '<STMTTRN>',
    `<TRNTYPE>${TYPES[line.kind] ?? (debit ? 'DEBIT' : 'CREDIT')}`,
    `<DTPOSTED>${stamp(line.bookedOn)}`,
    `<TRNAMT>${debit ? '-' : ''}${decimal(line.amountMinor)}`,
    // The one identity that an OFX line must have: the bank's, whatever else the statement keeps quiet about.
    `<FITID>${line.bookedOn.replaceAll('-', '')}${line.number}`,
    ...(number === null ? [] : [`<CHECKNUM>${number}`]),
    ...(item === null ? [] : [`<REFNUM>${item}`]),
    `<MEMO>${escaped(memo)}`,
    '</STMTTRN>',
  ];
}
