import type { Instant } from '@tributary/kernel';
import type { HeldDocument, MissingDocument, PayeeTerms, TaxProfile } from '../account/terms';
import type {
  BankDetailsProposed,
  DeclaredProfile,
  PayeeEvent,
  SealedValue,
  ShownDetails,
} from './events';

export interface Payee {
  /** Waits for a second person; a later one takes its place. */
  readonly pending: Proposed | null;
  /** Where money goes. */
  readonly method: Confirmed | null;
  readonly tax: Declared | null;
  readonly documents: readonly HeldDocument[];
  readonly holds: readonly MissingDocument[];
}

export interface Proposed extends ShownDetails {
  readonly proposal: string;
  readonly subject: string;
  readonly by: string;
  readonly sealed: SealedValue;
}

export interface Confirmed extends Proposed {
  readonly version: number;
  readonly changedAt: Instant;
  readonly confirmedBy: string;
}

/** `sealedAs`: equal for equal numbers, so that a repeat is seen without opening it. */
export interface Declared extends DeclaredProfile {
  readonly sealedAs: string | null;
}

export const NOBODY: Payee = { pending: null, method: null, tax: null, documents: [], holds: [] };

/** What an event says besides what follows from it. */
export type Told<E extends PayeeEvent = PayeeEvent> = E extends PayeeEvent
  ? Omit<E, 'data'> & { readonly data: Omit<E['data'], 'terms'> }
  : never;

export function evolve(state: Payee, event: PayeeEvent | Told): Payee {
  switch (event.type) {
    case 'BankDetailsProposed':
      return { ...state, pending: proposedOf(event.data) };
    case 'BankDetailsConfirmed': {
      if (state.pending === null) return state;
      const { version, by: confirmedBy } = event.data;
      const changed = { version, changedAt: event.occurredAt, confirmedBy };
      return { ...state, pending: null, method: { ...state.pending, ...changed } };
    }
    case 'BankDetailsWithdrawn':
      return { ...state, pending: null };
    case 'TaxProfileDeclared': {
      const { country, kind, regime, regimeHolds, holder, evidence, pii } = event.data;
      const sealedAs = pii.document?.hmac ?? null;
      return {
        ...state,
        tax: { country, kind, regime, regimeHolds, holder, evidence, sealedAs },
      };
    }
    case 'DocumentRecorded': {
      const { name, from, until } = event.data;
      return { ...state, documents: sorted([...without(state, name), { name, from, until }]) };
    }
    case 'DocumentWithdrawn':
      return { ...state, documents: without(state, event.data.name) };
    case 'HoldPlaced': {
      const { hold, what } = event.data;
      return { ...state, holds: [...state.holds, { hold, what }] };
    }
    case 'HoldLifted':
      return { ...state, holds: state.holds.filter((held) => !isSame(held, event.data)) };
  }
}

const proposedOf = ({
  kind,
  keyKind,
  display,
  fingerprint,
  holder,
  isChecked,
  proposal,
  subject,
  by,
  pii,
}: Omit<BankDetailsProposed['data'], 'terms'>): Proposed => ({
  kind,
  keyKind,
  display,
  fingerprint,
  holder,
  isChecked,
  proposal,
  subject,
  by,
  sealed: pii.payee,
});

const without = ({ documents }: Payee, name: string): HeldDocument[] =>
  documents.filter((document) => document.name !== name);

const sorted = (documents: HeldDocument[]): HeldDocument[] =>
  documents.sort((a, b) => (a.name < b.name ? -1 : 1));

export const isSame = (a: MissingDocument, b: MissingDocument): boolean =>
  a.hold === b.hold && a.what === b.what;

/** What the accounts of the partner have to know, and nothing that is personal. */
export function termsOf(state: Payee): PayeeTerms {
  const { method, pending } = state;
  return {
    method: method && {
      version: method.version,
      kind: method.kind,
      fingerprint: method.fingerprint,
      display: method.display,
      changedAt: method.changedAt,
      editors: [method.by, method.confirmedBy],
    },
    changePending: pending !== null,
    tax: taxOf(state),
    missing: missingOf(state),
  };
}

function taxOf({ tax, documents }: Payee): TaxProfile | null {
  if (tax === null) return null;
  const { country, kind, regime, regimeHolds } = tax;
  return { country, kind, regime, ...(regimeHolds && { regimeHolds }), documents };
}

function missingOf({ method, pending, tax, holds }: Payee): MissingDocument[] {
  const missing: MissingDocument[] = [];
  if (pending !== null) missing.push({ hold: 'bank_details', what: 'confirmation' });
  else if (method === null) missing.push({ hold: 'bank_details', what: 'bank_details' });
  // Money that goes to somebody else's account than the one who is taxed for it is looked at by a person first.
  if (method !== null && tax?.holder && tax.holder.fingerprint !== method.holder.fingerprint)
    missing.push({ hold: 'kyc', what: 'account_of_the_payee' });
  return [...missing, ...holds];
}
