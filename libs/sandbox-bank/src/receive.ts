import { CodedError, type Day, dayOf, type Instant, sha256Hex } from '@tributary/kernel';

import { advance, runDay } from './advance';
import type { Fault } from './cnab240/lines';
import { occurrencesOf } from './cnab240/payee';
import { type ReadFile, readPayments } from './cnab240/read-payments';
import type { ReadPayment } from './cnab240/segments';
import { ZONE } from './days';
import { type Draft, draftOf, numberFor, planPayment, sealed } from './draft';
import { type Outcome, outcomeOf } from './scenario';
import type { BankState, RefusedFile } from './state';

export type Received =
  | {
      readonly outcome: 'taken';
      readonly sequence: number;
      readonly payments: number;
      readonly totalMinor: string;
    }
  | {
      readonly outcome: 'refused';
      /** 0 where the header could not be read. */
      readonly sequence: number;
      readonly faults: readonly Fault[];
    };

/** A file of payments arrives. All of it is taken, or nothing and the reasons are told. */
export function receive(
  state: BankState,
  bytes: Uint8Array,
  at: Instant,
): { readonly state: BankState; readonly received: Received } {
  const day = dayOf(at, ZONE);
  if (day < state.day)
    throw new CodedError('bank_is_later', `The bank already has ${state.day}; it is not ${day}.`, {
      day: state.day,
    });
  const today = advance(state, day);
  const { file, faults } = readPayments(bytes, today.account);
  const sha256 = sha256Hex(bytes);
  const reasons = faults.length > 0 ? faults : reasonsOf(today, file);
  return reasons.length > 0
    ? refuse(today, { sequence: file.sequence, sha256, on: day, faults: reasons, toldIn: null })
    : take(today, file, sha256, day);
}

function reasonsOf({ taken, scenario }: BankState, { sequence }: ReadFile): Fault[] {
  const header = (code: string, message: string): Fault[] => [
    { line: 1, columns: '158-163', code, message },
  ];
  if (taken.some((file) => file.sequence === sequence))
    return header('sequence_seen', `File ${sequence} was taken before`);
  const last = Math.max(0, ...taken.map((file) => file.sequence));
  if (sequence < last)
    return header('sequence_went_back', `File ${sequence} comes after file ${last}`);
  if (scenario.refusedSequences.includes(sequence))
    return [{ line: null, columns: null, code: 'scripted', message: 'Refused by the scenario' }];
  return [];
}

function refuse(state: BankState, file: RefusedFile): { state: BankState; received: Received } {
  const { sequence, faults } = file;
  const received: Received = { outcome: 'refused', sequence, faults };
  // An answer names a sequence. One that was taken must not be answered with a refusal: it was paid.
  const mayBeAnswered = sequence > 0 && !state.taken.some((taken) => taken.sequence === sequence);
  if (!mayBeAnswered) return { state, received };
  return { state: { ...state, refused: [...state.refused, file] }, received };
}

function take(
  state: BankState,
  file: ReadFile,
  sha256: string,
  on: Day,
): { state: BankState; received: Received } {
  const draft = draftOf(state);
  file.payments.forEach((payment, index) => takePayment(draft, file.sequence, payment, index + 1));
  runDay(draft, on);
  const { sequence, header, lots, payments } = file;
  const total = payments.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  return {
    state: { ...sealed(draft), taken: [...state.taken, { sequence, sha256, on, header, lots }] },
    received: {
      outcome: 'taken',
      sequence,
      payments: payments.length,
      totalMinor: String(total),
    },
  };
}

function takePayment(draft: Draft, sequence: number, read: ReadPayment, place: number): void {
  const { scenario, account } = draft.from;
  const { payee, item, amountMinor, method } = read;
  const codes = occurrencesOf(read, account.bank, draft.day);
  // What is wrong with a payment wins over what the scenario has in mind for it.
  const outcome: Outcome =
    codes.length > 0
      ? { kind: 'rejected', codes }
      : outcomeOf(scenario, {
          item,
          payee: payee.name,
          document: payee.document,
          amountMinor,
          method,
          sequence,
          place,
        });
  draft.payments.push({ ...read, number: numberFor(draft), sequence, outcome });
  planPayment(draft);
}
