import type { Decider, StreamLog, Uuid } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import { rail } from '../domain/rail/decide';
import {
  type FileEvent,
  type FileExported,
  type FileNumbered,
  type ListedItem,
  type PayingAccountSettings,
  railStreamOf,
} from '../domain/rail/file-events';
import type { FileCommand, FileRejected } from '../domain/rail/files';
import type { PayingAccount } from '../rails/rail';

/** What concerns files of a rail; statements and matches are decided by the same decider in the same stream. */
export class DecideFile extends Dispatched<FileCommand, FileRejected> {}

export const streamOfFile = ({ rail: id }: { readonly rail: string }, tenant: string) =>
  railStreamOf(tenant, id);

export const fileHandler = commandHandler(
  DecideFile,
  rail as unknown as Decider<FileCommand, FileEvent, unknown, FileRejected>,
  streamOfFile,
);

/** A file as its rail's stream tells it. */
export interface LoadedFile {
  readonly numbered: FileNumbered['data'];
  readonly items: readonly ListedItem[];
  readonly exported: FileExported['data'] | null;
  readonly isVoided: boolean;
  /** Refused one by one, and therefore no longer on their way. */
  readonly refused: ReadonlySet<string>;
}

type Log = Pick<StreamLog, 'read'>;

export interface FileOfRail {
  readonly tenant: string;
  readonly rail: string;
  readonly file: Uuid;
  /** Where to begin; what stands before the file's number cannot concern it. */
  readonly from?: bigint | undefined;
  /** Where to stop: at a revision, to know it as it was then, or as soon as its bytes are known. */
  readonly until?: bigint | 'exported' | undefined;
}

export async function loadFile(
  log: Log,
  { tenant, rail: id, file, from = 0n, until }: FileOfRail,
): Promise<LoadedFile | undefined> {
  let loaded: LoadedFile | undefined;
  const refused = new Set<string>();
  const items: ListedItem[] = [];
  for await (const { revision, type, data } of log.read(railStreamOf(tenant, id), from)) {
    if (typeof until === 'bigint' && revision > until) break;
    const event = { type, data } as unknown as Pick<FileEvent, 'data' | 'type'> as FileEvent;
    noteRefusals(event, file, refused);
    if (!('file' in event.data) || event.data.file !== file) continue;
    if (event.type === 'FileNumbered')
      loaded = { numbered: event.data, items, exported: null, isVoided: false, refused };
    if (event.type === 'FileItemsListed') items.push(...event.data.items);
    if (loaded && event.type === 'FileExported') {
      loaded = { ...loaded, exported: event.data };
      if (until === 'exported') break;
    }
    if (loaded && event.type === 'FileVoided') loaded = { ...loaded, isVoided: true };
  }
  return loaded;
}

function noteRefusals(event: FileEvent, file: Uuid, refused: Set<string>): void {
  if (event.type === 'ItemDeclaredUnpaid' && event.data.file === file) refused.add(event.data.item);
  if (event.type !== 'ItemsAnswered') return;
  for (const each of event.data.answers) {
    if (each.file !== file) continue;
    if (each.answer === 'rejected') refused.add(each.item);
    else refused.delete(each.item);
  }
}

/** The settings of a paying account; undefined where none is registered under this id. */
export async function loadSettings(
  log: Log,
  tenant: string,
  id: string,
): Promise<PayingAccountSettings | undefined> {
  for await (const { type, data } of log.read(railStreamOf(tenant, id)))
    if (type === 'PayingAccountRegistered')
      return (data as unknown as { readonly settings: PayingAccountSettings }).settings;
  return undefined;
}

export const payingAccountOf = (
  id: string,
  { name, cnpj, agreement, account }: PayingAccountSettings,
): PayingAccount => ({ id, name, cnpj, agreement, account });
