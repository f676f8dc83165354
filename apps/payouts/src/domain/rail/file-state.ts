import { PersistentMap, type Uuid, invariant } from '@tributary/kernel';
import type { ItemId } from '../item';
import type {
  BankAnswer,
  FileEvent,
  FileVoidProposed,
  ItemUnpaidProposed,
  ListedItem,
  PayingAccountSettings,
} from './file-events';

/** What is known of an item from the bank's answers; whether a statement shows it stands beside it. */
export interface FileItem {
  readonly file: Uuid;
  readonly partner: string;
  readonly amount: string;
  readonly state: BankAnswer | 'listed';
  readonly bankReference: string | null;
  readonly settled: boolean;
  /** Numbers of the voided files that it stood in before, where there are any. */
  readonly formerly?: readonly number[];
  /** Of one of them the bank has said since that it took it, or knows no answer. */
  readonly isClaimedOfVoided?: true;
  /** Its account has heard that it is not paid, and owes it once more, whatever the bank says since. */
  readonly isOwedAgain?: true;
  /** Somebody has proposed to declare it unpaid, and the bank has said nothing of it since. */
  readonly unpaid?: Pick<ItemUnpaidProposed['data'], 'by' | 'evidence'>;
}

/** An answer file of the bank. */
export interface ReadReturn {
  /** How many of its chunks have been answered. */
  readonly chunks: number;
  /** The file that it answers, where it says so. */
  readonly sequence: number | null;
}

export interface NumberedFile {
  readonly file: Uuid;
  readonly sequence: number;
  readonly run: Uuid;
  readonly kind: string;
  readonly payOn: string;
  readonly count: number;
  readonly total: string;
  /** What its number was asked for, where something was left out since. */
  readonly asked?: { readonly count: number; readonly total: string };
  readonly replaces: number | null;
  readonly listed: number;
  readonly listedTotal: bigint;
  readonly chunks: number;
  readonly sha256: string | null;
  readonly voided: boolean;
  readonly proposal: FileVoidProposed['data'] | null;
  /** Items that the bank has taken, or of which nobody knows. */
  readonly blocking: number;
}

/** The part of a rail's state that is about files. */
export interface Files {
  readonly account: PayingAccountSettings | null;
  readonly lastSequence: number;
  readonly files: PersistentMap<NumberedFile>;
  /** The file that has a number. */
  readonly sequences: PersistentMap<Uuid>;
  readonly items: PersistentMap<FileItem>;
  /** By the hash of a return file. */
  readonly returns: PersistentMap<ReadReturn>;
}

/** Made anew for every rail: versions of a map share what they hold, and two rails must not share it. */
const newFiles = (account: PayingAccountSettings | null): Files => ({
  account,
  lastSequence: 0,
  files: PersistentMap.empty(),
  sequences: PersistentMap.empty(),
  items: PersistentMap.empty(),
  returns: PersistentMap.empty(),
});

export const initialFiles: Files = newFiles(null);

export function evolveFile(state: Files, { type, data }: FileEvent): Files {
  switch (type) {
    case 'PayingAccountRegistered':
      return newFiles(data.settings);
    case 'FileNumbered':
      return numbered(state, data);
    case 'FileItemsListed':
      return listed(state, data);
    case 'FileExported':
      return withFile(state, data.file, { sha256: data.sha256 });
    case 'FileVoidProposed':
      return withFile(state, data.file, { proposal: data });
    case 'FileVoided':
      return withFile(state, data.file, { voided: true, proposal: null });
    case 'ItemUnpaidProposed': {
      const { item, evidence, by } = data;
      return withItem(state, item, { ...itemOf(state, item), unpaid: { evidence, by } });
    }
    case 'ItemDeclaredUnpaid': {
      const { isClaimedOfVoided: _claimed, ...known } = heardOf(itemOf(state, data.item));
      return withItem(state, data.item, { ...known, state: 'rejected' });
    }
    case 'ReturnFileRead':
      return withReturn(state, data.sha256, { chunks: 0, sequence: data.sequence });
    case 'ItemsAnswered':
      return answered(state, data);
  }
}

type Data<T extends FileEvent['type']> = Extract<FileEvent, { readonly type: T }>['data'];

function numbered(state: Files, data: Data<'FileNumbered'>): Files {
  const { file, sequence, run, kind, payOn, count, total, replaces } = data;
  const fresh: NumberedFile = {
    file,
    sequence,
    run,
    kind,
    payOn,
    count,
    total,
    replaces,
    listed: 0,
    listedTotal: 0n,
    chunks: 0,
    sha256: null,
    voided: false,
    proposal: null,
    blocking: 0,
  };
  return {
    ...state,
    lastSequence: sequence,
    files: state.files.set(file, fresh),
    sequences: state.sequences.set(String(sequence), file),
  };
}

const sumOf = (items: readonly ListedItem[]): bigint =>
  items.reduce((total, { amount }) => total + BigInt(amount), 0n);

function listed(state: Files, data: Data<'FileItemsListed'>): Files {
  const { file, chunk, items, leftOut = [] } = data;
  const known = fileOf(state, file);
  let { items: all } = state;
  for (const { item, partner, amount } of items) {
    const formerly = formerlyOf(state, item);
    const fresh: FileItem = {
      file,
      partner,
      amount,
      state: 'listed',
      bankReference: null,
      settled: false,
      ...(formerly.length > 0 && { formerly }),
    };
    all = all.set(item, fresh);
  }
  const counted = {
    listed: known.listed + items.length,
    listedTotal: known.listedTotal + sumOf(items),
    count: known.count - leftOut.length,
    total: String(BigInt(known.total) - sumOf(leftOut)),
    chunks: chunk + 1,
    ...(leftOut.length > 0 && { asked: askedFor(known) }),
  };
  return withFile({ ...state, items: all }, file, counted);
}

export const askedFor = ({ asked, count, total }: NumberedFile) => asked ?? { count, total };

function formerlyOf(state: Files, item: ItemId): readonly number[] {
  const known = state.items.get(item);
  return known ? [...(known.formerly ?? []), fileOf(state, known.file).sequence] : [];
}

function answered(state: Files, data: Data<'ItemsAnswered'>): Files {
  const read = state.returns.get(data.return);
  invariant(read, 'a return file is read before what it says is noted');
  const chunks = Math.max(read.chunks, data.chunk + 1);
  let next = withReturn(state, data.return, { ...read, chunks });
  for (const { item, file, answer, bankReference } of data.answers) {
    const known = heardOf(itemOf(next, item));
    next = withItem(next, item, {
      ...known,
      state: stateAfter(known.state, answer),
      bankReference: bankReference ?? known.bankReference,
      ...(file !== known.file && { isClaimedOfVoided: true }),
    });
  }
  return next;
}

/** What was proposed before the bank said more is proposed no longer. */
function heardOf({ unpaid: _proposed, ...known }: FileItem): FileItem {
  return known;
}

function itemOf({ items }: Files, item: ItemId): FileItem {
  const known = items.get(item);
  invariant(known, 'only of items that stand in a file anything is said');
  return known;
}

/**
 * Banks send answers late and more than once, so what is further along stays. Who hears anything else after a refusal is told
 * nothing certain: the item may have been taken after all.
 */
export function stateAfter(known: FileItem['state'], answer: BankAnswer): FileItem['state'] {
  switch (known) {
    case 'listed':
    case 'unknown':
      return answer;
    case 'accepted':
      return answer === 'unknown' ? known : answer;
    case 'claimed_paid':
      return answer === 'returned' ? answer : known;
    case 'rejected':
      return answer === 'rejected' ? known : 'unknown';
    case 'returned':
      return known;
  }
}

/** Of two answers one must be wrong. */
export const contradicts = (
  { state, isOwedAgain }: Pick<FileItem, 'isOwedAgain' | 'state'>,
  answer: BankAnswer,
): boolean =>
  answer === 'rejected'
    ? state === 'claimed_paid' || state === 'returned'
    : state === 'rejected' || isOwedAgain === true;

/** Whether money may have moved for it, so that it must not be sent again. */
export const blocks = ({ state, settled }: FileItem): boolean =>
  settled || (state !== 'listed' && state !== 'rejected');

/** For whoever matches statements in the same stream: these items were seen on one, or a match of them was undone. */
export function itemsSettled(state: Files, items: readonly ItemId[], settled: boolean): Files {
  return items.reduce((next, item) => {
    const known = next.items.get(item);
    return known === undefined ? next : withItem(next, item, { ...known, settled });
  }, state);
}

const withReturn = (state: Files, hash: string, read: ReadReturn): Files => ({
  ...state,
  returns: state.returns.set(hash, read),
});

function withItem(state: Files, item: ItemId, value: FileItem): Files {
  const before = state.items.get(item);
  const change = Number(blocks(value)) - Number(before !== undefined && blocks(before));
  // As long as a line shows it as paid, its account carries no rejection out.
  const isOwed = value.state === 'rejected' && !value.settled;
  const after: FileItem = isOwed ? { ...value, isOwedAgain: true } : value;
  const next = { ...state, items: state.items.set(item, after) };
  if (change === 0) return next;
  return withFile(next, value.file, { blocking: fileOf(state, value.file).blocking + change });
}

function withFile(state: Files, file: Uuid, change: Partial<NumberedFile>): Files {
  return { ...state, files: state.files.set(file, { ...fileOf(state, file), ...change }) };
}

function fileOf({ files }: Files, file: Uuid): NumberedFile {
  const known = files.get(file);
  invariant(known, 'a file has a number before anything else happens to it');
  return known;
}
