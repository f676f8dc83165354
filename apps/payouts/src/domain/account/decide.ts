import { type Decider, type Decision, accept, nothing } from '@tributary/kernel';
import type {
  AccountCommand,
  AccountRejected,
  FreezeLine,
  LearnPartner,
  LearnPayee,
  TakeRelease,
} from './commands';
import { withLines } from './chunks';
import { adjustments } from './decide-adjustments';
import { disputes, endedByItself } from './decide-disputes';
import { items } from './decide-items';
import { receivables, writeOffReversed } from './decide-receivables';
import type { AccountEvent, LineMove } from './events';
import { evolve } from './evolve';
import {
  RELEASED,
  type Side,
  across,
  credited,
  debited,
  entryOf,
  isMoved,
  setAside,
} from './money';
import { snapshot } from './snapshot';
import { type Account, initialAccount, setAsideOf } from './state';
import type { OfAccount } from './terms';

type Answer = Decision<AccountEvent, AccountRejected>;

export const account: Decider<AccountCommand, AccountEvent, Account, AccountRejected> = {
  initial: initialAccount,
  decide: (command, state) => {
    const opened = openedBy(command);
    const asked = state.of === null ? evolve(state, opened) : state;
    const answer = answerTo(command, asked);
    if ('rejected' in answer || answer.events.length === 0) return answer;
    return accept(...(state.of === null ? [opened] : []), ...concluded(asked, answer.events));
  },
  evolve,
  snapshot,
};

function openedBy(command: AccountCommand): AccountEvent {
  const { partner, entity, asset } = command.account;
  const occurredAt = 'at' in command ? command.at : command.receivedAt;
  return { type: 'AccountOpened', data: { partner, entity, asset }, occurredAt };
}

type Deciding<C extends AccountCommand> = (command: C, state: Account) => Answer;
type Of<T extends AccountCommand['type']> = Extract<AccountCommand, { type: T }>;

const DECIDING: { readonly [T in AccountCommand['type']]: Deciding<Of<T>> } = {
  TakeRelease: take,
  FreezeLine: freeze,
  LearnPayee: learnPayee,
  LearnPartner: learnPartner,
  ...items,
  ...disputes,
  ...adjustments,
  ...receivables,
};

const answerTo = (command: AccountCommand, state: Account): Answer =>
  (DECIDING[command.type] as Deciding<AccountCommand>)(command, state);

/** What came to a line that is frozen or disputed is set aside, in the same append as what brought it. */
function concluded(before: Account, events: readonly AccountEvent[]): readonly AccountEvent[] {
  const credits = new Set<string>();
  for (const { line, payable = '0' } of events.flatMap(movesOf))
    if (BigInt(payable) > 0n) credits.add(line);
  // Most commands bring nothing to any line, and what they lead to is folded once, where it is stored.
  if (credits.size === 0) return events;
  const state = events.reduce(evolve, before);
  const moves: LineMove[] = [];
  for (const line of [...credits].sort()) {
    const known = state.lines.get(line);
    if (known === undefined) continue;
    const change = setAsideOf(known) - BigInt(known.disputed);
    if (change > 0n) moves.push(...setAside(state, line, known, change).lines);
  }
  const occurredAt = events.at(-1)?.occurredAt;
  if (moves.length === 0 || occurredAt === undefined || state.of === null) return events;
  const moved = { lines: moves, owed: '0' };
  const data = { ...state.of, ...moved, entry: entryOf(state.of, moved, []) };
  return [...events, ...withLines({ type: 'LinesSetAside', data, occurredAt })];
}

function movesOf({ type, data }: AccountEvent): readonly LineMove[] {
  if (type === 'PayoutReserved' || type === 'LinesReserved' || !('lines' in data)) return [];
  return data.lines;
}

/** Each release once, by the id of its command; what came of it pays what is owed first. */
function take(command: TakeRelease, before: Account): Answer {
  const { account: of, release, line, key, programme, plan, window, at } = command;
  const amount = BigInt(command.amount);
  const back = amount > 0n ? writeOffReversed(before, at) : [];
  const state = back.reduce(evolve, before);
  const moved =
    amount > 0n
      ? credited(state, [{ line, programme, amount: command.amount }])
      : debited(state, [line], -amount);
  const released: Side = across(RELEASED, amount, { programme, plan });
  const named = { release, line, key, programme, plan, window, amount: command.amount };
  const entry = entryOf(of, moved, [released]);
  const taken = withLines({
    type: 'ReleaseTaken',
    data: { ...ofOnly(of), ...named, ...moved, entry },
    occurredAt: at,
  });
  const after = taken.reduce(evolve, state);
  return accept(...back, ...taken, ...endedByItself(after, line, at));
}

const ofOnly = ({ partner, entity, asset }: OfAccount): OfAccount => ({ partner, entity, asset });

function freeze(command: FreezeLine, state: Account): Answer {
  const { account: of, line, programme, plan, window, amount: frozen, at } = command;
  const known = state.lines.get(line);
  if ((known?.frozen ?? '0') === frozen) return nothing;
  const named = { line, programme, plan, window, frozen };
  const moved =
    known === undefined
      ? { lines: [], owed: '0' }
      : setAside(state, line, known, setAsideOf({ ...known, frozen }) - BigInt(known.disputed));
  const entry = isMoved(moved) ? { entry: entryOf(of, moved, []) } : {};
  const data = { ...ofOnly(of), ...named, ...moved, ...entry };
  return accept({ type: 'LineFrozenNoted', data, occurredAt: at });
}

function learnPayee({ account: of, revision, payee, at }: LearnPayee, state: Account): Answer {
  if (state.payee !== null && revision <= state.payee.revision) return nothing;
  const data = { ...ofOnly(of), revision, payee };
  return accept({ type: 'PayeeLearned', data, occurredAt: at });
}

function learnPartner(command: LearnPartner, state: Account): Answer {
  const { account: of, revision, steps, at } = command;
  if (state.partner !== null && revision <= state.partner.revision) return nothing;
  const learned: AccountEvent = {
    type: 'PartnerLearned',
    data: { ...ofOnly(of), revision, steps },
    occurredAt: at,
  };
  return accept(learned, ...writeOffReversed(evolve(state, learned), at));
}
