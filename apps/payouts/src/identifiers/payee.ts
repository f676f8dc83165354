import type { Destination, OpenPayee, PixKeyKind } from '../rails/rail';
import { type TypedBankAccount, readBankAccount } from './bank-account';
import { masked } from './masked';
import { readPixKey } from './pix-key';
import { type Fault, type Reading, faultsAt, read, unreadable } from './reading';
import { readCnpj, readCpf } from './tax-ids';

export interface TypedPayee {
  readonly name: string;
  readonly document: TypedDocument;
  /** One of the two. */
  readonly pix?: { readonly kind: PixKeyKind; readonly key: string } | null | undefined;
  readonly account?: TypedBankAccount | null | undefined;
}

export interface TypedDocument {
  readonly kind: 'cnpj' | 'cpf';
  readonly number: string;
}

export interface ReadPayee {
  readonly payee: OpenPayee;
  /** False where nobody could check the digits. */
  readonly isChecked: boolean;
}

const MOST_NAME_CHARACTERS = 140;

/** Who is paid and where, as it was typed, in the form in which it is sealed; with everything that is wrong with it at once. */
export function readPayee(typed: TypedPayee): Reading<ReadPayee> {
  const name = readName(typed.name);
  const document = readDocument(typed.document);
  const destination = readDestination(typed);
  const faults = [
    ...faultsAt('/name', name),
    ...faultsAt('/document', document),
    ...faultsAt('', destination),
  ];
  if (!('value' in name && 'value' in document && 'value' in destination)) return { faults };

  const payee = {
    name: name.value,
    document: document.value,
    destination: destination.value.destination,
  };
  const stranger = keyOfAnother(payee);
  return stranger
    ? { faults: [stranger] }
    : read({ payee, isChecked: destination.value.isChecked });
}

export function readDocument({ kind, number }: TypedDocument): Reading<OpenPayee['document']> {
  const reading = kind === 'cpf' ? readCpf(number) : readCnpj(number);
  if ('faults' in reading) return { faults: faultsAt('/number', reading) };
  return read({ kind, number: reading.value });
}

function readName(typed: string): Reading<string> {
  const value = typed.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
  if (!/\p{L}/u.test(value)) return unreadable('name_empty', 'A name has letters.');
  if (/\p{C}/u.test(value))
    return unreadable('name_malformed', 'A name has no control characters.');
  if ([...value].length > MOST_NAME_CHARACTERS)
    return unreadable(
      'name_too_long',
      `A name has at most ${String(MOST_NAME_CHARACTERS)} characters.`,
    );
  return read(value);
}

function readDestination({
  pix,
  account,
}: TypedPayee): Reading<{ readonly destination: Destination; readonly isChecked: boolean }> {
  if (pix && !account) {
    const key = readPixKey(pix.kind, pix.key);
    if ('faults' in key) return { faults: faultsAt('/pix/key', key) };
    const destination = { kind: 'pix', keyKind: pix.kind, key: key.value } as const;
    return read({ destination, isChecked: true });
  }
  if (account && !pix) {
    const found = readBankAccount(account);
    if ('faults' in found) return { faults: faultsAt('/account', found) };
    const destination = { kind: 'ted', account: found.value.account } as const;
    return read({ destination, isChecked: found.value.isChecked });
  }
  return unreadable('one_destination', 'Name a PIX key or a bank account, and not both.');
}

/** A key that is a tax number belongs to whoever has that number, and a payment to somebody else comes back. */
function keyOfAnother({ document, destination }: OpenPayee): Fault | undefined {
  if (destination.kind !== 'pix') return undefined;
  const { keyKind, key } = destination;
  if (keyKind !== 'cpf' && keyKind !== 'cnpj') return undefined;
  if (keyKind === document.kind && key === document.number) return undefined;
  return {
    pointer: '/pix/key',
    code: 'pix_key_of_another',
    detail: 'A PIX key that is a CPF or CNPJ is the one of the payee.',
  };
}

/** Where the money goes, in words that say the same of two spellings of one account. */
export function destinationText(destination: Destination): string {
  if (destination.kind === 'pix') return `pix ${destination.keyKind} ${destination.key}`;
  const { bank, branch, number, digit } = destination.account;
  return `account ${bank} ${branch} ${number} ${digit}`;
}

/**
 * Who a tax number belongs to. The branches of one company differ behind the eighth character, and are one payee; letters
 * in it stay what they are.
 */
export const holderText = ({ kind, number }: OpenPayee['document']): string =>
  kind === 'cnpj' ? `cnpj ${number.slice(0, 8)}` : `cpf ${number}`;

export const documentDisplay = ({ kind, number }: OpenPayee['document']): string =>
  `${kind.toUpperCase()} ${masked(number)}`;

export function destinationDisplay(destination: Destination): string {
  if (destination.kind === 'pix') return `PIX ${destination.keyKind} ${masked(destination.key)}`;
  const { bank, branch, number, digit } = destination.account;
  return `${bank} ${branch} ${masked(number)}-${digit}`;
}
