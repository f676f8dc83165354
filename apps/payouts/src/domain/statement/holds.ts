import type { CommissionHold } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import type { StatusStep } from '../account/events';
import type { DeclineReason, PayeeTerms, Validity } from '../account/terms';
import type { StatementHold } from './events';

/** What is known of an account that may keep it from being paid. */
export interface HoldsKnown {
  readonly payable: bigint;
  readonly disputed: bigint;
  readonly payee: PayeeTerms | null;
  readonly statuses: readonly StatusStep[] | null;
  /** What the last run was answered, where it was refused. */
  readonly declined: {
    readonly reason: DeclineReason;
    readonly detail: string;
    readonly minimum: bigint | null;
  } | null;
  /** Of the open disputes, the first answer that is due. */
  readonly answerBy: Instant | null;
}

/** What commission has not released yet: parts that wait for the same. */
export interface HeldPart {
  readonly amount: bigint;
  /** A line may stand in several: each part of it ends on a day of its own. */
  readonly lines: readonly string[];
  readonly until: Instant;
  readonly holds: readonly CommissionHold[];
}

/** Parts that end at different times stand apart, unless there are more than anybody would read: then by what holds them alone. */
const MOST_PARTS = 24;

/** Every reason for which what is payable is not paid, each with who has to act; in a fixed order. */
export function accountHolds(known: HoldsKnown, on: Instant): readonly StatementHold[] {
  const { payable, disputed, payee, declined, answerBy } = known;
  const all = { amount: null, until: null } as const;
  const holds: StatementHold[] = missingOf(payee).map(({ reason, missing }) => ({
    ...all,
    reason,
    owner: reason === 'bank_details' && payee?.changePending === true ? 'finance' : 'partner',
    ...(missing === null ? {} : { missing }),
  }));
  const asked = askedByRun(declined, payee, on);
  if (asked !== null && !holds.some(({ reason }) => reason === 'tax'))
    holds.push({
      ...all,
      reason: 'tax',
      owner: isPaper(asked) ? 'partner' : 'finance',
      missing: asked,
    });
  const status = known.statuses?.filter(({ at }) => at <= on).at(-1)?.status;
  if (status === 'suspended') holds.push({ ...all, reason: 'suspended', owner: 'programme' });
  const minimum = declined?.reason === 'below_minimum' ? declined.minimum : null;
  if (minimum !== null && payable > 0n && payable < minimum) {
    const amount = String(payable);
    holds.push({
      ...all,
      reason: 'below_minimum',
      amount,
      owner: 'finance',
      minimum: String(minimum),
    });
  }
  if (disputed > 0n)
    holds.push({ reason: 'dispute', amount: String(disputed), until: answerBy, owner: 'finance' });
  return holds;
}

type Document = PayeeTerms['missing'][number]['hold'];

/**
 * Which papers its taxes need is known to a run alone; everything else of a payee is told by itself. What the last run asked for and
 * is there by now is not asked for again, although no run has looked since.
 */
function askedByRun(
  declined: HoldsKnown['declined'],
  payee: PayeeTerms | null,
  on: Instant,
): string | null {
  if (declined?.reason !== 'tax') return null;
  const names = declined.detail.split(', ').filter((name) => !isThere(name, payee, on));
  return names.length === 0 ? null : names.join(', ');
}

/** By the names that the rules give them; a person's own hold has none of these, and is told as long as it stands. */
function isThere(name: string, payee: PayeeTerms | null, on: Instant): boolean {
  const profile = payee?.tax ?? null;
  if (name === 'tax_profile') return profile !== null;
  if (name.startsWith('document:')) {
    const given = profile?.documents?.filter((each) => `document:${each.name}` === name) ?? [];
    return given.some((each) => isValid(each, on));
  }
  if (name.startsWith('declaration:')) {
    const { regime = null, regimeHolds } = profile ?? {};
    const isDeclared = regimeHolds !== undefined && isValid(regimeHolds, on);
    return isDeclared || name !== `declaration:${regime}`;
  }
  return PERSONS_OWN.test(name);
}

const PERSONS_OWN = /^[a-z][a-z0-9_]*$/;

/** A rule that nobody has made, and an amount of which nothing is left, are nothing that a partner could bring. */
const isPaper = (names: string): boolean => /^(?:tax_profile|document:|declaration:)/.test(names);

const isValid = ({ from, until }: Validity, on: Instant): boolean =>
  from <= on && (until === null || on < until);

function missingOf(
  payee: PayeeTerms | null,
): readonly { readonly reason: Document; readonly missing: string | null }[] {
  const missing = (payee?.missing ?? []).map(({ hold, what }) => ({ reason: hold, missing: what }));
  const isUnpayable = payee === null || payee.method === null || payee.changePending;
  return !isUnpayable || missing.some(({ reason }) => reason === 'bank_details')
    ? missing
    : [{ reason: 'bank_details', missing: null }, ...missing];
}

/** By what holds them and until when; what stands behind a hold without an end comes last. */
export function commissionHolds(parts: readonly HeldPart[], on: Instant): readonly StatementHold[] {
  const sums = new Map<string, Summed>();
  for (const { amount, lines, until, holds } of parts) {
    const standing = holds.find(
      (hold) => hold.from <= on && (hold.until === null || on < hold.until),
    );
    const to = standing === undefined ? until : standing.until;
    const reason = standing?.reason ?? 'window';
    const owner = standing?.owner ?? 'finance';
    const name = `${to ?? '~'} ${reason} ${owner}`;
    const so = sums.get(name) ?? { reason, owner, until: to, amount: 0n, lines: new Set() };
    for (const line of lines) so.lines.add(line);
    sums.set(name, { ...so, amount: so.amount + amount });
  }
  const ordered = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  const rest = new Map<string, Summed[]>();
  for (const sum of ordered.slice(MOST_PARTS)) {
    const name = `${sum.reason} ${sum.owner}`;
    const alike = rest.get(name);
    if (alike) alike.push(sum);
    else rest.set(name, [sum]);
  }
  return [...ordered.slice(0, MOST_PARTS), ...[...rest.values()].map(together)]
    .filter(({ amount }) => amount !== 0n)
    .map(({ amount, lines, ...hold }) => ({ ...hold, amount: String(amount), lines: lines.size }));
}

interface Summed {
  readonly reason: StatementHold['reason'];
  readonly owner: string;
  readonly until: Instant | null;
  readonly amount: bigint;
  readonly lines: Set<string>;
}

function together(sums: readonly Summed[]): Summed {
  const [first] = sums;
  invariant(first, 'a sum is made of something');
  return {
    ...first,
    until: sums.at(-1)?.until ?? null,
    amount: sums.reduce((so, { amount }) => so + amount, 0n),
    lines: new Set(sums.flatMap(({ lines }) => [...lines])),
  };
}
