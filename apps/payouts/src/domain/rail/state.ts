import { type Day, PersistentMap, type Uuid, invariant } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { Break } from './break-events';
import { type Files, initialFiles } from './files';
import { type RailIndex, noIndex } from './find';
import { STANDARD_RULES } from './matching-rules';
import type {
  HandMatch,
  ItemMatch,
  BookedKind,
  MatchingRules,
  ProposedRules,
  OfRail,
  Tier,
  Work,
} from './match-events';
import type { ImportedLine, StatementReceived } from './statement-events';

/** An item as matching sees it: what was asked of the bank, what it answered, and which lines say so. */
export interface RailItem {
  readonly partner: string;
  readonly amount: string;
  readonly method: 'pix' | 'ted';
  /** Keyed hash of where the money goes. */
  readonly fingerprint: string;
  readonly file: string;
  readonly payOn: Day;
  /** The bank's own names of it, as far as it told them. */
  readonly references: readonly string[];
  readonly settledBy: string | null;
  readonly returnedBy: string | null;
}

/** What was declared as paid to a tax authority, and the line that shows it. */
export interface RailRemittance {
  readonly amount: string;
  readonly reference: string;
  readonly paidOn: Day;
  readonly shownBy: string | null;
}

export interface LineMatch {
  readonly kind: BookedKind | ItemMatch['kind'];
  readonly tier: Tier;
  /** Left out where they are those of `batch`. */
  readonly items: readonly ItemId[];
  readonly batch: string | null;
  /** Of `tax`. */
  readonly remittance?: Uuid;
  /** Of `repaid`. */
  readonly repayment?: Uuid;
}

export interface RailLine extends ImportedLine {
  /** In which it came; it counts once one of them does. */
  readonly statements: readonly string[];
  readonly match: LineMatch | null;
  /** Open about it. */
  readonly break: string | null;
  /** A person took its match back, so that only a person matches it again. */
  readonly isHandsOff: boolean;
}

export interface RailStatement {
  readonly received: Omit<StatementReceived['data'], 'rail' | 'statement' | 'warnings'>;
  readonly status: 'dismissed' | 'importing' | 'imported' | 'waits';
  readonly chunks: number;
  readonly lines: number;
  readonly debits: string;
  readonly credits: string;
  /** What moved on each day, by its own account. */
  readonly days: Readonly<Record<Day, string>>;
}

/** From when to when the balance of the account is known day by day. */
export interface Coverage {
  readonly from: Day;
  readonly opening: string;
  /** Null as long as no statement counts. */
  readonly until: Day | null;
  /** By the day before whose first line the balance jumped, as a person said that it may. */
  readonly jumps: Readonly<Record<Day, string>>;
}

export interface Rail {
  readonly files: Files;
  readonly of: OfRail | null;
  readonly rules: MatchingRules;
  readonly proposedRules: ProposedRules | null;
  readonly coverage: Coverage | null;
  /** Signed sum of all lines that count, by day. */
  readonly days: PersistentMap<string>;
  readonly statements: PersistentMap<RailStatement>;
  /** Statements that wait for one before them. */
  readonly waiting: readonly string[];
  /** Sequence numbers that count, by year. */
  readonly sequences: PersistentMap<readonly number[]>;
  /** Files that were refused, by statement: with which reason. */
  readonly refused: PersistentMap<string>;
  /** `<statement> <chunk>`: its lines, in order. */
  readonly chunks: PersistentMap<readonly string[]>;
  readonly lines: PersistentMap<RailLine>;
  readonly items: PersistentMap<RailItem>;
  readonly remittances: PersistentMap<RailRemittance>;
  /** `<file> <chunk>`: its items, in order. */
  readonly listed: PersistentMap<readonly ItemId[]>;
  readonly breaks: PersistentMap<Break>;
  /** Breaks about an item or a file that somebody has explained: they do not open again by themselves. */
  readonly explained: PersistentMap<true>;
  /** By line. */
  readonly proposals: PersistentMap<HandMatch & { readonly by: string }>;
  readonly work: readonly Work[];
  readonly index: RailIndex;
}

export const initialRail: Rail = {
  files: initialFiles,
  of: null,
  rules: STANDARD_RULES,
  proposedRules: null,
  coverage: null,
  days: PersistentMap.empty(),
  statements: PersistentMap.empty(),
  waiting: [],
  sequences: PersistentMap.empty(),
  refused: PersistentMap.empty(),
  chunks: PersistentMap.empty(),
  lines: PersistentMap.empty(),
  items: PersistentMap.empty(),
  remittances: PersistentMap.empty(),
  listed: PersistentMap.empty(),
  breaks: PersistentMap.empty(),
  explained: PersistentMap.empty(),
  proposals: PersistentMap.empty(),
  work: [],
  index: noIndex,
};

export function ofRail({ of }: Rail): OfRail {
  invariant(of, 'a paying account is registered before anything is matched on it');
  return of;
}

export function lineOf({ lines }: Rail, key: string): RailLine {
  const line = lines.get(key);
  invariant(line, 'a line is known by its key');
  return line;
}

export function itemOf({ items }: Rail, id: ItemId): RailItem {
  const item = items.get(id);
  invariant(item, 'an item is known by its name');
  return item;
}

export function statementOf({ statements }: Rail, key: string): RailStatement {
  const statement = statements.get(key);
  invariant(statement, 'a statement is known by its key');
  return statement;
}

export const countsIn = ({ statements }: Rail, line: RailLine): boolean =>
  line.statements.some((each) => statements.get(each)?.status === 'imported');

/** Another file may carry it since; what stands in a voided one alone was never paid. */
export const isVoided = ({ files }: Rail, { file }: RailItem): boolean =>
  files.files.get(file)?.voided === true;

export const isRefused = (state: Rail, id: ItemId, item: RailItem): boolean =>
  isVoided(state, item) || state.files.items.get(id)?.state === 'rejected';

/** The balance at the end of a day, as all lines that count say it. */
export const balanceAfter = (state: Rail, day: Day): bigint =>
  balanceWhere(state, (each) => each <= day, day);

export const balanceBefore = (state: Rail, day: Day): bigint =>
  balanceWhere(state, (each) => each < day, day);

function balanceWhere({ coverage, days }: Rail, counts: (day: Day) => boolean, at: Day): bigint {
  invariant(coverage, 'a balance is asked of a known account');
  let balance = BigInt(coverage.opening);
  for (const [day, amount] of days.entries()) if (counts(day)) balance += BigInt(amount);
  for (const [day, amount] of Object.entries(coverage.jumps))
    if (day <= at) balance += BigInt(amount);
  return balance;
}
