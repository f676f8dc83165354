import { instant } from '@tributary/kernel';
import {
  type BankState,
  enter,
  noonOf,
  openBank,
  receive,
  SandboxBank,
  scenarioOf,
  shiftDay,
  statement,
  type StatementFormat,
} from '@tributary/sandbox-bank';

import { itau341 } from '../../src/rails/cnab240/itau-341';
import { cnab240 } from '../../src/rails/cnab240/rail';
import type { Destination, PayingAccount, PaymentFile } from '../../src/rails/rail';
import { atOnce } from '../../src/turns';

/** What was instructed, in a file of this number. */
export interface GivenItem {
  readonly item: string;
  /** Minor units. */
  readonly amount: string;
  readonly method: 'pix' | 'ted';
  readonly instructedOn: string;
  readonly destination: Destination;
}

/** `file#2` is the third line of that statement, counted from 0 as the reader counts them. */
type LineName = string;

export interface ExpectedBreak {
  readonly type: string;
  readonly cause: string;
  readonly about:
    | { readonly line: LineName }
    | { readonly item: string }
    | { readonly file: number }
    | { readonly statement: string };
  readonly candidates?: readonly { readonly items: readonly string[]; readonly tier: string }[];
}

export interface ExpectedMatch {
  readonly line: LineName;
  readonly tier: string;
  readonly items: readonly string[];
  readonly kind: string;
}

export interface Expected {
  readonly why: string;
  readonly given: {
    readonly account: PayingAccount['account'];
    /** Minor units at the start of `on`. */
    readonly opening: string;
    readonly on: string;
    readonly fileSequence: number;
    readonly items: readonly GivenItem[];
  };
  /** Return files of the bank that are read first, then its statements, in order. */
  readonly returns: readonly string[];
  readonly files: readonly string[];
  /** The day on which it is asked what is overdue; null where it is not. */
  readonly asOf: string | null;
  /** Lines that say the same: which of them is the payment nobody can know, and both go by the name of the first. */
  readonly alike: readonly LineName[];
  readonly expect: {
    readonly matched: readonly ExpectedMatch[];
    readonly breaks: readonly ExpectedBreak[];
  };
}

export interface Case {
  readonly name: string;
  readonly expected: Expected;
  readonly content: Readonly<Record<string, Uint8Array>>;
}

/** A Wednesday. */
export const DAY = '2026-04-15';
/** Of the first file that an account ever sends. */
const SEQUENCE = 1;
const OPENING = '1000000';
const rail = cnab240(itau341);

export const payer: PayingAccount = {
  id: 'itau1',
  name: 'Tributary Teste Ltda',
  cnpj: '11222333000181',
  agreement: '0001',
  account: {
    bank: '341',
    branch: '1234',
    branchDigit: null,
    number: '56789',
    digit: '0',
    kind: 'checking',
  },
};

export const MARIA: Destination = accountAt('12345', '6');
export const JOSE: Destination = accountAt('67890', '1');

function accountAt(number: string, digit: string): Destination {
  const where = { bank: '237', branch: '4321', branchDigit: null, kind: 'checking' } as const;
  return { kind: 'ted', account: { ...where, number, digit } };
}

export const ted = (item: string, amount = '10000', destination = MARIA): GivenItem => ({
  item,
  amount,
  method: 'ted',
  instructedOn: DAY,
  destination,
});

export const pix = (item: string, amount = '10000'): GivenItem => ({
  item,
  amount,
  method: 'pix',
  instructedOn: DAY,
  destination: { kind: 'pix', keyKind: 'email', key: 'maria@exemplo.test' },
});

/** A bank that took the file of these items, written by the product, and lived until that day. */
export function bankPaying(
  items: readonly GivenItem[],
  scenario: object = {},
  until = shiftDay(DAY, 1),
): SandboxBank {
  const { bank, branch, number, digit } = payer.account;
  const account = { bank, branch, number, digit, holder: 'TRIBUTARY', document: payer.cnpj };
  const at = { on: DAY, openingMinor: OPENING, scenario: scenarioOf(scenario) };
  const opened: BankState = openBank({ account, ...at });
  if (items.length === 0) return held(opened, until);
  const [{ method } = { method: 'ted' }] = items;
  const file: PaymentFile = {
    from: payer,
    run: '0c5f5f6e-3d5e-5b1c-9a54-1f6f2f0c7d3e',
    sequence: SEQUENCE,
    kind: method,
    madeAt: instant('2026-04-15T12:00:00Z'),
    zone: 'America/Sao_Paulo',
    payOn: DAY,
    asset: 'BRL/2',
    items: items.map(({ item, amount, destination }) => ({
      item,
      amountMinor: BigInt(amount),
      payee: {
        name: 'Maria da Silva',
        document: { kind: 'cpf', number: '52998224725' },
        destination,
      },
    })),
  };
  const { state, received } = receive(opened, atOnce(rail.write(file)), noonOf(DAY));
  if (received.outcome !== 'taken') throw new Error(JSON.stringify(received));
  return held(state, until);
}

function held(state: BankState, until: string): SandboxBank {
  const bank = new SandboxBank(state);
  bank.advance(until);
  return bank;
}

/** The same bank after somebody moved money on the first day without a file. */
export function withEntry(
  side: 'credit' | 'debit',
  amountMinor: string,
  text: string,
): SandboxBank {
  const bank = bankPaying([], {}, DAY);
  return held(enter(bank.state, { side, amountMinor, text }), shiftDay(DAY, 1));
}

export const dayFile = (
  { state }: SandboxBank,
  day = DAY,
  format: StatementFormat = 'camt053',
): Record<string, Uint8Array> => ({
  [`${day}.${format === 'ofx' ? 'ofx' : 'xml'}`]: statement(state, day, day, format),
});

/** The first so many of the bank's answers. */
export function returnFiles(bank: SandboxBank, count: number): Record<string, Uint8Array> {
  const files = bank.returnFiles().slice(0, count);
  return Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]));
}

/** A statement as another bank would have written it. */
export function edited(
  files: Record<string, Uint8Array>,
  from: string | RegExp,
  to: string,
): Record<string, Uint8Array> {
  const changed = Object.entries(files).map(([name, bytes]) => {
    const text = new TextDecoder().decode(bytes).replace(from, to);
    return [name, new TextEncoder().encode(text)] as const;
  });
  return Object.fromEntries(changed);
}

export function caseOf(
  name: string,
  why: string,
  told: {
    readonly items: readonly GivenItem[];
    readonly returns?: Readonly<Record<string, Uint8Array>>;
    readonly files: Readonly<Record<string, Uint8Array>>;
    readonly asOf?: string;
    readonly alike?: readonly LineName[];
    readonly matched?: readonly ExpectedMatch[];
    readonly breaks?: readonly ExpectedBreak[];
  },
): Case {
  const { items, returns = {}, files, asOf = null } = told;
  const { alike = [], matched = [], breaks = [] } = told;
  const { account } = payer;
  const given = { account, opening: OPENING, on: DAY, fileSequence: SEQUENCE, items };
  const [returnNames, fileNames] = [Object.keys(returns), Object.keys(files)];
  const expect = { matched, breaks };
  return {
    name,
    expected: { why, given, returns: returnNames, files: fileNames, asOf, alike, expect },
    content: { ...returns, ...files },
  };
}
