import { type Instant, unreachable } from '@tributary/kernel';
import type { MeasuredValue } from '@tributary/contracts';
import type { Fact } from '../facts/fact';
import type {
  CommitmentCriterion,
  Criterion,
  MeasureCriterion,
  QualificationCriterion,
  SatisfactionCriterion,
  TierRules,
} from '../rules/content';
import { monthsAfter } from './quarters';
import { annualIn } from './revenue';
import { millionths } from './scores';
import { type Delta, type Flips, type Interval, deltasOfIntervals, flipsOfTotal } from './flips';

type Judged = Pick<TierRules, 'asset' | 'rates' | 'zone'>;
type Of<K extends Fact['kind']> = Extract<Fact, { kind: K }>;
type Stepped<V> = readonly { readonly at: Instant; readonly value: V }[];

/** When a requirement is met, by everything that is known. What lies in the future is included: whoever asks says through when. */
export const flipsOf = (criterion: Criterion, facts: readonly Fact[], rules: Judged): Flips =>
  flipsOfTotal(
    facts.flatMap((fact) => deltasOf(criterion, fact, rules)),
    leastOf(criterion),
  );

/** Every requirement is a running total that has to be enough: this is what one fact adds to it. */
export function deltasOf(criterion: Criterion, fact: Fact, rules: Judged): Delta[] {
  switch (criterion.figure) {
    case 'arr':
      return arrDeltas(fact, rules);
    case 'measure':
      return measureDeltas(fact, criterion);
    case 'satisfaction':
      return satisfactionDeltas(criterion, fact, rules);
    case 'qualification':
    case 'commitment':
      return deltasOfIntervals(intervalsOf(fact, criterion));
    default:
      return unreachable(criterion);
  }
}

export const leastOf = (criterion: Criterion): bigint =>
  criterion.figure === 'arr' || criterion.figure === 'measure' ? BigInt(criterion.atLeast) : 1n;

const arrDeltas = (fact: Fact, rules: Judged): Delta[] =>
  fact.kind === 'customer' ? changesIn(fact.steps, (value) => annualIn(value, rules) ?? 0n) : [];

export const isMeasured = (
  fact: Fact,
  { measure }: Pick<MeasureCriterion, 'measure'>,
): fact is Of<'measure'> => fact.kind === 'measure' && fact.measure === measure;

export function measureDeltas(
  fact: Fact,
  criterion: CommitmentCriterion | MeasureCriterion,
): Delta[] {
  if (!isMeasured(fact, criterion)) return [];
  return changesIn(fact.steps, (value) => worthOf(value, criterion));
}

export const worthOf = (
  { count, amount }: MeasuredValue,
  criterion: CommitmentCriterion | MeasureCriterion,
): bigint => BigInt(criterion.figure === 'measure' && criterion.of === 'amount' ? amount : count);

function changesIn<V>(steps: Stepped<V>, worth: (value: V) => bigint): Delta[] {
  let before = 0n;
  const deltas: Delta[] = [];
  for (const { at, value } of steps) {
    const now = worth(value);
    if (now !== before) deltas.push({ at, by: now - before });
    before = now;
  }
  return deltas;
}

/** An answer on this scale, and for how long it counts. */
export interface Answer {
  readonly from: Instant;
  readonly until: Instant;
  readonly score: string;
  readonly millionths: bigint;
}

/** Scales and instruments are never converted: other answers are not answers to this. */
export const isOnScale = (
  { score }: MeasuredValue,
  { instrument, scale }: SatisfactionCriterion,
): boolean =>
  score !== undefined &&
  score.instrument === instrument &&
  millionths(score.min) === millionths(scale.min) &&
  millionths(score.max) === millionths(scale.max);

export function answersOf(fact: Fact, criterion: SatisfactionCriterion, zone: string): Answer[] {
  if (!isMeasured(fact, { measure: 'csat' as MeasureCriterion['measure'] })) return [];
  return fact.steps.flatMap(({ at, value }, i) => {
    if (value.count === 0 || value.score === undefined || !isOnScale(value, criterion)) return [];
    const ends = monthsAfter(at, criterion.months, zone);
    const replaced = fact.steps[i + 1]?.at;
    const until = replaced !== undefined && replaced < ends ? replaced : ends;
    const score = value.score.value;
    return [{ from: at, until, score, millionths: millionths(score) }];
  });
}

/**
 * The average is above where the sum is above as many times the threshold: so each answer adds what it is above, and together they
 * are more than nothing. Without an answer they are not.
 */
const satisfactionDeltas = (
  criterion: SatisfactionCriterion,
  fact: Fact,
  { zone }: Judged,
): Delta[] => {
  const above = millionths(criterion.above);
  return answersOf(fact, criterion, zone).flatMap(({ from, until, millionths: value }): Delta[] => [
    { at: from, by: value - above },
    { at: until, by: above - value },
  ]);
};

export const isShown = (
  fact: Fact,
  criterion: CommitmentCriterion | QualificationCriterion,
): fact is Of<'qualification'> =>
  fact.kind === 'qualification' &&
  fact.qualification === (criterion.figure === 'commitment' ? 'commitment' : criterion.kind);

export const isEnough = (
  level: string,
  criterion: CommitmentCriterion | QualificationCriterion,
): boolean =>
  criterion.figure === 'commitment'
    ? Number(level) >= criterion.atLeast
    : criterion.levels.includes(level);

/** While it is in force, and of a level that is enough. */
export function intervalsOf(
  fact: Fact,
  criterion: CommitmentCriterion | QualificationCriterion,
): Interval[] {
  if (!isShown(fact, criterion)) return [];
  return fact.steps.flatMap(({ at, value }, i) => {
    if (!value.holds || !isEnough(value.level, criterion)) return [];
    const next = fact.steps[i + 1]?.at ?? null;
    const { validUntil } = value;
    const until = next === null || (validUntil !== null && validUntil < next) ? validUntil : next;
    return [{ from: at, until }];
  });
}
