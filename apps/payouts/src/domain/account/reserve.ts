import { type Instant, type StreamName, formatMinor, invariant } from '@tributary/kernel';
import { withhold } from '../withholding/withhold';
import { payableLines } from './money';
import { type Account, statusAt, withheldOf } from './state';
import type {
  Declined,
  MissingDocument,
  ReservationTerms,
  ReservedItem,
  ReservedLine,
} from './terms';

/** More roll into the next item: what is reserved, and what is set aside when it comes back, each fit into one append. */
export const MOST_LINES = 2_000;

export interface Asked {
  readonly stream: StreamName;
  readonly terms: ReservationTerms;
  /** When it is asked, which decides what the partner is by then. */
  readonly at: Instant;
}

export type Answer = { readonly reserved: ReservedItem } | { readonly declined: Declined };

/**
 * What a run would get of this account: a dry run and a forecast ask exactly this as well. Lines of an item that is still open stay
 * out, also where something came to them since, so that no line stands in two open items.
 */
export function reservationOf(account: Account, asked: Asked): Answer {
  const { stream, terms } = asked;
  const { run, item } = terms;
  const { lines, gross } = availableIn(account);
  const of = ofAccount(account);
  const declined = (why: Why): Answer => {
    return { declined: { ...of, account: stream, run, ...why, payable: formatMinor(gross) } };
  };
  const held = heldBack(account, gross, asked) ?? payeeMissing(account);
  if (held) return declined(held);

  const { method, tax } = account.payee?.payee ?? {};
  invariant(method, 'without bank details it was declined');
  const { withheld, missing } = withhold(terms.rules, tax ?? null, gross, terms.payAt);
  const net = gross - withheldOf(withheld);
  const untaxed = missingFirst(missing) ?? (net > 0n ? undefined : NOTHING_LEFT);
  if (untaxed) return declined(untaxed);
  // Spelled out: there are as many of these as partners are paid.
  const reserved: ReservedItem = {
    partner: of.partner,
    entity: of.entity,
    asset: of.asset,
    account: stream,
    run,
    item,
    lines,
    gross: formatMinor(gross),
    withheld,
    net: formatMinor(net),
    method,
    isFirst: !account.paidTo.includes(method.fingerprint),
    replaces: [...new Set(lines.flatMap(({ replaces }) => replaces ?? []))].sort(),
  };
  return { reserved };
}

type Why = Pick<Declined, 'detail' | 'reason'>;

const NOTHING_LEFT: Why = { reason: 'tax', detail: 'Nothing is left after what is withheld.' };

/** Before anybody asks where it would go. On offboarding whatever is left is paid. */
function heldBack(account: Account, gross: bigint, { terms, at }: Asked): Why | undefined {
  if (account.open.some((each) => account.items.get(each)?.status === 'reserved'))
    return { reason: 'reserved_elsewhere', detail: 'Another run has reserved what is payable.' };
  if (gross === 0n) return { reason: 'nothing_payable', detail: nothingPayable(account) };
  const status = statusAt(account, at);
  if (status === 'suspended') return { reason: 'suspended', detail: 'The partner is suspended.' };
  if (status !== 'ended' && gross < BigInt(terms.minimum))
    return { reason: 'below_minimum', detail: `${String(gross)} is less than ${terms.minimum}.` };
  return undefined;
}

function payeeMissing({ payee }: Account): Why | undefined {
  if (payee?.payee.method == null)
    return { reason: 'bank_details', detail: 'No bank details are confirmed.' };
  if (payee.payee.changePending) {
    const detail = 'A change of the bank details waits for a second person.';
    return { reason: 'bank_details', detail };
  }
  return missingFirst(payee.payee.missing);
}

function availableIn(account: Account): {
  readonly lines: readonly ReservedLine[];
  readonly gross: bigint;
} {
  const busy = new Set(
    account.open.flatMap((item) => account.items.get(item)?.lines ?? []).map(({ line }) => line),
  );
  const lines = payableLines(account)
    .filter(([line]) => !busy.has(line))
    .slice(0, MOST_LINES)
    .map(([line, { programme, payable, replaces }]): ReservedLine => ({
      line,
      programme,
      amount: payable,
      ...(replaces === null ? {} : { replaces }),
    }));
  return { lines, gross: lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n) };
}

function nothingPayable({ sums }: Account): string {
  if (sums.owed !== '0') return `The partner owes ${sums.owed}.`;
  if (sums.payable !== '0') return 'What is payable belongs to lines of a payment on its way.';
  if (sums.disputed !== '0') return `${sums.disputed} is disputed.`;
  return 'Nothing is payable.';
}

const HOLDS: readonly MissingDocument['hold'][] = ['bank_details', 'kyc', 'tax'];

/** Everything that is missing of the first kind of which something is. */
function missingFirst(missing: readonly MissingDocument[]): Why | undefined {
  const reason = HOLDS.find((hold) => missing.some((each) => each.hold === hold));
  if (reason === undefined) return undefined;
  const names = missing.filter(({ hold }) => hold === reason).map(({ what }) => what);
  return { reason, detail: names.sort().join(', ') };
}

export function ofAccount({ of }: Account): NonNullable<Account['of']> {
  invariant(of, 'an account is opened by its first event');
  return of;
}
