import type { Asset, Day, Instant, Uuid } from '@tributary/kernel';
import type { ItemId } from '../domain/item';
import type { BankAccountDetails, BankAnswer } from '../domain/rail/file-events';
import type { Turns } from '../turns';

export type { BankAccountDetails };

export const PIX_KEY_KINDS = ['cpf', 'cnpj', 'email', 'phone', 'evp'] as const;
export type PixKeyKind = (typeof PIX_KEY_KINDS)[number];

export type Destination =
  | { readonly kind: 'pix'; readonly keyKind: PixKeyKind; readonly key: string }
  | { readonly kind: 'ted'; readonly account: BankAccountDetails };

/** Who is paid and where, opened for the moment of writing; never logged, never stored. */
export interface OpenPayee {
  readonly name: string;
  readonly document: { readonly kind: 'cpf' | 'cnpj'; readonly number: string };
  readonly destination: Destination;
}

export interface PaymentItem {
  readonly item: ItemId;
  readonly amountMinor: bigint;
  readonly payee: OpenPayee;
}

/** The account we pay from, as settings. */
export interface PayingAccount {
  /** Of the rail's stream. */
  readonly id: string;
  readonly name: string;
  readonly cnpj: string;
  /** Of the contract with the bank. */
  readonly agreement: string;
  readonly account: BankAccountDetails;
}

export interface PaymentFile {
  readonly from: PayingAccount;
  readonly run: Uuid;
  readonly sequence: number;
  /** As `fileKindOf` says. */
  readonly kind: string;
  /** When the file was made, in the zone of the entity: it stands in the header, so it is stored and never asked again. */
  readonly madeAt: Instant;
  readonly zone: string;
  readonly payOn: Day;
  readonly asset: Asset;
  readonly items: readonly PaymentItem[];
}

/** What makes an item impossible to write, found before a run is locked. `field` names ours, not the format's. */
export interface ItemFault {
  readonly item: ItemId;
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** What a bank says of one instruction before the money is seen on a statement. */
export interface ReturnedItem {
  readonly item: ItemId;
  readonly answer: BankAnswer;
  /** The bank's own words for it. */
  readonly codes: readonly string[];
  readonly amountMinor: bigint | null;
  readonly bankReference: string | null;
  readonly on: Day | null;
}

export interface ReturnFile {
  readonly sequence: number | null;
  /** Refused as a whole: none of its items was taken. */
  readonly fileRefused: readonly string[];
  readonly items: readonly ReturnedItem[];
  /** What was read leniently. */
  readonly warnings: readonly string[];
}

/** Something that the bytes say and nobody asked for, or do not say although it was. */
export interface FileFault {
  readonly code: string;
  /** Counts from 1. */
  readonly line: number;
  readonly detail: string;
}

/** What was counted in the bytes, not in what they were made of. */
export interface ReadBack {
  readonly count: number;
  readonly totalMinor: bigint;
  readonly faults: readonly FileFault[];
}

/** One way to get money to a bank. Pure: the same file has the same bytes. */
export interface Rail {
  /** As in the settings of a paying account. */
  readonly name: string;
  readonly mediaType: string;
  /** Of the file's name, without the dot. */
  readonly extension: string;
  /** The one currency that its files can be in; null where each of them names its own. */
  readonly asset: Asset | null;
  /** Which destinations may stand in one file together; each group becomes a file with a sequence number of its own. */
  fileKindOf(method: Destination['kind']): string;
  faultsOf(item: PaymentItem, from: PayingAccount): readonly ItemFault[];
  /** Throws a `CodedError` for what `faultsOf` would have named. */
  write(file: PaymentFile): Turns<Uint8Array>;
  /** Reads with other code than wrote, and compares everything with what was asked. */
  readBack(bytes: Uint8Array, asked: PaymentFile): Turns<ReadBack>;
  /** In turns, because it may be large. Throws a `CodedError` for what is no such file. */
  readReturn(bytes: Uint8Array): Turns<ReturnFile>;
}
