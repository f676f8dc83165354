import type { CommissionPostedData, CommissionReleasedData } from '@tributary/contracts';
import { type Instant, laterOf } from '@tributary/kernel';
import type { EarningsEvent, LineLearned } from './events';
import {
  type Account,
  EMPTY_GROUP,
  type Earnings,
  type Group,
  type KnownLine,
  accountKeyOf,
  termKeyOf,
} from './state';
import { groupOf, lineGroupOf } from './window';

type Of<T extends EarningsEvent['type']> = Extract<EarningsEvent, { type: T }>;

type Evolver<T extends EarningsEvent['type']> = (state: Earnings, event: Of<T>) => Earnings;

/** What was taken back repeats what the posting beside it has done. */
const EVOLVERS: { readonly [T in EarningsEvent['type']]: Evolver<T> } = {
  CommissionPosted: withBooks,
  CommissionReleased: withBooks,
  CommissionSummed: withBooks,
  EarningExplained: withBooks,
  HoldLifted: withHolds,
  HoldPlaced: withHolds,
  HoldsChanged: withHolds,
  LineFrozen: withBooks,
  LineLearned: withKnowledge,
  OverrideDecided: withKnowledge,
  OverrideProposed: withKnowledge,
  ReleaseFinished: withProgress,
  ReleasePostponed: withProgress,
  ReleaseTakenBack: (state) => state,
  TermLearned: withKnowledge,
  WindowCaughtUp: withProgress,
  WindowFellBehind: withProgress,
  WindowOpened: withKnowledge,
};

export const evolve = (state: Earnings, event: EarningsEvent): Earnings =>
  (EVOLVERS[event.type] as Evolver<EarningsEvent['type']>)(state, event);

/** What was said from outside, and by people: worth is asked anew. */
function withKnowledge(
  state: Earnings,
  event: Of<
    'WindowOpened' | 'LineLearned' | 'TermLearned' | 'OverrideProposed' | 'OverrideDecided'
  >,
): Earnings {
  switch (event.type) {
    case 'WindowOpened':
      return {
        ...state,
        opened: event.data,
        followed: event.data.follows,
        terms: {},
        knowledge: {},
      };
    case 'LineLearned': {
      const { line, child, follows } = event.data;
      const lines = state.lines.set(lineGroupOf(line, child), knownLine(event.data));
      return { ...state, lines, followed: joined(state, follows), knowledge: {} };
    }
    case 'TermLearned': {
      const { follows, ...told } = event.data;
      const terms = { ...state.terms, [termKeyOf(told)]: told };
      return { ...state, terms, followed: joined(state, follows), knowledge: {} };
    }
    case 'OverrideProposed': {
      const { lineId, key, override, amount, by } = event.data;
      const steps = state.overrides[lineId]?.steps ?? [];
      const known = { key, steps, proposed: { override, amount, by } };
      return { ...state, overrides: { ...state.overrides, [lineId]: known } };
    }
    case 'OverrideDecided': {
      const { lineId, key, override, amount, at } = event.data;
      const known = state.overrides[lineId];
      // Decided in payouts it may come after what was decided here later, which then holds.
      const steps = [...(known?.steps ?? []), { at, value: { amount } }].sort((a, b) =>
        a.at === b.at ? 0 : a.at < b.at ? -1 : 1,
      );
      const isAnswered = known?.proposed?.override === override;
      const proposed = isAnswered ? null : (known?.proposed ?? null);
      const overrides = { ...state.overrides, [lineId]: { key, steps, proposed } };
      return { ...state, overrides, knowledge: {} };
    }
  }
}

/** What was booked, and said about it. */
function withBooks(
  state: Earnings,
  event: Of<
    | 'CommissionPosted'
    | 'CommissionReleased'
    | 'CommissionSummed'
    | 'LineFrozen'
    | 'EarningExplained'
  >,
): Earnings {
  switch (event.type) {
    case 'CommissionSummed': {
      const { lineId, key, steps } = event.data;
      return withGroup(state, groupOf(key), (known) => ({
        ...known,
        sums: { ...known.sums, [lineId]: steps },
      }));
    }
    case 'CommissionPosted':
      return withPosting(state, event.data, event.occurredAt);
    case 'CommissionReleased':
      return withRelease(state, event.data);
    case 'LineFrozen': {
      const { key, amount } = event.data;
      return withAccount(state, groupOf(key), accountKeyOf(event.data), (account) => ({
        ...account,
        frozen: amount,
      }));
    }
    case 'EarningExplained': {
      const { lineId, key, reason } = event.data;
      const group = groupOf(key);
      const next = withGroup(state, group, (known) => {
        const { [lineId]: _before, ...reasons } = known.reasons;
        return {
          ...known,
          reasons: reason === null ? reasons : { ...reasons, [lineId]: { key, reason } },
        };
      });
      const known = next.groups.get(group) ?? EMPTY_GROUP;
      const isKnown =
        reason !== null ||
        Object.values(known.accounts).some((account) => account.lineId === lineId);
      const { groupOfLine } = next;
      return {
        ...next,
        groupOfLine: isKnown ? groupOfLine.set(lineId, group) : groupOfLine.delete(lineId),
      };
    }
  }
}

function withHolds(
  state: Earnings,
  event: Of<'HoldsChanged' | 'HoldPlaced' | 'HoldLifted'>,
): Earnings {
  switch (event.type) {
    case 'HoldsChanged': {
      const { group, holds } = event.data;
      if (group === null) return { ...state, holds };
      return withGroup(state, group, (known) => ({
        ...known,
        holds,
        lifted: endedBy(known, holds),
      }));
    }
    case 'HoldPlaced': {
      const { group, hold } = event.data;
      return withGroup(state, group, (known) => ({ ...known, placed: [...known.placed, hold] }));
    }
    case 'HoldLifted': {
      const { group, hold, at } = event.data;
      return withGroup(state, group, (known) => lifted(known, hold, at));
    }
  }
}

/** How far the steps have come. */
function withProgress(
  state: Earnings,
  event: Of<'WindowFellBehind' | 'WindowCaughtUp' | 'ReleasePostponed' | 'ReleaseFinished'>,
): Earnings {
  switch (event.type) {
    case 'WindowFellBehind':
      return { ...state, behind: { through: event.data.through } };
    case 'WindowCaughtUp':
      return { ...state, behind: null };
    case 'ReleasePostponed': {
      const { asOf, through } = event.data;
      return { ...state, releasing: { asOf, through } };
    }
    case 'ReleaseFinished':
      return { ...state, releasing: null };
  }
}

const joined = ({ followed }: Earnings, follows: readonly string[]): readonly string[] =>
  follows.length === 0 ? followed : [...followed, ...follows];

function knownLine({ line, revision, child }: LineLearned['data']): KnownLine {
  const { sale, payment, line: name, steps, facts } = line;
  const factId = facts[0]?.factId ?? payment;
  return {
    revision,
    child,
    fact: { sale, payment, line: name, factId, steps },
    refs: facts,
    decision: steps.at(-1)?.value.decision ?? null,
  };
}

const withGroup = (state: Earnings, group: string, change: (known: Group) => Group): Earnings => ({
  ...state,
  groups: state.groups.set(group, change(state.groups.get(group) ?? EMPTY_GROUP)),
});

const withAccount = (
  state: Earnings,
  group: string,
  key: string,
  change: (account: Account) => Account,
): Earnings =>
  withGroup(state, group, (known) => {
    const account = known.accounts[key];
    return account === undefined
      ? known
      : { ...known, accounts: { ...known.accounts, [key]: change(account) } };
  });

function withPosting(state: Earnings, data: CommissionPostedData, at: Instant): Earnings {
  const { lineId, key, programme, entity, asset, paidAt, month, amount } = data;
  const group = groupOf(key);
  const next = withGroup(state, group, (known) => {
    const accountKey = accountKeyOf(data);
    const account: Account = known.accounts[accountKey] ?? {
      lineId,
      key,
      programme,
      entity,
      asset,
      paidAt,
      months: {},
      held: {},
      released: '0',
      frozen: '0',
    };
    const before = account.months[month];
    const sum = {
      amount: String(BigInt(before?.amount ?? 0) + BigInt(amount)),
      at: before === undefined ? at : laterOf(before.at, at),
    };
    const changed: Account = {
      ...account,
      paidAt,
      months: { ...account.months, [month]: sum },
      held: heldAfter(account, data),
      released: String(BigInt(account.released) - BigInt(data.fromReleased)),
    };
    return { ...known, accounts: { ...known.accounts, [accountKey]: changed } };
  });
  return { ...next, groupOfLine: next.groupOfLine.set(lineId, group) };
}

function heldAfter({ held }: Account, data: CommissionPostedData): Account['held'] {
  const next: Record<string, string> = { ...held };
  const add = (until: string, amount: bigint) => {
    const left = BigInt(next[until] ?? 0) + amount;
    if (left === 0n) delete next[until];
    else next[until] = String(left);
  };
  if (data.heldUntil !== null) add(data.heldUntil, BigInt(data.amount));
  for (const { until, amount } of data.takes) add(until, -BigInt(amount));
  return next;
}

const withRelease = (state: Earnings, data: CommissionReleasedData): Earnings =>
  withAccount(state, groupOf(data.key), accountKeyOf(data), (account) => {
    const { [data.until ?? '']: amount = '0', ...held } = account.held;
    return { ...account, held, released: String(BigInt(account.released) + BigInt(amount)) };
  });

/** What holds again after people had ended it waits for them once more. */
const endedBy = ({ lifted: ended }: Group, holds: Group['holds']): Group['lifted'] =>
  Object.fromEntries(
    Object.entries(ended).filter(
      ([id]) => !holds.some((hold) => hold.id === id && hold.until === null),
    ),
  );

function lifted(known: Group, hold: string, at: Instant): Group {
  const own = known.placed.some(({ id }) => id === hold);
  if (!own) return { ...known, lifted: { ...known.lifted, [hold]: at } };
  const placed = known.placed.map((each) => (each.id === hold ? { ...each, until: at } : each));
  return { ...known, placed };
}
