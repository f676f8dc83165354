import { type DomainEvent, type StreamName, streamOf } from '@tributary/kernel';
import type { MissingDocument, PayeeTerms, Validity } from '../account/terms';

/** One stream per partner: whoever is paid by several entities has one account to be paid to. */
export const payeeStreamOf = (tenant: string, partner: string): StreamName =>
  streamOf('payee', tenant, partner);

/** Under which the partner's accounts ask to be told. */
export const topicOfPayee = (partner: string): string => `payee:${partner}`;

/** As libs/privacy seals it: nothing that is known of a person stands in the log as it came. */
export type SealedValue = {
  readonly sealed: string;
  readonly hmac: string;
};

/** Who a tax number belongs to: shown masked, and compared by a keyed hash. */
export interface Holder {
  readonly display: string;
  readonly fingerprint: string;
}

/** Where the money is to go, as much of it as may be seen. */
export interface ShownDetails {
  readonly kind: 'pix' | 'ted';
  readonly keyKind: string | null;
  readonly display: string;
  readonly fingerprint: string;
  readonly holder: Holder;
  /** False where no published rule checks the digits, so that whoever confirms looks twice. */
  readonly isChecked: boolean;
}

interface OfPayee {
  readonly partner: string;
  /** What the accounts of the partner are told from here on. */
  readonly terms: PayeeTerms;
}

export type BankDetailsProposed = DomainEvent<
  'BankDetailsProposed',
  OfPayee &
    ShownDetails & {
      readonly proposal: string;
      /** Whose key has sealed them; a pseudonym. */
      readonly subject: string;
      readonly by: string;
      readonly pii: { readonly payee: SealedValue };
    }
>;
/** From here on money goes there. Counts from 1 and is never taken back; a later one takes its place. */
export type BankDetailsConfirmed = DomainEvent<
  'BankDetailsConfirmed',
  OfPayee &
    ShownDetails & {
      readonly proposal: string;
      readonly version: number;
      readonly subject: string;
      readonly proposedBy: string;
      readonly by: string;
    }
>;
export type BankDetailsWithdrawn = DomainEvent<
  'BankDetailsWithdrawn',
  OfPayee & { readonly proposal: string; readonly reason: string; readonly by: string }
>;

export interface DeclaredProfile {
  readonly country: string;
  readonly kind: 'company' | 'person';
  readonly regime: string | null;
  /** Null where no regime was declared. */
  readonly regimeHolds: Validity | null;
  /** Null outside of Brazil, whose numbers are the ones that we can check. */
  readonly holder: Holder | null;
  /** Where what was declared can be read: the name of a file, the number of a case. */
  readonly evidence: readonly string[];
}
export type TaxProfileDeclared = DomainEvent<
  'TaxProfileDeclared',
  OfPayee &
    DeclaredProfile & {
      readonly subject: string;
      readonly by: string;
      readonly pii: { readonly document: SealedValue | null };
    }
>;

/** A document that a rule may ask for, with the time for which it holds. */
export type DocumentRecorded = DomainEvent<
  'DocumentRecorded',
  OfPayee &
    Validity & { readonly name: string; readonly evidence: readonly string[]; readonly by: string }
>;
export type DocumentWithdrawn = DomainEvent<
  'DocumentWithdrawn',
  OfPayee & { readonly name: string; readonly reason: string; readonly by: string }
>;

/** Something has to be there before anything is paid. */
export type HoldPlaced = DomainEvent<
  'HoldPlaced',
  OfPayee & MissingDocument & { readonly reason: string; readonly by: string }
>;
export type HoldLifted = DomainEvent<
  'HoldLifted',
  OfPayee &
    MissingDocument & {
      readonly reason: string;
      readonly evidence: readonly string[];
      readonly by: string;
    }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PayeeEvent =
  | BankDetailsConfirmed
  | BankDetailsProposed
  | BankDetailsWithdrawn
  | DocumentRecorded
  | DocumentWithdrawn
  | HoldLifted
  | HoldPlaced
  | TaxProfileDeclared;

export const PAYEE_EVENTS = [
  'BankDetailsConfirmed',
  'BankDetailsProposed',
  'BankDetailsWithdrawn',
  'DocumentRecorded',
  'DocumentWithdrawn',
  'HoldLifted',
  'HoldPlaced',
  'TaxProfileDeclared',
] as const satisfies readonly PayeeEvent['type'][];
