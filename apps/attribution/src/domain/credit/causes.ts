import { MAIN_PROGRAMME } from '@tributary/contracts';
import type { Instant, Step } from '@tributary/kernel';
import type { Deal, EvidenceItem } from '../evidence';
import { type Known, type Piece, byTimeAndItem, earliest } from './known';

/** Times at which a customer is decided on; of more the first and the latest. */
export const MOST_CAUSES = 256;
/** What came after the conversion, or was taken back, changes no credit. It is shown, but not for ever again. */
const MOST_SHOWN_LATER = 10;
export const END_OF_TIME = '9999-12-31T23:59:59.999Z' as Instant;

/** Since when there may be a customer: its first sign-up, payment or adjudication. */
interface Span {
  readonly start: Instant;
  /** The latest conversion that is possible: terms that begin later decide nothing. */
  readonly lastConversion: Instant;
}

export interface Causes {
  /** Times at which something happened that may change the credit of any sale, ascending. Empty: nobody has become a customer. */
  readonly deciding: readonly Instant[];
  /** Times of what changes no credit, and is put aside for all to see. */
  readonly showing: readonly Instant[];
}

export function causesOf(known: Known): Causes {
  const conversions = conversionsOf(known);
  const adjudicated = known.view.adjudications.map(({ at }) => at);
  const starts = [...conversions, ...adjudicated].sort();
  const start = starts[0];
  if (start === undefined) return { deciding: [], showing: [] };
  const lastConversion = starts.at(-1) ?? start;
  const times = new Set<Instant>([...starts, ...known.links.times]);
  for (const { claims } of known.evidence.values()) for (const { at } of claims) times.add(at);
  const opening = firstOpening(known);
  if (opening) times.add(opening);
  for (const at of termsOf(known, { start, lastConversion })) times.add(at);
  const causes = [...times].filter((at) => at >= start).sort();
  const deciding =
    causes.length <= MOST_CAUSES
      ? causes
      : [start, ...causes.slice(causes.length - MOST_CAUSES + 1)];
  return { deciding, showing: shownLater(known, start) };
}

/** A payment makes a customer only of who has not signed up before. */
function conversionsOf({ evidence }: Known): Instant[] {
  const times: Instant[] = [];
  for (const { signUps, payments } of evidence.values()) {
    for (const { at } of signUps) times.push(at);
    const first = earliest(payments, END_OF_TIME);
    if (first && !signUps.some(({ at }) => at <= first.at)) times.push(first.at);
  }
  return times;
}

/** The first opportunity gives a touch its role, also where a sale names no deal. */
function firstOpening({ evidence }: Known): Instant | undefined {
  let first: Piece<Deal> | undefined;
  for (const { deals } of evidence.values())
    for (const piece of deals) if (!first || isOpenedBefore(piece, first)) first = piece;
  return first?.at;
}

function isOpenedBefore(a: Piece<Deal>, b: Piece<Deal>): boolean {
  if (a.body.openedAt !== b.body.openedAt) return a.body.openedAt < b.body.openedAt;
  return byTimeAndItem(a, b) < 0;
}

/** A policy or an agreement that was decided later, about conversions of before. */
function termsOf(known: Known, { start, lastConversion }: Span): Instant[] {
  const { policies, exclusives } = known.view.terms;
  return [...programmesOf(known)]
    .flatMap((programme): readonly (readonly Step<unknown>[])[] => [
      policies.get(programme) ?? [],
      ...(exclusives.get(programme) ?? []).map(({ steps }) => steps),
    ])
    .flat()
    .filter(({ at, from = at }) => at > start && from <= lastConversion)
    .map(({ at }) => at);
}

function programmesOf({ evidence }: Known): Set<string> {
  const programmes = new Set<string>([MAIN_PROGRAMME]);
  for (const { signUps } of evidence.values())
    for (const { body } of signUps) programmes.add(body.programme);
  return programmes;
}

function shownLater({ evidence }: Known, start: Instant): Instant[] {
  const later: Pick<EvidenceItem, 'at' | 'item'>[] = [];
  for (const { touches, withdrawn, isCrowd } of evidence.values()) {
    if (isCrowd) continue;
    for (const piece of touches) if (piece.at > start) later.push(piece);
    for (const piece of withdrawn) if (piece.at > start) later.push(piece);
  }
  return later
    .sort(byTimeAndItem)
    .slice(0, MOST_SHOWN_LATER)
    .map(({ at }) => at);
}
