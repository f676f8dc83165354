import type { CommissionHold, CommissionKey, LineCreditedData } from '@tributary/contracts';
import { type Instant, PersistentMap, type Step, type Uuid } from '@tributary/kernel';
import type { LineFact } from '../../../engines/v1/facts';
import type { ToldTerm } from './commands';
import type { WindowOpened } from './events';

/** A line as it was told last. */
export interface KnownLine {
  readonly revision: number;
  readonly child: string | null;
  readonly fact: LineFact;
  readonly refs: LineCreditedData['facts'];
  readonly decision: Uuid | null;
}

/** What was posted for one line under one rule, in one currency and entity. */
export interface Account {
  readonly lineId: string;
  readonly key: CommissionKey;
  readonly programme: string;
  readonly entity: string;
  readonly asset: string;
  readonly paidAt: Instant;
  /** By month: the sum, and when the last of it happened. */
  readonly months: Readonly<Record<string, { readonly amount: string; readonly at: Instant }>>;
  /** What is held, by the date until which it is. */
  readonly held: Readonly<Record<string, string>>;
  readonly released: string;
  readonly frozen: string;
}

/** Of one line: what was posted for it by then. */
export type SumStep = Step<{ readonly amount: string }>;

/** Everything about one payment line, or one bonus. */
export interface Group {
  readonly accounts: Readonly<Record<string, Account>>;
  /** Of a line that earns nothing: why, by its id. */
  readonly reasons: Readonly<
    Record<string, { readonly key: CommissionKey; readonly reason: string }>
  >;
  /** What the partner above was told last of the postings, by line id. */
  readonly sums: Readonly<Record<string, readonly SumStep[]>>;
  /** As they were told last. */
  readonly holds: readonly CommissionHold[];
  /** Those that people have placed. */
  readonly placed: readonly CommissionHold[];
  /** When people have ended a hold that they did not place. */
  readonly lifted: Readonly<Record<string, Instant>>;
}

export interface Override {
  readonly key: CommissionKey;
  readonly steps: readonly Step<{ readonly amount: string }>[];
  readonly proposed: {
    readonly override: string;
    readonly amount: string;
    readonly by: string;
  } | null;
}

export interface Earnings {
  readonly opened: WindowOpened['data'] | null;
  readonly lines: PersistentMap<KnownLine>;
  /** By topic and key. */
  readonly terms: Readonly<Record<string, ToldTerm>>;
  readonly overrides: Readonly<Record<string, Override>>;
  readonly followed: readonly string[];
  readonly groups: PersistentMap<Group>;
  /** Group by line id. */
  readonly groupOfLine: PersistentMap<string>;
  /** As they were told last. */
  readonly holds: readonly CommissionHold[];
  readonly behind: { readonly through: string | null } | null;
  readonly releasing: { readonly asOf: Instant; readonly through: string | null } | null;
  /** Another object whenever a fact was learned that may change what lines are worth. */
  readonly knowledge: object;
}

export const initialEarnings: Earnings = {
  opened: null,
  lines: PersistentMap.empty<KnownLine>(),
  terms: {},
  overrides: {},
  followed: [],
  groups: PersistentMap.empty<Group>(),
  groupOfLine: PersistentMap.empty<string>(),
  holds: [],
  behind: null,
  releasing: null,
  knowledge: {},
};

export const EMPTY_GROUP: Group = {
  accounts: {},
  reasons: {},
  sums: {},
  holds: [],
  placed: [],
  lifted: {},
};

/** Another entity or currency is another account, so that what was posted in the wrong one is taken back there. */
export const accountKeyOf = ({
  lineId,
  entity,
  asset,
}: Pick<Account, 'asset' | 'entity' | 'lineId'>): string => `${lineId} ${entity} ${asset}`;

export const termKeyOf = ({ topic, key }: Pick<ToldTerm, 'key' | 'topic'>): string =>
  `${topic} ${key}`;

export const heldOf = ({ held }: Account): bigint =>
  Object.values(held).reduce((sum, amount) => sum + BigInt(amount), 0n);
