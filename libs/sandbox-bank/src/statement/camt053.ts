import { startOfDay } from '@tributary/kernel';

import { shiftDay, ZONE } from '../days';
import { type BankState, CURRENCY, type LedgerLine, type Payee } from '../state';
import { accountText, type BankDay, decimal, type Shown, shown } from './daily';
import { element, text, type Xml } from './xml';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';

/** One statement per closed day, in one message. */
export function camt053(state: BankState, days: readonly BankDay[]): Uint8Array {
  const [first, last] = [days[0]?.day ?? state.openedOn, days.at(-1)?.day ?? state.openedOn];
  const message = element(
    'GrpHdr',
    text('MsgId', `${state.account.bank}-${compact(first)}-${compact(last)}`),
    text('CreDtTm', startOfDay(shiftDay(last, 1), ZONE)),
  );
  const statements = days.map((day) => statementOf(state, day));
  const body = element('BkToCstmrStmt', message, ...statements) ?? '';
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}">${body}</Document>\n`,
  );
}

const compact = (day: string): string => day.replaceAll('-', '');

function statementOf(state: BankState, day: BankDay): Xml {
  const account = accountText(state);
  return element(
    'Stmt',
    text('Id', `${state.account.bank}-${account}-${compact(day.day)}`, 35),
    text('ElctrncSeqNb', String(day.sequence)),
    text('CreDtTm', startOfDay(shiftDay(day.day, 1), ZONE)),
    element(
      'FrToDt',
      text('FrDtTm', startOfDay(day.day, ZONE)),
      text('ToDtTm', startOfDay(shiftDay(day.day, 1), ZONE)),
    ),
    element(
      'Acct',
      element('Id', element('Othr', text('Id', account, 34))),
      text('Ccy', CURRENCY),
      element('Ownr', text('Nm', state.account.holder)),
      element(
        'Svcr',
        element('FinInstnId', element('ClrSysMmbId', text('MmbId', state.account.bank))),
      ),
    ),
    balance('OPBD', day.openingMinor, day.day),
    balance('CLBD', day.closingMinor, day.day),
    ...day.lines.map((line) => entryOf(state, line)),
  );
}

const amount = (name: string, minor: string | bigint): Xml =>
  `<${name} Ccy="${CURRENCY}">${decimal(minor)}</${name}>`;

const balance = (code: string, minor: bigint, day: string): Xml =>
  element(
    'Bal',
    element('Tp', element('CdOrPrtry', text('Cd', code))),
    amount('Amt', minor < 0n ? -minor : minor),
    text('CdtDbtInd', minor < 0n ? 'DBIT' : 'CRDT'),
    element('Dt', text('Dt', day)),
  );

/** Family and sub-family of the ISO code set, and the bank's own word, by what a line is. */
const CODES: Record<LedgerLine['kind'], readonly [string, string, string]> = {
  payment: ['ICDT', 'DMCT', 'SISPAG'],
  batch: ['ICDT', 'DMCT', 'SISPAG LOTE'],
  return: ['ICDT', 'RRTN', 'DEVOLUCAO'],
  correction: ['ICDT', 'RRTN', 'ESTORNO'],
  fee: ['ICDT', 'CHRG', 'TARIFA'],
  other: ['MCOP', 'OTHR', 'LANCAMENTO'],
};

function entryOf(state: BankState, line: LedgerLine): Xml {
  const refs = shown(state, line);
  const [family, subFamily, own] = CODES[line.kind];
  return element(
    'Ntry',
    amount('Amt', line.amountMinor),
    text('CdtDbtInd', line.side === 'debit' ? 'DBIT' : 'CRDT'),
    text('RvslInd', line.kind === 'correction' ? 'true' : null),
    element('Sts', text('Cd', 'BOOK')),
    element('BookgDt', text('Dt', line.bookedOn)),
    element('ValDt', text('Dt', line.bookedOn)),
    text('AcctSvcrRef', refs.number, 35),
    element(
      'BkTxCd',
      element(
        'Domn',
        text('Cd', 'PMNT'),
        element('Fmly', text('Cd', family), text('SubFmlyCd', subFamily)),
      ),
      element('Prtry', text('Cd', own, 35)),
    ),
    detailsOf(state, line, refs),
    text('AddtlNtryInf', line.text, 500),
  );
}

function detailsOf(state: BankState, line: LedgerLine, refs: Shown): Xml {
  if (line.batch !== null) return batchOf(state, line, line.batch);
  if (line.payee === null && refs.item === null) return null;
  return element('NtryDtls', transaction(refs, line, line.payee));
}

function batchOf(
  state: BankState,
  line: LedgerLine,
  { sequence, parts }: NonNullable<LedgerLine['batch']>,
): Xml {
  const withParts = state.scenario.booking === 'batch';
  return element(
    'NtryDtls',
    element(
      'Btch',
      text('PmtInfId', String(sequence).padStart(6, '0')),
      text('NbOfTxs', String(parts.length)),
      amount('TtlAmt', line.amountMinor),
      text('CdtDbtInd', 'DBIT'),
    ),
    ...(withParts
      ? parts.map((part) =>
          transaction(shown(state, part), { ...line, amountMinor: part.amountMinor }, part.payee),
        )
      : []),
  );
}

function transaction(
  { item, number, endToEnd }: Shown,
  line: Pick<LedgerLine, 'amountMinor' | 'side' | 'returnReason'>,
  payee: Payee | null,
): Xml {
  return element(
    'TxDtls',
    element(
      'Refs',
      text('AcctSvcrRef', number, 35),
      text('InstrId', item, 35),
      // Our number stands here too, where the country's own name of a payment does not need the place.
      text('EndToEndId', endToEnd ?? item, 35),
    ),
    amount('Amt', line.amountMinor),
    text('CdtDbtInd', line.side === 'debit' ? 'DBIT' : 'CRDT'),
    payee === null ? null : element('RltdPties', ...partiesOf(payee)),
    line.returnReason === null
      ? null
      : element('RtrInf', element('Rsn', text('Cd', line.returnReason, 4))),
  );
}

function partiesOf({ name, document, destination }: Payee): Xml[] {
  const isCompany = document.length === 14;
  const identified = element(
    isCompany ? 'OrgId' : 'PrvtId',
    element('Othr', text('Id', document, 35)),
  );
  const account = destination.kind === 'account' ? accountOf(destination) : null;
  return [
    element('Cdtr', element('Pty', text('Nm', name), element('Id', identified))),
    element('CdtrAcct', element('Id', element('Othr', text('Id', account, 34)))),
  ];
}

/** Fields of a file are filled up with zeros; a statement shows the account as its owner writes it. */
function accountOf(account: Extract<Payee['destination'], { kind: 'account' }>): string {
  const branch = String(Number(account.branch)).padStart(4, '0');
  return `${account.bank}-${branch}-${BigInt(account.number)}-${account.digit}`;
}
