import {
  type BalancedEntry,
  type Decision,
  type Json,
  accept,
  canonicalJson,
  invariant,
  nothing,
  reject,
} from '@tributary/kernel';
import type {
  AnswerItems,
  ApproveFileVoid,
  ExportFile,
  FileCommand,
  FileRejected,
  ListFileItems,
  NoteReturnFile,
  NumberFile,
  ProposeFileVoid,
  RegisterPayingAccount,
} from './file-commands';
import type { FileEvent, PayingAccountSettings } from './file-events';
import { type FileItem, type Files, type NumberedFile, askedFor, blocks } from './file-state';
import { newsOf } from './news-of-items';
import { approveUnpaid, proposeUnpaid } from './unpaid';

export type { FileCommand, FileRejected } from './file-commands';
export type { FileEvent } from './file-events';
export { type Files, evolveFile, initialFiles, itemsSettled } from './file-state';
export { AMOUNT_DIFFERS, CONTRADICTS, FILE_UNNAMED } from './news-of-items';

type Decided = Decision<FileEvent, FileRejected>;

function ownerOf({ account }: Files): Pick<PayingAccountSettings, 'asset' | 'entity'> {
  invariant(account, 'an account is registered before anything is sent from it');
  const { entity, asset } = account;
  return { entity, asset };
}

/** The narrowest header has room for six digits. */
const LAST_SEQUENCE = 999_999;
/** How many of the items that stand in the way are named. */
const NAMED_ITEMS = 10;

export function decideFile(command: FileCommand, state: Files): Decided {
  if (command.type === 'RegisterPayingAccount') return register(command, state);
  const { account } = state;
  if (account === null) return reject({ code: 'account_unknown', rail: command.rail });
  switch (command.type) {
    case 'NumberFile':
      return number(command, state, account);
    case 'ListFileItems':
      return list(command, state);
    case 'ExportFile':
      return exported(command, state);
    case 'ProposeFileVoid':
      return proposeVoid(command, state);
    case 'ApproveFileVoid':
      return approveVoid(command, state);
    case 'ProposeItemUnpaid':
      return proposeUnpaid(command, state, account);
    case 'ApproveItemUnpaid':
      return approveUnpaid(command, state, account);
    case 'NoteReturnFile':
      return noteReturn(command, state);
    case 'AnswerItems':
      return answer(command, state);
  }
}

function register(command: RegisterPayingAccount, state: Files): Decided {
  const { rail, settings, opening, on, openedAt, by } = command;
  if (state.account !== null) {
    const same = textOf(state.account) === textOf(settings);
    return same ? nothing : reject({ code: 'account_registered', rail });
  }
  const entry = openingEntry(command);
  const data = { rail, settings, opening, on, by, ...(entry && { entry }) };
  return accept({ type: 'PayingAccountRegistered', data, occurredAt: openedAt });
}

const textOf = (settings: PayingAccountSettings): string =>
  canonicalJson(settings as unknown as Json);

/** An overdrawn account starts the other way round; an empty one moves nothing. */
function openingEntry({
  rail,
  settings,
  opening,
}: RegisterPayingAccount): BalancedEntry | undefined {
  const signed = BigInt(opening);
  if (signed === 0n) return undefined;
  const amount = String(signed < 0n ? -signed : signed);
  const { entity, asset } = settings;
  const [cash, equity] =
    signed < 0n ? (['credit', 'debit'] as const) : (['debit', 'credit'] as const);
  const dimensions = { entity, programme: '-' };
  return {
    legs: [
      {
        account: 'Assets:Cash',
        side: cash,
        amount,
        asset,
        dimensions: { ...dimensions, bank: rail },
      },
      { account: 'Equity:Opening', side: equity, amount, asset, dimensions },
    ],
  };
}

function number(command: NumberFile, state: Files, from: PayingAccountSettings): Decided {
  const { rail, file, run, kind, payOn, count, total, replaces, at } = command;
  const known = state.files.get(file);
  if (known) return sameFile(command, known);
  const sequence = state.lastSequence + 1;
  if (sequence > LAST_SEQUENCE) return reject({ code: 'number_exhausted', last: LAST_SEQUENCE });

  const owner = ownerOf(state);
  const named = { rail, ...owner, file, sequence, run, kind };
  const data = { ...named, madeAt: at, payOn, from, count, total, replaces };
  return accept({ type: 'FileNumbered', data, occurredAt: at });
}

/** Asked for again with anything else, the same file would be another one. */
function sameFile(command: NumberFile, known: NumberedFile): Decided {
  const fields = ['run', 'kind', 'count', 'total', 'replaces'] as const;
  const asked = { ...known, ...askedFor(known) };
  const field = fields.find((each) => command[each] !== asked[each]);
  return field === undefined ? nothing : reject({ code: 'file_differs', field });
}

function list({ rail, file, chunk, items, at }: ListFileItems, state: Files): Decided {
  const known = state.files.get(file);
  if (!known) return reject({ code: 'file_unknown' });
  const { sequence, run, count, total, chunks } = known;
  if (chunk < chunks) return nothing;
  if (chunk > chunks) return reject({ code: 'chunk_out_of_order', expected: chunks });
  if (known.voided) return reject({ code: 'file_voided', sequence });
  const elsewhere = inAnotherFile(items, known, state);
  if (elsewhere) return reject(elsewhere);
  const sum = items.reduce((all, { amount }) => all + BigInt(amount), known.listedTotal);
  const last = known.listed + items.length >= count;
  if (last && (known.listed + items.length > count || sum !== BigInt(total)))
    return reject({ code: 'totals_differ', asked: total, found: String(sum) });

  // An answer may come between a void and the file that takes its place; to refuse the others with it would help nobody.
  const leftOut = items.filter(({ item }) => isClaimed(state.items.get(item)));
  const listed = { items: items.filter((each) => !leftOut.includes(each)) };
  const named = { rail, ...ownerOf(state), file, sequence, run, chunk, last };
  const data = { ...named, ...listed, ...(leftOut.length > 0 && { leftOut }) };
  return accept({ type: 'FileItemsListed', data, occurredAt: at });
}

/** What was rejected between the void and this list had been claimed before, and its account is about to owe it again. */
const isClaimed = (item: FileItem | undefined): boolean =>
  item !== undefined && (blocks(item) || item.state === 'rejected');

/** The last wall against paying twice: an item stands in one file, unless the bank took nothing of the one before. */
function inAnotherFile(
  items: ListFileItems['items'],
  { file }: NumberedFile,
  state: Files,
): FileRejected | undefined {
  const seen = new Set<string>();
  for (const { item } of items) {
    const other = state.items.get(item);
    const there = seen.has(item) ? state.files.get(file) : other && state.files.get(other.file);
    seen.add(item);
    if (!there || (there.voided && there.file !== file)) continue;
    return { code: 'item_in_another_file', item, sequence: there.sequence };
  }
  return undefined;
}

function exported(command: ExportFile, state: Files): Decided {
  const { rail, file, sha256, bytes, count, total, at } = command;
  const known = state.files.get(file);
  if (!known) return reject({ code: 'file_unknown' });
  const { sequence, run, kind } = known;
  if (known.sha256 !== null)
    return known.sha256 === sha256 ? nothing : reject({ code: 'file_differs', field: 'sha256' });
  if (known.voided) return reject({ code: 'file_voided', sequence });
  if (known.listed < known.count)
    return reject({ code: 'file_incomplete', listed: known.listed, count: known.count });
  if (count !== known.count || total !== known.total)
    return reject({ code: 'totals_differ', asked: known.total, found: total });

  const named = { rail, ...ownerOf(state), file, sequence, run, kind };
  const data = { ...named, sha256, bytes, count, total };
  return accept({ type: 'FileExported', data, occurredAt: at });
}

function proposeVoid(command: ProposeFileVoid, state: Files): Decided {
  const { rail, evidence, then, payOn, by, at } = command;
  const known = bySequence(command, state);
  if (!known) return reject({ code: 'file_unknown' });
  const refused = notVoidable(known, state);
  if (refused) return reject(refused);
  const { file, sequence, run } = known;
  const data = { rail, ...ownerOf(state), file, sequence, run, evidence, then, payOn, by };
  return accept({ type: 'FileVoidProposed', data, occurredAt: at });
}

function approveVoid(command: ApproveFileVoid, state: Files): Decided {
  const { rail, by, at } = command;
  const known = bySequence(command, state);
  if (!known) return reject({ code: 'file_unknown' });
  const refused = notVoidable(known, state);
  if (refused) return reject(refused);
  const { file, sequence, run, kind, count, proposal } = known;
  if (proposal === null) return reject({ code: 'no_void_proposed', sequence });
  if (proposal.by === by) return reject({ code: 'same_person' });

  const { evidence, then, payOn, by: proposedBy } = proposal;
  const named = { rail, ...ownerOf(state), file, sequence, run, kind };
  const data = { ...named, count, evidence, then, payOn, proposedBy, by };
  return accept({ type: 'FileVoided', data, occurredAt: at });
}

function notVoidable(known: NumberedFile, state: Files): FileRejected | undefined {
  const { file, sequence, blocking } = known;
  if (known.voided) return { code: 'file_voided', sequence };
  if (known.listed < known.count)
    return { code: 'file_incomplete', listed: known.listed, count: known.count };
  if (blocking === 0) return undefined;
  const items = state.items
    .entries()
    .filter(([, item]) => item.file === file && blocks(item))
    .slice(0, NAMED_ITEMS)
    .map(([item]) => item);
  return { code: 'void_blocked', sequence, blocking, items };
}

function bySequence({ sequence }: { readonly sequence: number }, state: Files) {
  const file = state.sequences.get(String(sequence));
  return file === undefined ? undefined : state.files.get(file);
}

function noteReturn(command: NoteReturnFile, state: Files): Decided {
  const { rail, sha256, sequence, fileRefused, count, warnings, by, at } = command;
  if (state.returns.has(sha256)) return nothing;
  const data = { rail, sha256, sequence, fileRefused, count, warnings, by };
  return accept({ type: 'ReturnFileRead', data, occurredAt: at });
}

function answer({ rail, return: hash, chunk, answers, at }: AnswerItems, state: Files): Decided {
  const read = state.returns.get(hash);
  if (read === undefined) return reject({ code: 'return_unknown' });
  if (chunk < read.chunks) return nothing;

  const foreign = answers.filter(({ item }) => !state.items.has(item)).map(({ item }) => item);
  const news = answers.flatMap((each) => newsOf(each, read.sequence, state));
  if (news.length === 0 && foreign.length === 0) return nothing;
  const data = { rail, ...ownerOf(state), return: hash, chunk, answers: news, foreign };
  return accept({ type: 'ItemsAnswered', data, occurredAt: at });
}
