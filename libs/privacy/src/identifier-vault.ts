import { CodedError } from '@tributary/kernel';

/** Something by which a person may be recognised. Two references are the same if both texts are, byte by byte. */
export interface Reference {
  /** What it is, and whose: `email`, `visitor`, the customer references of one system. */
  readonly kind: string;
  readonly value: string;
}

/** Exchanges references for random pseudonyms: 32 hexadecimal digits, fit for the name of a stream. */
export abstract class IdentifierVault {
  /** One pseudonym per reference, in order; the same for ever, unless it is forgotten. Normalises nothing. */
  abstract exchange(tenant: string, references: readonly Reference[]): Promise<readonly string[]>;

  /** Never makes one. */
  abstract find(tenant: string, reference: Reference): Promise<string | undefined>;

  /** Whoever comes with a forgotten reference later is somebody new. */
  abstract forget(tenant: string, pseudonyms: readonly string[]): Promise<void>;
}

/** What is empty would be one person for everybody who has none, and what is not Unicode would meet others as bytes. */
export function checkReference({ kind, value }: Reference): void {
  if (kind !== '' && value !== '' && kind.isWellFormed() && value.isWellFormed()) return;
  const reason = kind === '' || value === '' ? 'it is empty' : 'it is not well-formed Unicode';
  // The value stays out of the message: it may be personal.
  throw new CodedError('invalid_reference', `A reference cannot be exchanged: ${reason}.`, {
    reason,
  });
}

const PSEUDONYM = /^[0-9a-f]{32}$/;

export function checkPseudonym(text: string): void {
  // What is no pseudonym may be a reference, so it is not repeated.
  if (!PSEUDONYM.test(text))
    throw new CodedError('invalid_pseudonym', 'Not a pseudonym of the identifier vault.');
}
