import { type Decision, type Instant, accept, nothing, reject } from '@tributary/kernel';
import type {
  AccountRejected,
  CancelReservation,
  Instruct,
  ItemCommand,
  NoteBankAnswer,
  Reserve,
  ReturnItem,
  SettleItem,
  UnreturnItem,
  UnsettleItem,
  VoidItem,
} from './commands';
import { withLines, withReservedLines } from './chunks';
import type { AccountEvent, OfItem } from './events';
import type { BankSaid, MatchDeclined, MatchNeverBooked } from './item-events';
import {
  CASH,
  IN_TRANSIT,
  PAYOUT_FEES,
  type Side,
  across,
  credited,
  debited,
  entryOf,
  heldSides,
} from './money';
import { isTaxRemitted, noteRecovered, noteRemitted, remittedOf, taxSides } from './item-taxes';
import { ofAccount, reservationOf } from './reserve';
import { type Account, type Item, type ItemStatus, statusAt, withheldOf } from './state';

type Answer = Decision<AccountEvent, AccountRejected>;

const NOT_MOVED = { lines: [], owed: '0' } as const;

type OfKnownItem = Exclude<ItemCommand, CancelReservation | Reserve>;

/** Nothing happens to an item that this account has not reserved. */
const ofItem =
  <C extends OfKnownItem>(decide: (command: C, account: Account, item: Item) => Answer) =>
  (command: C, account: Account): Answer => {
    const item = account.items.get(command.item);
    return item === undefined ? reject({ code: 'item_unknown' }) : decide(command, account, item);
  };

export const items = {
  Reserve: reserve,
  CancelReservation: cancel,
  Instruct: ofItem(instruct),
  NoteBankAnswer: ofItem(noteAnswer),
  NoteTaxRecovered: ofItem(noteRecovered),
  NoteTaxRemitted: ofItem(noteRemitted),
  SettleItem: ofItem(orDeclined('settled', settle)),
  UnsettleItem: ofItem(unsettle),
  ReturnItem: ofItem(orDeclined('returned', takeBack)),
  UnreturnItem: ofItem(undoReturn),
  VoidItem: ofItem(voidItem),
};

type OfLine = ReturnItem | SettleItem | UnreturnItem | UnsettleItem;

/** What the bank shows has been matched by then, and is not asked once more until the answer fits: so a refusal is an answer. */
function orDeclined<C extends ReturnItem | SettleItem>(
  as: MatchDeclined['data']['as'],
  decide: (command: C, account: Account, item: Item) => Answer,
): typeof decide {
  return (command, account, item) => {
    const answer = decide(command, account, item);
    if (!('rejected' in answer)) return answer;
    const data = { ...ofLine(command, account), as, reason: answer.rejected.code };
    return accept({ type: 'MatchDeclined', data, occurredAt: command.at });
  };
}

const neverBooked = (
  command: UnreturnItem | UnsettleItem,
  account: Account,
  as: MatchNeverBooked['data']['as'],
): Answer =>
  accept({
    type: 'MatchNeverBooked',
    data: { ...ofLine(command, account), as },
    occurredAt: command.at,
  });

const ofLine = ({ item, rail, bankLine }: OfLine, account: Account) => ({
  ...ofAccount(account),
  ...{ item, rail, bankLine },
});

const isBy = (
  { rail, bankLine }: OfLine,
  booked: { readonly rail: string; readonly bankLine: string } | null,
): boolean => booked?.bankLine === bankLine && booked.rail === rail;

function reserve({ stream, terms, at }: Reserve, account: Account): Answer {
  // Whoever asks twice is told by the first answer.
  if (account.items.has(terms.item)) return nothing;
  const answer = reservationOf(account, { stream, terms, at });
  if ('declined' in answer)
    return accept({ type: 'ReservationDeclined', data: answer.declined, occurredAt: at });
  return accept(...withReservedLines(answer.reserved, at));
}

function cancel({ run, reason, at }: CancelReservation, account: Account): Answer {
  const item = account.open
    .map((each) => account.items.get(each))
    .find((each) => each?.run === run);
  // Declined, cancelled before, or over already: there is nothing to give back.
  if (item === undefined) return nothing;
  if (item.status !== 'reserved') return reject({ code: 'item_instructed' });
  const moved = credited(account, item.lines);
  const entry =
    moved.owed === '0'
      ? {}
      : { entry: entryOf(ofAccount(account), moved, heldSides(item.lines, 1n)) };
  const data = { ...ofAccount(account), ...named(item), ...moved, reason, ...entry };
  return accept(...withLines({ type: 'ReservationCancelled', data, occurredAt: at }));
}

function instruct({ run, file, at }: Instruct, account: Account, item: Item): Answer {
  if (item.run !== run) return reject({ code: 'item_unknown' });
  if (item.status === 'cancelled') return reject({ code: 'item_cancelled' });
  if (item.status !== 'reserved') return nothing;
  // Nobody has approved a payment to details that hold no longer; a file that takes another's place was approved as it is.
  const code = file === null ? heldSince(account, item, at) : undefined;
  if (code !== undefined) return reject({ code });
  const of = ofAccount(account);
  const sides = [...heldSides(item.lines, 1n), ...onItsWay(item, -1n)];
  // Spelled out: there are as many of these as partners are paid.
  const data = {
    partner: of.partner,
    entity: of.entity,
    asset: of.asset,
    run,
    item: item.item,
    gross: item.gross,
    withheld: String(withheldOf(item.taxes)),
    taxes: item.taxes,
    net: item.net,
    file,
    fingerprint: item.method.fingerprint,
    ...remittedOf(item),
    entry: entryOf(of, NOT_MOVED, sides),
  };
  return accept({ type: 'PayoutInstructed', data, occurredAt: at });
}

/** A suspension may be told long before its day, and a hold in the moment of the release: neither has voided the approval then. */
function heldSince(
  account: Account,
  item: Item,
  at: Instant,
): 'details_changed' | 'documents_missing' | 'partner_suspended' | undefined {
  if (hasOtherDetails(account, item)) return 'details_changed';
  if (statusAt(account, at) === 'suspended') return 'partner_suspended';
  return account.payee?.payee.missing.length === 0 ? undefined : 'documents_missing';
}

const hasOtherDetails = ({ payee }: Account, { method }: Item): boolean =>
  payee?.payee.changePending === true || payee?.payee.method?.version !== method.version;

/** What a bank may still say something about. */
const ON_ITS_WAY: ReadonlySet<ItemStatus> = new Set(['instructed', 'accepted', 'unknown']);

function noteAnswer(command: NoteBankAnswer, account: Account, item: Item): Answer {
  const { answer, codes, bankReference, isSettled = false, at } = command;
  const { status } = item;
  if (status === answer) return nothing;
  // Answers and lines are told by two who do not wait for one another: what the rail knew of lines is said with each answer.
  if (status === 'settled' || status === 'returned' || (isSettled && ON_ITS_WAY.has(status)))
    return notePaid(command, account, item);
  if (answer === 'doubted') return nothing;
  if (!ON_ITS_WAY.has(status)) return reject(whyNot(item));
  const data = { ...ofAccount(account), ...named(item), codes, bankReference };
  if (answer === 'accepted') return accept({ type: 'PayoutAccepted', data, occurredAt: at });
  if (answer === 'unknown') return accept({ type: 'PayoutUnknown', data, occurredAt: at });
  return accept(...rejected(account, item, { codes, bankReference }, at));
}

/** The statement stands. A rejection that came when the rail had no line any more counts as soon as the account hears of that as well. */
function notePaid(command: NoteBankAnswer, account: Account, item: Item): Answer {
  const { answer, codes, bankReference, isSettled = false, at: occurredAt } = command;
  const { rejection } = item;
  const data = { ...ofAccount(account), ...named(item), codes, bankReference };
  const isNew = !rejection || (rejection.isSettled === true && !isSettled);
  if (answer === 'rejected' && isNew)
    return accept({
      type: 'RejectionNoted',
      data: { ...data, ...(isSettled && { isSettled }) },
      occurredAt,
    });
  const isTakenBack = rejection && (isSettled || rejection.isSettled === true);
  if (answer === 'doubted' && isTakenBack)
    return accept({ type: 'RejectionDoubted', data, occurredAt });
  return nothing;
}

function rejected(account: Account, item: Item, said: BankSaid, occurredAt: Instant) {
  const moved = credited(account, item.lines);
  const entry = entryOf(ofAccount(account), moved, onItsWay(item, 1n));
  const data = { ...ofAccount(account), ...named(item), ...said, ...moved, entry };
  return withLines({ type: 'PayoutRejected', data, occurredAt });
}

function settle(command: SettleItem, account: Account, item: Item): Answer {
  const { rail, bankLine, amount, bookedOn, bankReference, endToEndId, at } = command;
  if (isBy(command, item.settled)) return nothing;
  if (!ON_ITS_WAY.has(item.status)) return reject(whyNot(item));
  if (amount !== item.net) return reject({ code: 'amount_differs', expected: item.net });
  const net = BigInt(item.net);
  const sides = [across(IN_TRANSIT, net), across(CASH, -net, { bank: rail })];
  const data = {
    ...ofAccount(account),
    ...named(item),
    rail,
    bankLine,
    bookedOn,
    bankReference,
    ...(endToEndId && { endToEndId }),
    fingerprint: item.method.fingerprint,
    entry: entryOf(ofAccount(account), NOT_MOVED, sides),
  };
  return accept({ type: 'PayoutSettled', data, occurredAt: at });
}

function unsettle(command: UnsettleItem, account: Account, item: Item): Answer {
  const { rail, bankLine, by, reason, at } = command;
  if (!isBy(command, item.settled)) return neverBooked(command, account, 'settled');
  if (item.status === 'returned') return reject({ code: 'item_returned' });
  const net = BigInt(item.net);
  const sides = [across(CASH, net, { bank: rail }), across(IN_TRANSIT, -net)];
  const entry = entryOf(ofAccount(account), NOT_MOVED, sides);
  const data = { ...ofAccount(account), ...named(item), rail, bankLine, by, reason, entry };
  const undone: AccountEvent = { type: 'SettlementUndone', data, occurredAt: at };
  // The bank will not say once more what it said while a line seemed to show the opposite.
  const said = rejectionAt(command, item);
  return said ? accept(undone, ...rejected(account, item, said, at)) : accept(undone);
}

/** Of what was said while the rail had this line, the rail knows the last word, which may not have been told here yet. */
function rejectionAt({ isRejected }: UnsettleItem, { rejection }: Item): BankSaid | null {
  const said = rejection
    ? { codes: rejection.codes, bankReference: rejection.bankReference }
    : null;
  if (isRejected === true) return said ?? { codes: [], bankReference: null };
  return isRejected === false && rejection?.isSettled === true ? null : said;
}

function takeBack(command: ReturnItem, account: Account, item: Item): Answer {
  const { rail, bankLine, amount, fee, bookedOn, reason, bankReference, endToEndId } = command;
  if (isBy(command, item.returned)) return nothing;
  if (item.status === 'returned') return reject({ code: 'item_returned' });
  if (item.status !== 'settled') return reject({ code: 'item_not_settled' });
  if (BigInt(amount) + BigInt(fee) !== BigInt(item.net) || BigInt(amount) <= 0n || BigInt(fee) < 0n)
    return reject({ code: 'amount_differs', expected: item.net });
  const moved = credited(account, item.lines);
  const entry = entryOf(ofAccount(account), moved, cameBack(command, item, 1n));
  const data = {
    ...ofAccount(account),
    ...named(item),
    ...moved,
    ...{ rail, bankLine, bookedOn, amount, fee, reason, bankReference },
    ...(endToEndId && { endToEndId }),
    isTaxRemitted: isTaxRemitted(item),
    entry,
  };
  return accept(...withLines({ type: 'PayoutReturned', data, occurredAt: command.at }));
}

/** What had come back is the partner's after all; where it was paid again meanwhile, it is owed. */
function undoReturn(command: UnreturnItem, account: Account, item: Item): Answer {
  const { rail, bankLine, by, reason, at } = command;
  const { returned } = item;
  if (returned === null || !isBy(command, returned))
    return neverBooked(command, account, 'returned');
  const names = item.lines.map(({ line }) => line);
  const moved = debited(account, names, BigInt(item.gross));
  const entry = entryOf(ofAccount(account), moved, cameBack(returned, item, -1n));
  const { amount, fee } = returned;
  const data = {
    ...ofAccount(account),
    ...named(item),
    ...moved,
    ...{ rail, bankLine, by, reason, amount, fee, isTaxRemitted: isTaxRemitted(item), entry },
  };
  return accept(...withLines({ type: 'ReturnUndone', data, occurredAt: at }));
}

function voidItem({ file, at }: VoidItem, account: Account, item: Item): Answer {
  if (item.status === 'reserved') return nothing;
  if (item.status === 'accepted' || item.status === 'unknown')
    return reject({ code: 'item_accepted' });
  if (item.status !== 'instructed') return reject(whyNot(item));
  const sides = [...onItsWay(item, 1n), ...heldSides(item.lines, -1n)];
  const entry = entryOf(ofAccount(account), NOT_MOVED, sides);
  const data = { ...ofAccount(account), ...named(item), file, entry };
  return accept({ type: 'PayoutVoided', data, occurredAt: at });
}

const WHY_NOT = {
  reserved: 'item_not_instructed',
  instructed: 'item_instructed',
  accepted: 'item_accepted',
  unknown: 'item_accepted',
  settled: 'item_settled',
  returned: 'item_returned',
  rejected: 'item_rejected',
  cancelled: 'item_cancelled',
} as const satisfies Record<ItemStatus, AccountRejected['code']>;

const whyNot = ({ status }: Item): AccountRejected => ({ code: WHY_NOT[status] });

function named(known: Item): OfItem {
  const { run, item, gross, taxes, net } = known;
  return {
    ...{ run, item, gross, withheld: String(withheldOf(taxes)), taxes, net },
    ...remittedOf(known),
  };
}

/** A debit of what is on its way and withheld where `sign` is positive, as it is when that ends without a payment. */
const onItsWay = (item: Item, sign: 1n | -1n): readonly Side[] => [
  across(IN_TRANSIT, sign * BigInt(item.net)),
  ...taxSides(item, sign),
];

interface Back {
  readonly rail: string;
  readonly amount: string;
  readonly fee: string;
}

const cameBack = ({ rail, amount, fee }: Back, item: Item, sign: 1n | -1n): readonly Side[] => [
  across(CASH, sign * BigInt(amount), { bank: rail }),
  across(PAYOUT_FEES, sign * BigInt(fee), { bank: rail }),
  ...taxSides(item, sign),
];
