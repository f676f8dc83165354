import { CodedError, type Day } from '@tributary/kernel';

import { asDay } from './days';

export const METHODS = ['pix', 'ted', 'transfer'] as const;
export type Method = (typeof METHODS)[number];

/** What happens to one payment. Every outcome but the first is something that banks have done to somebody. */
export type Outcome =
  | { readonly kind: 'paid' }
  /** Refused before money moves, with the two-letter codes of the bank. */
  | { readonly kind: 'rejected'; readonly codes: readonly string[] }
  /** Paid, and given back by the other bank. */
  | { readonly kind: 'returned'; readonly afterDays: number; readonly reason: string }
  | { readonly kind: 'delayed'; readonly days: number }
  /** Debited twice. With `sameReference` both debits carry one number, as if the line were repeated. */
  | {
      readonly kind: 'duplicated';
      readonly sameReference: boolean;
      /** When the bank notices and gives one of them back; null for never. */
      readonly correctedAfterDays: number | null;
    }
  /** Answered with a code that stands in no manual; `booked` says whether the money went all the same. */
  | { readonly kind: 'unknown'; readonly code: string; readonly booked: boolean }
  /** Accepted, and never heard of again. */
  | { readonly kind: 'silent' }
  /** Claimed to be paid, and never booked. */
  | { readonly kind: 'claimed_only' }
  /** Claimed as asked for, booked with so much more or less. */
  | { readonly kind: 'misbooked'; readonly byMinor: string }
  /** Answered as refused, and debited. */
  | { readonly kind: 'rejected_but_booked'; readonly codes: readonly string[] };

/** Everything that is named must fit. */
export interface Match {
  readonly item?: string;
  /** Part of the payee's name, in capitals as files carry it. */
  readonly payee?: string;
  readonly document?: string;
  readonly amountMinor?: string;
  readonly method?: Method;
  /** Of the file. */
  readonly sequence?: number;
  /** In the file, from 1. */
  readonly place?: number;
}

export interface Rule {
  readonly when: Match;
  readonly then: Outcome;
}

/** How this bank behaves. The same files on the same days under the same scenario give the same bytes. */
export interface Scenario {
  /** The first that fits decides; a payment that none fits is paid. */
  readonly rules: readonly Rule[];
  readonly fees: { readonly perPaymentMinor: string; readonly perFileMinor: string };
  /** One debit per payment, or one per file and day, with or without its parts. */
  readonly booking: 'each' | 'batch' | 'batch_without_parts';
  /** What statements carry to recognise a payment by: our item, only the bank's number, or nothing. */
  readonly references: 'item' | 'bank' | 'none';
  readonly holidays: readonly Day[];
  /** Days that statements leave out as if nothing had happened on them. */
  readonly missingDays: readonly Day[];
  /** Files that are refused whole for no fault of their own, by sequence. */
  readonly refusedSequences: readonly number[];
}

export const EVERYTHING_IS_PAID: Scenario = {
  rules: [],
  fees: { perPaymentMinor: '0', perFileMinor: '0' },
  booking: 'each',
  references: 'item',
  holidays: [],
  missingDays: [],
  refusedSequences: [],
};

export interface Matched {
  readonly item: string;
  readonly payee: string;
  readonly document: string;
  readonly amountMinor: string;
  readonly method: Method;
  readonly sequence: number;
  readonly place: number;
}

export function outcomeOf({ rules }: Scenario, payment: Matched): Outcome {
  const rule = rules.find(({ when }) => fits(when, payment));
  return rule?.then ?? { kind: 'paid' };
}

const fits = ({ payee, ...exact }: Match, payment: Matched): boolean =>
  (payee === undefined || payment.payee.includes(payee)) &&
  Object.entries(exact).every(([name, value]) => payment[name as keyof typeof exact] === value);

/** A scenario as a person writes it: what is left out is as in the one where everything is paid. */
export function scenarioOf(written: unknown): Scenario {
  const { rules = [], fees = {}, ...rest } = asObject(written, 'a scenario');
  const given = { ...EVERYTHING_IS_PAID, ...rest };
  const { perPaymentMinor = '0', perFileMinor = '0' } = asObject(fees, 'fees');
  return {
    rules: asList(rules, 'rules').map(ruleOf),
    fees: {
      perPaymentMinor: asMinor(perPaymentMinor, 'fees.perPaymentMinor'),
      perFileMinor: asMinor(perFileMinor, 'fees.perFileMinor'),
    },
    booking: oneOf(given.booking, ['each', 'batch', 'batch_without_parts'], 'booking'),
    references: oneOf(given.references, ['item', 'bank', 'none'], 'references'),
    holidays: asList(given.holidays, 'holidays').map((day) => asDay(String(day))),
    missingDays: asList(given.missingDays, 'missingDays').map((day) => asDay(String(day))),
    refusedSequences: asList(given.refusedSequences, 'refusedSequences').map((sequence) =>
      asCount(sequence, 'refusedSequences'),
    ),
  };
}

const MATCHES: Record<keyof Match, (value: unknown, name: string) => string | number> = {
  item: asText,
  payee: asText,
  document: asText,
  amountMinor: asMinor,
  method: (value) => oneOf(value, METHODS, 'when.method'),
  sequence: asCount,
  place: asCount,
};

function ruleOf(written: unknown): Rule {
  const { when, then } = asObject(written, 'a rule');
  const match = Object.entries(asObject(when, 'when')).map(([name, value]) => {
    const check = Object.entries(MATCHES).find(([known]) => known === name)?.[1];
    if (check === undefined) throw invalid(`when.${name} is not known`);
    return [name, check(value, `when.${name}`)];
  });
  return { when: Object.fromEntries(match) as Match, then: outcomeFrom(asObject(then, 'then')) };
}

type Written = Readonly<Record<string, unknown>>;

/** How each outcome is read from what a person wrote; what is left out has the commonest value. */
const OUTCOMES: { [K in Outcome['kind']]: (written: Written) => Extract<Outcome, { kind: K }> } = {
  paid: () => ({ kind: 'paid' }),
  silent: () => ({ kind: 'silent' }),
  claimed_only: () => ({ kind: 'claimed_only' }),
  rejected: ({ codes }) => ({ kind: 'rejected', codes: occurrencesIn(codes) }),
  rejected_but_booked: ({ codes }) => ({
    kind: 'rejected_but_booked',
    codes: occurrencesIn(codes),
  }),
  returned: ({ afterDays = 1, reason = 'AC03' }) => ({
    kind: 'returned',
    afterDays: asCount(afterDays, 'afterDays'),
    reason: asText(reason, 'reason'),
  }),
  delayed: ({ days = 1 }) => ({ kind: 'delayed', days: asCount(days, 'days') }),
  duplicated: ({ sameReference = false, correctedAfterDays = null }) => ({
    kind: 'duplicated',
    sameReference: asFlag(sameReference, 'sameReference'),
    correctedAfterDays:
      correctedAfterDays === null ? null : asCount(correctedAfterDays, 'correctedAfterDays'),
  }),
  unknown: ({ code = 'ZZ', booked = false }) => ({
    kind: 'unknown',
    code: asOccurrence(code),
    booked: asFlag(booked, 'booked'),
  }),
  misbooked: ({ byMinor }) => ({ kind: 'misbooked', byMinor: asDifference(byMinor) }),
};

function outcomeFrom({ kind, ...rest }: Written): Outcome {
  const read = Object.entries(OUTCOMES).find(([known]) => known === kind)?.[1];
  if (read === undefined) throw invalid(`there is no outcome "${String(kind)}"`);
  return read(rest);
}

const occurrencesIn = (codes: unknown): string[] => {
  const found = asList(codes, 'codes').map(asOccurrence);
  if (found.length < 1 || found.length > 5) throw invalid('codes takes one to five occurrences');
  return found;
};

function asFlag(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw invalid(`${what} takes true or false`);
  return value;
}

function asDifference(value: unknown): string {
  if (typeof value !== 'string' || !/^-?[1-9]\d{0,14}$/.test(value))
    throw invalid('byMinor takes minor units as text, such as "-1"');
  return value;
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${what} takes an object`);
  return value as Record<string, unknown>;
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${what} takes a list`);
  return value;
}

function asText(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} takes text`);
  return value;
}

function asMinor(value: unknown, what: string): string {
  if (typeof value !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(value))
    throw invalid(`${what} takes minor units as text, such as "150"`);
  return value;
}

function asCount(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > 999_999)
    throw invalid(`${what} takes a whole number from 1`);
  return value as number;
}

function asOccurrence(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z0-9]{2}$/.test(value))
    throw invalid('an occurrence is two capitals or digits');
  return value;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], what: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw invalid(`${what} takes one of ${allowed.join(', ')}`);
  return found;
}

const invalid = (what: string): CodedError =>
  new CodedError('invalid_scenario', `Not a scenario of the sandbox bank: ${what}.`);
