import type { CommissionPostedData, OfCommissionLine } from '@tributary/contracts';
import {
  type BalancedEntry,
  type Instant,
  type Leg,
  instantOfMs,
  invariant,
  laterOf,
  msOf,
} from '@tributary/kernel';
import type { LineDue } from '../../../engines/v1/line-due';
import type { EarningsEvent } from './events';
import { evolve } from './evolve';
import { type Account, EMPTY_GROUP, type Earnings, accountKeyOf } from './state';
import { lineIdOf } from './window';
import type { Books, Known } from './window-facts';
import { type MonthOfWorth, type Worth, type WorthOfGroup, monthAt } from './worth';

/** What has to be booked so that the entries of a month sum to what they should. */
interface Missing {
  readonly of: OfCommissionLine;
  readonly accountKey: string;
  readonly month: string;
  readonly amount: bigint;
  readonly at: Instant;
  readonly due: LineDue | undefined;
  /** Whose payment, plan and hold govern it: those of its month, or of now. */
  readonly governing: LineDue | undefined;
  readonly hasLeft: boolean;
}

interface Posting {
  readonly state: Earnings;
  readonly known: Known;
  readonly books: Books;
  readonly group: string;
  readonly worths: WorthOfGroup;
  /** When what has just been learned happened. */
  readonly moments: readonly Instant[];
}

/** What was decided, and the state that it leaves. */
export interface Concluded {
  readonly events: readonly EarningsEvent[];
  readonly state: Earnings;
}

/** The entries that a line or a bonus lacks, each ready to be appended. */
export function postingsOf(asked: Posting): Concluded {
  let { state } = asked;
  const events: EarningsEvent[] = [];
  const post = (missing: Missing) => {
    const posted = postedEvent({ ...asked, state }, missing);
    events.push(posted);
    const { fromReleased } = posted.data;
    if (fromReleased !== '0') events.push(takenBack(posted.data, posted.occurredAt));
    state = evolve(state, posted);
  };
  missingIn(asked).forEach(post);
  heldTooShort({ ...asked, state }).forEach(post);
  return { events, state };
}

/**
 * Books that a line has left come first, so that the last posting of a line names the books that it stands in. Then increases before
 * decreases, so that nothing is taken that is not there yet; then month by month.
 */
function missingIn(asked: Posting): readonly Missing[] {
  const { state, group, worths } = asked;
  const { accounts } = state.groups.get(group) ?? EMPTY_GROUP;
  const missing: Missing[] = [];
  const seen = new Set<string>();
  for (const worth of worths.values()) {
    for (const of of placesOf(asked, worth)) {
      const accountKey = accountKeyOf(of);
      seen.add(accountKey);
      missing.push(...differences(asked, of, worth, accounts[accountKey]));
    }
  }
  // What is not in the answer, or not in these books, is worth nothing.
  for (const [accountKey, account] of Object.entries(accounts)) {
    if (seen.has(accountKey)) continue;
    const of = ofAccount(asked, account);
    missing.push(...differences(asked, of, undefined, account));
  }
  return missing.sort(
    (a, b) =>
      Number(b.hasLeft) - Number(a.hasLeft) ||
      Number(a.amount < 0n) - Number(b.amount < 0n) ||
      (a.month < b.month ? -1 : a.month > b.month ? 1 : 0),
  );
}

/** The account of a line in these books; none where nothing was ever due. */
function placesOf({ state, known, books }: Posting, worth: Worth): readonly OfCommissionLine[] {
  const asset = assetOf(worth, known);
  if (state.opened === null || asset === undefined) return [];
  const { partner, plan, calendar } = state.opened;
  const id = { partner, plan, window: calendar.window.key };
  const { programme, entity } = books;
  return [{ lineId: lineIdOf(id, worth.key), key: worth.key, ...id, programme, entity, asset }];
}

/** What people have decided is posted also where no version governs the sale; all of them pay in one currency. */
function assetOf({ months, latest }: Worth, { facts }: Known): string | undefined {
  const governing = latest?.plan ?? months.findLast(({ due }) => due?.plan != null)?.due?.plan;
  return (governing ?? (months.length > 0 ? facts.versions[0]?.value : undefined))?.asset;
}

function ofAccount({ state }: Posting, account: Account): OfCommissionLine {
  invariant(state.opened, 'a window with postings was opened');
  const { partner, plan, calendar } = state.opened;
  const { lineId, key, programme, entity, asset } = account;
  return { lineId, key, partner, plan, window: calendar.window.key, programme, entity, asset };
}

function differences(
  asked: Posting,
  of: OfCommissionLine,
  worth: Worth | undefined,
  account: Account | undefined,
): readonly Missing[] {
  const months = new Map(worth?.months.map((each) => [each.month, each]));
  const posted = account?.months ?? {};
  const missing: Missing[] = [];
  for (const month of new Set([...months.keys(), ...Object.keys(posted)])) {
    const wanted = months.get(month);
    const amount = (wanted?.delta ?? 0n) - BigInt(posted[month]?.amount ?? 0);
    if (amount === 0n) continue;
    const at = momentOf(asked, month, wanted) ?? posted[month]?.at;
    invariant(at, 'a month that differs has been named by somebody');
    const [accountKey, hasLeft] = [accountKeyOf(of), worth === undefined];
    missing.push({ of, accountKey, month, amount, at, hasLeft, ...duesIn(month, worth) });
  }
  return missing;
}

function duesIn(month: string, worth: Worth | undefined): Pick<Missing, 'due' | 'governing'> {
  const due = worth?.months.findLast((each) => each.month <= month)?.due;
  return { due, governing: due ?? worth?.latest };
}

/** A payment that turns out to be a later one, or a longer hold: what is held until an earlier day is held anew, and taken from there. */
function heldTooShort(asked: Posting): readonly Missing[] {
  const { state, group, worths } = asked;
  const { accounts } = state.groups.get(group) ?? EMPTY_GROUP;
  return [...worths.values()].flatMap((worth) => {
    const { latest, months } = worth;
    const last = months.at(-1);
    return placesOf(asked, worth).flatMap((of) => {
      const accountKey = accountKeyOf(of);
      const amount = staleIn(accounts[accountKey], latest);
      if (amount === 0n || last === undefined) return [];
      const { month, due } = last;
      const at = momentOf(asked, month, last) ?? last.at;
      const again = { of, accountKey, month, at, due, governing: latest, hasLeft: false };
      return [
        { ...again, amount },
        { ...again, amount: -amount },
      ];
    });
  });
}

function staleIn(account: Account | undefined, governing: LineDue | undefined): bigint {
  let stale = 0n;
  for (const [until, held] of Object.entries(account?.held ?? {}))
    if (isStale(until, governing)) stale += BigInt(held);
  return stale;
}

/** Nothing that this hold governs is released before it ends. */
const isStale = (until: string, governing: LineDue | undefined): boolean =>
  governing !== undefined && until < heldUntilOf(governing, governing.paidAt);

/** The latest of what made the difference: what has just been learned, or what happened to the line itself in that month. */
function momentOf(
  { state, known, books, group, moments }: Posting,
  month: string,
  wanted: MonthOfWorth | undefined,
): Instant | undefined {
  const own = known.isPerLine
    ? [wanted?.at]
    : (state.lines.get(group)?.fact.steps ?? []).map(({ at }) => at);
  let latest: Instant | undefined;
  for (const at of [...own, ...moments]) {
    if (at === undefined || monthAt(at, books.zone).key !== month) continue;
    latest = latest === undefined ? at : laterOf(latest, at);
  }
  return latest ?? wanted?.at;
}

type Posted = Extract<EarningsEvent, { type: 'CommissionPosted' }>;

function postedEvent({ state, known, group }: Posting, missing: Missing): Posted {
  const { of, accountKey, month, amount, at, due, governing } = missing;
  const account = state.groups.get(group)?.accounts[accountKey];
  const { takes, fromReleased } =
    amount < 0n ? taking(account, governing, -amount) : { takes: [], fromReleased: 0n };
  const line = state.lines.get(group);
  const paidAt = governing?.paidAt ?? account?.paidAt ?? at;
  const data: CommissionPostedData = {
    ...of,
    month,
    paidAt,
    amount: String(amount),
    ...worthOf(due),
    heldUntil: amount > 0n ? laterOf(heldUntilOf(governing, paidAt), at) : null,
    takes,
    fromReleased: String(fromReleased),
    rule: of.key.rule,
    version: versionOf(known, governing),
    facts: line?.refs ?? [],
    decision: line?.decision ?? null,
    entry: entryOf(of, amount, fromReleased),
  };
  return { type: 'CommissionPosted', data, occurredAt: at };
}

/** At the end of the month; a line that no rule pays any longer, or not yet, is worth nothing. */
const worthOf = (
  due: LineDue | undefined,
): Pick<CommissionPostedData, 'due' | 'exact' | 'reason'> =>
  due === undefined
    ? { due: '0', exact: '0/1', reason: 'no_rule' }
    : {
        due: String(due.rounded),
        exact: `${String(due.numerator)}/${String(due.denominator)}`,
        reason: due.reason,
      };

const DAY_MS = 24 * 60 * 60 * 1000;

/** A line that is worth nothing any more, and gets something back in an earlier month, keeps the days of its plan. */
const heldUntilOf = (due: LineDue | undefined, paidAt: Instant): Instant =>
  due?.hold?.until ?? instantOfMs(msOf(paidAt) + (due?.plan?.hold.days ?? 0) * DAY_MS);

function versionOf({ versions }: Known, due: LineDue | undefined): CommissionPostedData['version'] {
  const told = due?.plan == null ? undefined : versions.get(due.plan);
  if (told === undefined) return null;
  const { version, hash, engine, engineHash } = told;
  return { version, hash, engine, engineHash };
}

/**
 * From what is held first: what is held too short as things stand, then the latest to be released before the others. Then from what was
 * released.
 */
function taking(
  account: Account | undefined,
  governing: LineDue | undefined,
  amount: bigint,
): { readonly takes: CommissionPostedData['takes']; readonly fromReleased: bigint } {
  let left = amount;
  const takes: { until: Instant; amount: string }[] = [];
  const parts = Object.entries(account?.held ?? {}).sort(latestFirst);
  const stale = parts.filter(([until]) => isStale(until, governing));
  for (const [until, held] of new Set([...stale, ...parts])) {
    if (left === 0n) break;
    const part = BigInt(held) < left ? BigInt(held) : left;
    takes.push({ until: until as Instant, amount: String(part) });
    left -= part;
  }
  return { takes, fromReleased: left };
}

const latestFirst = ([a]: [string, string], [b]: [string, string]): number => (a < b ? 1 : -1);

export const HELD = 'Liabilities:Commission:Held';
export const RELEASED = 'Liabilities:Commission:Released';
const EXPENSES = 'Expenses:Commission';

type Place = Pick<OfCommissionLine, 'asset' | 'entity' | 'partner' | 'plan' | 'programme'>;

export function leg(
  { asset, entity, programme, partner, plan }: Place,
  side: Leg['side'],
  account: string,
  amount: bigint,
): Leg {
  const dimensions = { entity, programme, partner, plan };
  return { account, side, amount: String(amount), asset, dimensions };
}

function entryOf(of: Place, amount: bigint, fromReleased: bigint): BalancedEntry {
  if (amount > 0n)
    return { legs: [leg(of, 'debit', EXPENSES, amount), leg(of, 'credit', HELD, amount)] };
  const fromHeld = -amount - fromReleased;
  return {
    legs: [
      ...(fromHeld > 0n ? [leg(of, 'debit', HELD, fromHeld)] : []),
      ...(fromReleased > 0n ? [leg(of, 'debit', RELEASED, fromReleased)] : []),
      leg(of, 'credit', EXPENSES, -amount),
    ],
  };
}

function takenBack(posted: CommissionPostedData, occurredAt: Instant): EarningsEvent {
  const { lineId, key, partner, plan, window, programme, entity, asset, fromReleased } = posted;
  const of = { lineId, key, partner, plan, window, programme, entity, asset };
  const data = { ...of, amount: `-${fromReleased}`, until: null };
  return { type: 'ReleaseTakenBack', data, occurredAt };
}
