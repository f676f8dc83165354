import { type Json, type KeyedRows, PersistentMap, type Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { Break } from './break-events';
import type { RailEvent } from './events';
import { type FileItem, type NumberedFile, type ReadReturn, blocks } from './file-state';
import { indexOf } from './find';
import {
  type Rail,
  type RailItem,
  type RailLine,
  type RailRemittance,
  type RailStatement,
  initialRail,
} from './state';

const HEAD = 'head';

/** Rows by kind and key; what changed with an event is written anew, and nothing else. */
export const snapshot: KeyedRows<RailEvent, Rail> = {
  decider: 'rail',
  stateVersion: 4,
  touched,
  row,
  restore,
};

function touched(event: RailEvent): readonly string[] {
  switch (event.type) {
    case 'FileNumbered':
    case 'FileExported':
    case 'FileVoidProposed':
    case 'FileVoided':
      return [HEAD, `file/${event.data.file}`];
    case 'FileItemsListed': {
      const { file, chunk, items } = event.data;
      return [
        `file/${file}`,
        `listed/${file} ${String(chunk)}`,
        ...items.flatMap(({ item }) => [`item/${item}`, `asked/${item}`]),
      ];
    }
    case 'ItemUnpaidProposed':
    case 'ItemDeclaredUnpaid':
      return [`item/${event.data.item}`, `asked/${event.data.item}`];
    case 'ItemsAnswered': {
      const { return: hash, answers } = event.data;
      return [
        `return/${hash}`,
        ...answers.flatMap(({ item }) => [`item/${item}`, `asked/${item}`]),
      ];
    }
    case 'ReturnFileRead':
      return [`return/${event.data.sha256}`];
    case 'StatementReceived':
      return [`statement/${event.data.statement}`, `refused/${event.data.statement}`];
    case 'StatementDismissed':
    case 'StatementImported':
      return [HEAD, `statement/${event.data.statement}`];
    case 'StatementQuarantined': {
      const { statement } = event.data;
      return [HEAD, `statement/${statement}`, `refused/${statement}`];
    }
    case 'LinesImported': {
      const { statement, chunk, lines, known } = event.data;
      return [
        `statement/${statement}`,
        `chunk/${statement} ${String(chunk)}`,
        ...lines.map(({ key }) => `line/${key}`),
        ...known.map((key) => `line/${key}`),
      ];
    }
    default:
      return touchedByMatching(event);
  }
}

function touchedByMatching(event: RailEvent): readonly string[] {
  switch (event.type) {
    case 'LinesMatched':
      return event.data.matches.flatMap(({ line, items }) => [
        `line/${line}`,
        `proposal/${line}`,
        ...items.flatMap(({ item }) => [`item/${item}`, `asked/${item}`]),
      ]);
    case 'LinesBooked':
      return event.data.lines.flatMap(({ line, remittance }) => [
        `line/${line}`,
        `proposal/${line}`,
        ...remittanceKey(remittance),
      ]);
    case 'RemittanceExpected':
      return remittanceKey(event.data.remittance);
    case 'LineUnmatched': {
      const { line, items, remittance } = event.data;
      return [
        `line/${line}`,
        ...items.flatMap(({ item }) => [`item/${item}`, `asked/${item}`]),
        ...remittanceKey(remittance),
      ];
    }
    case 'MatchProposed':
      return [`proposal/${event.data.line}`];
    case 'BreaksOpened':
      return event.data.breaks.flatMap(({ id, about }) =>
        'line' in about ? [`break/${id}`, `line/${about.line}`] : [`break/${id}`],
      );
    case 'BreaksClosed':
      // The id of a break names its line.
      return event.data.breaks.flatMap(({ id }) => [
        `break/${id}`,
        `explained/${id}`,
        `line/${id.slice(id.indexOf('.') + 1)}`,
      ]);
    case 'BreakAssigned':
      return [`break/${event.data.id}`];
    case 'RefusalOutdated':
      return [];
    default:
      return [HEAD];
  }
}

const remittanceKey = (id: Uuid | undefined): readonly string[] =>
  id === undefined ? [] : [`remittance/${id}`];

interface Head {
  readonly account: Rail['files']['account'];
  readonly lastSequence: number;
  readonly of: Rail['of'];
  readonly rules: Rail['rules'];
  readonly proposedRules: Rail['proposedRules'];
  readonly coverage: Rail['coverage'];
  readonly waiting: Rail['waiting'];
  readonly work: Rail['work'];
  readonly days: readonly (readonly [string, string])[];
  readonly sequences: readonly (readonly [string, readonly number[]])[];
}

function row(state: Rail, key: string): Json | undefined {
  if (key === HEAD) {
    const { of, rules, proposedRules, coverage, waiting, work, days, sequences, files } = state;
    const { account, lastSequence } = files;
    const head: Head = {
      account,
      lastSequence,
      of,
      rules,
      proposedRules,
      coverage,
      waiting,
      work,
      days: days.entries(),
      sequences: sequences.entries(),
    };
    return head as unknown as Json;
  }
  const slash = key.indexOf('/');
  const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)];
  const value: unknown =
    kind === 'file'
      ? withoutSums(state.files.files.get(name))
      : MAPS[kind as keyof typeof MAPS](state).get(name);
  return value as Json | undefined;
}

/** JSON has no integers of any size; how many items block a file is counted again from them. */
function withoutSums(file: NumberedFile | undefined): Json | undefined {
  if (file === undefined) return undefined;
  const { blocking: _blocking, listedTotal, ...rest } = file;
  return { ...rest, listedTotal: String(listedTotal) } as unknown as Json;
}

const MAPS = {
  asked: ({ files }: Rail) => files.items,
  break: ({ breaks }: Rail) => breaks,
  chunk: ({ chunks }: Rail) => chunks,
  explained: ({ explained }: Rail) => explained,
  item: ({ items }: Rail) => items,
  line: ({ lines }: Rail) => lines,
  listed: ({ listed }: Rail) => listed,
  proposal: ({ proposals }: Rail) => proposals,
  refused: ({ refused }: Rail) => refused,
  remittance: ({ remittances }: Rail) => remittances,
  return: ({ files }: Rail) => files.returns,
  statement: ({ statements }: Rail) => statements,
};

function restore(rows: ReadonlyMap<string, Json>): Rail {
  const found = new Map<string, [string, unknown][]>();
  for (const [key, value] of rows) {
    const slash = key.indexOf('/');
    if (slash < 0) continue;
    const kind = key.slice(0, slash);
    const list = found.get(kind);
    const entry: [string, unknown] = [key.slice(slash + 1), value];
    if (list) list.push(entry);
    else found.set(kind, [entry]);
  }
  const of = <T>(kind: string) => (found.get(kind) ?? []) as unknown as [string, T][];
  const [items, lines] = [of<RailItem>('item'), of<RailLine>('line')];
  const head = rows.get(HEAD) as unknown as Head | undefined;
  const { days, sequences, account, lastSequence, ...rest } = head ?? NO_HEAD;
  return {
    ...initialRail,
    ...rest,
    files: filesOf({ account, lastSequence }, of, of<FileItem>('asked')),
    days: PersistentMap.of(days),
    sequences: PersistentMap.of(sequences),
    statements: PersistentMap.of(of<RailStatement>('statement')),
    refused: PersistentMap.of(of<string>('refused')),
    chunks: PersistentMap.of(of<readonly string[]>('chunk')),
    lines: PersistentMap.of(lines),
    items: PersistentMap.of(items),
    remittances: PersistentMap.of(of<RailRemittance>('remittance')),
    listed: PersistentMap.of(of<readonly ItemId[]>('listed')),
    breaks: PersistentMap.of(of<Break>('break')),
    explained: PersistentMap.of(of<true>('explained')),
    proposals: PersistentMap.of(
      of<Rail['proposals'] extends PersistentMap<infer T> ? T : never>('proposal'),
    ),
    index: indexOf(items, lines),
  };
}

const NO_HEAD = { account: null, lastSequence: 0, days: [], sequences: [] } as const;

function filesOf(
  head: Pick<Rail['files'], 'account' | 'lastSequence'>,
  of: <T>(kind: string) => [string, T][],
  items: [string, FileItem][],
): Rail['files'] {
  const blocking = new Map<Uuid, number>();
  for (const [, item] of items)
    if (blocks(item)) blocking.set(item.file, (blocking.get(item.file) ?? 0) + 1);
  const files = of<Omit<NumberedFile, 'blocking' | 'listedTotal'> & { listedTotal: string }>(
    'file',
  ).map(([name, file]): [string, NumberedFile] => [
    name,
    { ...file, listedTotal: BigInt(file.listedTotal), blocking: blocking.get(name) ?? 0 },
  ]);
  return {
    ...head,
    files: PersistentMap.of(files),
    sequences: PersistentMap.of(files.map(([name, { sequence }]) => [String(sequence), name])),
    items: PersistentMap.of(items),
    returns: PersistentMap.of(of<ReadReturn>('return')),
  };
}
