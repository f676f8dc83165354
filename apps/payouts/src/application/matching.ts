import type { CommandBus } from '@nestjs/cqrs';
import {
  type Dispatch,
  type FeedEvent,
  type Reaction,
  type ReactionContext,
  reaction,
} from '@tributary/feeds';
import {
  type CommandRunner,
  type Instant,
  type Outcome,
  type StreamName,
  invariant,
  startOfDay,
  uuidV5,
} from '@tributary/kernel';
import { Dispatched, commandHandler, dispatchAs } from '@tributary/platform';
import type {
  AccountRejected,
  RecordRepayment,
  ReturnItem,
  SettleItem,
  UnreturnItem,
  UnsettleItem,
} from '../domain/account/commands';
import type { RepaymentDeclined } from '../domain/account/events';
import type { MatchDeclined } from '../domain/account/item-events';
import { accountStreamOf } from '../domain/account/terms';
import type { RailCommand, RailRejected, RefuseRepayment } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import { railStreamOf } from '../domain/rail/events';
import type {
  ItemMatch,
  LineUnmatched,
  LinesMatched,
  MatchedItem,
  MatchingFellBehind,
} from '../domain/rail/match-events';
import { DecideAccount } from './accounts';

export class DecideRail extends Dispatched<RailCommand, RailRejected> {}

export const streamOfRail = ({ rail: id }: Pick<RailCommand, 'rail'>, tenant: string): StreamName =>
  railStreamOf(tenant, id);

export const railHandler = commandHandler(DecideRail, rail, streamOfRail);

type Facts = {
  readonly LinesMatched: LinesMatched['data'];
  readonly LineUnmatched: LineUnmatched['data'];
  readonly RepaymentDeclined: RepaymentDeclined['data'];
};

type Booking = RecordRepayment | ReturnItem | SettleItem | UnreturnItem | UnsettleItem;

/** For one account; the rail is told where the account refuses it. */
export interface ToldToAccount {
  readonly type: 'ToldToAccount';
  readonly command: Booking;
  readonly rail: string;
  readonly line: string;
}

/** What the bank's lines say is booked by the accounts, in the order in which it was found out; the rail hears of a repayment that is not. */
export const matchesTold = (bus: CommandBus): Reaction<RefuseRepayment | ToldToAccount> =>
  reaction<RefuseRepayment | ToldToAccount, Facts>({
    name: 'matches_told',
    on: {
      LinesMatched: ({ data }) => commandsOfMatches(data),
      LineUnmatched: ({ data }) => commandsOfUnmatch(data),
      RepaymentDeclined: ({ data, occurredAt }) => [refusalOf(data, occurredAt)],
    },
    target: (told, tenant) =>
      told.type === 'RefuseRepayment'
        ? streamOfRail(told, tenant)
        : accountStreamOf(tenant, told.command.account),
    dispatch: tell(bus),
  });

export function commandsOfMatches(data: LinesMatched['data']): readonly ToldToAccount[] {
  const { rail: id, zone } = data;
  return data.matches.flatMap((match): readonly ToldToAccount[] => {
    const { line, kind, bookedOn, bankReference, endToEndId, returnReason } = match;
    const at = startOfDay(bookedOn, zone);
    if (kind === 'repaid')
      return [{ type: 'ToldToAccount', command: repaid(data, match, at), rail: id, line }];
    return match.items.map((each) => {
      const { item, amount, fee } = each;
      const of = { account: accountOf(data, each), at, item, rail: id, bankLine: line };
      const said = { amount, bookedOn, bankReference, ...(endToEndId && { endToEndId }) };
      const command: Booking =
        kind === 'settled'
          ? { type: 'SettleItem', ...of, ...said }
          : { type: 'ReturnItem', ...of, ...said, fee, reason: returnReason };
      return { type: 'ToldToAccount', command, rail: id, line };
    });
  });
}

export function commandsOfUnmatch(data: LineUnmatched['data']): readonly ToldToAccount[] {
  const { rail: id, line, kind, bookedOn, zone, by, reason } = data;
  // A repayment gives its line back only where its account has declined it, and has booked nothing.
  if (kind !== 'settled' && kind !== 'returned') return [];
  const type = kind === 'settled' ? 'UnsettleItem' : 'UnreturnItem';
  const at = startOfDay(bookedOn, zone);
  return data.items.map((each) => {
    const { item, isRejected } = each;
    const of = { account: accountOf(data, each), at, item, rail: id, bankLine: line, by, reason };
    const command: Booking =
      type === 'UnsettleItem' && isRejected !== undefined
        ? { type, ...of, isRejected }
        : { type, ...of };
    return { type: 'ToldToAccount', command, rail: id, line };
  });
}

function repaid(data: LinesMatched['data'], match: ItemMatch, at: Instant): RecordRepayment {
  const { line: bankLine, bookedOn, repayment: said, by } = match;
  invariant(said && by !== null, 'a person says what was paid back');
  const { repayment, amount } = said;
  const of = { account: accountOf(data, said), at, rail: data.rail, bankLine, bookedOn, by };
  return { type: 'RecordRepayment', ...of, repayment, amount };
}

const refusalOf = (
  { rail: id, bankLine: line, repayment, reason: because }: RepaymentDeclined['data'],
  at: Instant,
): RefuseRepayment => ({ type: 'RefuseRepayment', rail: id, line, repayment, because, at });

const accountOf = (
  { entity, asset }: Pick<LinesMatched['data'], 'asset' | 'entity'>,
  { partner }: Pick<MatchedItem, 'partner'>,
) => ({ partner, entity, asset });

/**
 * An account that will not book a match says so, and keeps its answer: delivered again it is told the same, whatever the account knows
 * by then. The rail opens a break for a person. To wait for somebody to resume would hold up every later line of the bank account.
 */
function tell(bus: CommandBus): Dispatch<RefuseRepayment | ToldToAccount> {
  const toAccount = dispatchAs(bus, DecideAccount);
  const toRail = dispatchAs(bus, DecideRail);
  return async (told, context) => {
    if (told.type === 'RefuseRepayment') return await toRail(told, context);
    const { command, rail: id, line } = told;
    // Of a reaction only the kind is asked; the bus answers with all of it.
    const outcome = (await toAccount(command, context)) as Outcome<AccountRejected>;
    if (command.type === 'UnsettleItem' || command.type === 'UnreturnItem')
      return isStranger(outcome) ? { kind: 'nothing' } : outcome;
    if (command.type === 'RecordRepayment') return outcome;
    const because = declinedIn(outcome);
    if (because === undefined) return outcome;
    const { item, at } = command;
    const refusal = { type: 'RefuseMatch', rail: id, line, item, because, at } as const;
    return await toRail(refusal, refusedFrom(context, id));
  };
}

/** An account that never reserved the item has booked nothing of it, and never will. */
const isStranger = (outcome: Outcome<AccountRejected>): boolean =>
  outcome.kind === 'rejected' && outcome.rejected.code === 'item_unknown';

function declinedIn(outcome: Outcome<AccountRejected>): string | undefined {
  if (outcome.kind === 'rejected') return outcome.rejected.code;
  const declined = outcome.events.find(({ type }) => type === 'MatchDeclined');
  return (declined?.data as MatchDeclined['data'] | undefined)?.reason;
}

const refusedFrom = (context: ReactionContext, id: string): ReactionContext => ({
  ...context,
  commandId: uuidV5(context.commandId, 'refused'),
  stream: railStreamOf(context.tenant, id),
});

/** What is too large for one append goes on by itself; after a restart somebody has to remember where it had begun. */
export const railsBehind = (runner: CommandRunner): Reaction =>
  reaction<never, { readonly MatchingFellBehind: MatchingFellBehind['data'] }>({
    name: 'rails_behind',
    on: {
      MatchingFellBehind: async ({
        stream,
        data,
      }: FeedEvent<string, MatchingFellBehind['data']>) => {
        if (data.work.length > 0) await runner.resume(rail, stream);
        return [];
      },
    },
    target: (command) => command,
    dispatch: (command) => command,
  });
