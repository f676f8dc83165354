import { type Instant, unreachable } from '@tributary/kernel';
import type { MeasuredValue } from '@tributary/contracts';
import { type Fact, stepOf } from '../facts/fact';
import type {
  CommitmentCriterion,
  Criterion,
  MeasureCriterion,
  QualificationCriterion,
  SatisfactionCriterion,
  TierRules,
} from '../rules/content';
import { monthsAfter } from './quarters';
import { millionths } from './scores';
import { type Delta, type Flips, flipsOfIntervals, flipsOfTotal } from './flips';

type Judged = Pick<TierRules, 'asset' | 'zone'>;
type Of<K extends Fact['kind']> = Extract<Fact, { kind: K }>;
type Stepped<V> = readonly { readonly at: Instant; readonly value: V }[];

/** When a requirement is met, by everything that is known. What lies in the future is included: whoever asks says through when. */
export function flipsOf(criterion: Criterion, facts: readonly Fact[], rules: Judged): Flips {
  switch (criterion.figure) {
    case 'arr':
      return flipsOfTotal(
        facts.flatMap((fact) => arrDeltas(fact, rules)),
        (total) => total >= BigInt(criterion.atLeast),
      );
    case 'measure':
      return flipsOfTotal(
        facts.flatMap((fact) => measureDeltas(fact, criterion)),
        (total) => total >= BigInt(criterion.atLeast),
      );
    case 'satisfaction':
      return satisfactionFlips(criterion, facts, rules);
    case 'qualification':
    case 'commitment':
      return flipsOfIntervals(facts.flatMap((fact) => intervalsOf(fact, criterion)));
    default:
      return unreachable(criterion);
  }
}

/** Money in another asset counts once there is a rate, and not before. */
export const arrOf = (fact: Fact, t: Instant, { asset }: Judged): bigint => {
  if (fact.kind !== 'customer') return 0n;
  const value = stepOf(fact.steps, t)?.value;
  return value?.asset === asset ? BigInt(value.annual ?? 0) : 0n;
};

function arrDeltas(fact: Fact, { asset }: Judged): Delta[] {
  if (fact.kind !== 'customer') return [];
  return deltasOf(fact.steps, (value) => (value.asset === asset ? BigInt(value.annual ?? 0) : 0n));
}

export const isMeasured = (
  fact: Fact,
  { measure }: Pick<MeasureCriterion, 'measure'>,
): fact is Of<'measure'> => fact.kind === 'measure' && fact.measure === measure;

export function measureDeltas(
  fact: Fact,
  criterion: CommitmentCriterion | MeasureCriterion,
): Delta[] {
  if (!isMeasured(fact, criterion)) return [];
  return deltasOf(fact.steps, (value) => worthOf(value, criterion));
}

export const worthOf = (
  { count, amount }: MeasuredValue,
  criterion: CommitmentCriterion | MeasureCriterion,
): bigint => BigInt(criterion.figure === 'measure' && criterion.of === 'amount' ? amount : count);

function deltasOf<V>(steps: Stepped<V>, worth: (value: V) => bigint): Delta[] {
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

/** The average is above: the sum is above as many times the threshold, and there is an answer at all. */
function satisfactionFlips(
  criterion: SatisfactionCriterion,
  facts: readonly Fact[],
  { zone }: Judged,
): Flips {
  const above = millionths(criterion.above);
  const deltas = facts
    .flatMap((fact) => answersOf(fact, criterion, zone))
    .flatMap(({ from, until, millionths: value }): Delta[] => [
      { at: from, by: value - above },
      { at: until, by: above - value },
    ]);
  // Without an answer the sum of what each is above is zero, which is not above.
  return flipsOfTotal(deltas, (sum) => sum > 0n);
}

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
): { readonly from: Instant; readonly until: Instant | null }[] {
  if (!isShown(fact, criterion)) return [];
  return fact.steps.flatMap(({ at, value }, i) => {
    if (!value.holds || !isEnough(value.level, criterion)) return [];
    const next = fact.steps[i + 1]?.at ?? null;
    const { validUntil } = value;
    const until = next === null || (validUntil !== null && validUntil < next) ? validUntil : next;
    return [{ from: at, until }];
  });
}
