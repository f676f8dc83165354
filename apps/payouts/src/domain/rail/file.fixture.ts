import { type Decider, instant } from '@tributary/kernel';
import type { AnswerToItem, FileCommand, FileRejected } from './file-commands';
import type { FileEvent, ListedItem, PayingAccountSettings } from './file-events';
import { type Files, decideFile, evolveFile, initialFiles } from './files';

/** The part of a rail that is about files, by itself. */
export const files: Decider<FileCommand, FileEvent, Files, FileRejected> = {
  initial: initialFiles,
  decide: decideFile,
  evolve: evolveFile,
};

export const settings: PayingAccountSettings = {
  name: 'Tributária Ltda',
  entity: 'main',
  asset: 'BRL/2',
  zone: 'America/Sao_Paulo',
  format: 'cnab240-341',
  cnpj: '11222333000181',
  agreement: '0001',
  account: {
    bank: '341',
    branch: '1234',
    branchDigit: null,
    number: '56789',
    digit: '0',
    kind: 'checking',
  },
};

export const RAIL = 'itau1';
export const RUN = '0c5f5f6e-3d5e-5b1c-9a54-1f6f2f0c7d3e';
export const FILE_A = '00000000-0000-5000-8000-00000000000a';
export const FILE_B = '00000000-0000-5000-8000-00000000000b';
export const HASH = 'a'.repeat(64);
export const RETURN = 'b'.repeat(64);
const at = instant('2026-04-14T12:00:00Z');
const owner = { rail: RAIL, entity: 'main', asset: 'BRL/2' } as const;

export const listing = (item: string, amount: string): ListedItem => ({
  item,
  partner: `p${item.toLowerCase().slice(-1)}`,
  amount,
  method: 'pix',
  version: 1,
  fingerprint: 'f',
});

const on = { rail: RAIL, at } as const;

export const register = (opening = '0'): FileCommand => ({
  type: 'RegisterPayingAccount',
  rail: RAIL,
  settings,
  opening,
  on: '2026-04-01',
  openedAt: instant('2026-04-01T03:00:00Z'),
  by: 'anna',
});

export const numberFile = (file: string, count: number, total: string): FileCommand => ({
  type: 'NumberFile',
  ...on,
  file,
  run: RUN,
  kind: 'pix',
  payOn: '2026-04-15',
  count,
  total,
  replaces: null,
});

export const list = (
  file: string,
  chunk: number,
  ...items: readonly ListedItem[]
): FileCommand => ({
  type: 'ListFileItems',
  ...on,
  file,
  chunk,
  items,
});

export const exportFile = (file: string, count: number, total: string): FileCommand => ({
  type: 'ExportFile',
  ...on,
  file,
  sha256: HASH,
  bytes: 1936,
  count,
  total,
});

const VOID = { evidence: ['mail 17'], then: 'new_file', payOn: '2026-04-16' } as const;

export const proposeVoid = (sequence: number, by = 'anna'): FileCommand => ({
  type: 'ProposeFileVoid',
  ...on,
  sequence,
  ...VOID,
  by,
});

export const approveVoid = (sequence: number, by = 'bert'): FileCommand => ({
  type: 'ApproveFileVoid',
  ...on,
  sequence,
  by,
});

export const noteReturn: FileCommand = {
  type: 'NoteReturnFile',
  ...on,
  sha256: RETURN,
  sequence: 1,
  fileRefused: [],
  count: 2,
  warnings: [],
  by: 'anna',
};

export const said = (
  item: string,
  answer: AnswerToItem['answer'],
  change: Partial<AnswerToItem> = {},
): AnswerToItem => ({
  item,
  answer,
  codes: ['XX'],
  amount: null,
  bankReference: null,
  on: null,
  ...change,
});

export const answer = (chunk: number, ...answers: readonly AnswerToItem[]): FileCommand => ({
  type: 'AnswerItems',
  ...on,
  return: RETURN,
  chunk,
  answers,
});

export const registered: FileEvent = {
  type: 'PayingAccountRegistered',
  data: { rail: RAIL, settings, opening: '0', on: '2026-04-01', by: 'anna' },
  occurredAt: instant('2026-04-01T03:00:00Z'),
};

const ofFile = (file: string, sequence: number) => ({ ...owner, file, sequence, run: RUN });

export const numbered = (
  file: string,
  sequence: number,
  count: number,
  total: string,
): FileEvent => ({
  type: 'FileNumbered',
  data: {
    ...ofFile(file, sequence),
    kind: 'pix',
    madeAt: at,
    payOn: '2026-04-15',
    from: settings,
    count,
    total,
    replaces: null,
  },
  occurredAt: at,
});

export const listed = (
  file: string,
  sequence: number,
  place: { readonly chunk: number; readonly last: boolean },
  ...items: readonly ListedItem[]
): FileEvent => ({
  type: 'FileItemsListed',
  data: { ...ofFile(file, sequence), ...place, items },
  occurredAt: at,
});

export const exported = (
  file: string,
  sequence: number,
  count: number,
  total: string,
): FileEvent => ({
  type: 'FileExported',
  data: { ...ofFile(file, sequence), kind: 'pix', sha256: HASH, bytes: 1936, count, total },
  occurredAt: at,
});

export const voidProposed = (file: string, sequence: number, by = 'anna'): FileEvent => ({
  type: 'FileVoidProposed',
  data: { ...ofFile(file, sequence), ...VOID, by },
  occurredAt: at,
});

export const voided = (file: string, sequence: number): FileEvent => ({
  type: 'FileVoided',
  data: {
    ...ofFile(file, sequence),
    kind: 'pix',
    count: 2,
    ...VOID,
    proposedBy: 'anna',
    by: 'bert',
  },
  occurredAt: at,
});

export const returnReadOf = (sequence: number | null, sha256 = RETURN): FileEvent => ({
  type: 'ReturnFileRead',
  data: {
    rail: RAIL,
    sha256,
    sequence,
    fileRefused: [],
    count: 2,
    warnings: [],
    by: 'anna',
  },
  occurredAt: at,
});

export const returnRead = returnReadOf(1);

export const answered = (
  chunk: number,
  answers: readonly Pick<AnswerToItem, 'answer' | 'bankReference' | 'codes' | 'item' | 'on'>[],
  foreign: readonly string[] = [],
  file = FILE_A,
): FileEvent => ({
  type: 'ItemsAnswered',
  data: {
    ...owner,
    return: RETURN,
    chunk,
    answers: answers.map(({ item, answer: means, codes, bankReference, on: day }) => ({
      item,
      partner: `p${item.toLowerCase().slice(-1)}`,
      file,
      answer: means,
      codes,
      bankReference,
      on: day,
    })),
    foreign,
  },
  occurredAt: at,
});
