import { type Instant, canonicalJson, sha256Hex, unreachable } from '@tributary/kernel';
import { type Fact, stepOf } from '../facts/fact';
import type {
  CommitmentCriterion,
  Criterion,
  MeasureCriterion,
  QualificationCriterion,
  SatisfactionCriterion,
  TierRules,
} from '../rules/content';
import { answersOf, intervalsOf, isMeasured, isOnScale, isShown, worthOf } from './criteria';
import { annualIn } from './revenue';
import { averageOf, millionths } from './scores';

/** One fact behind a figure. */
export interface Evidence {
  readonly fact: string;
  /** Where it was told, such as `customer-acme.c1@3`. */
  readonly told: string;
  readonly worth: string;
}

/** What counts for nothing, and why. */
export interface Aside {
  readonly fact: string;
  readonly reason:
    'another_instrument' | 'expired' | 'no_rate_yet' | 'no_shares' | 'no_subscription';
  readonly detail: string | null;
}

export interface Figure {
  readonly value: string;
  /** What there has to be; `above` where as much is not enough. */
  readonly needed: string;
  /** How much more; null where nothing is missing. */
  readonly missing: string | null;
  /** The weightiest first. */
  readonly evidence: readonly Evidence[];
  /** Facts that count, listed or not. */
  readonly facts: number;
  /** Over all of them. */
  readonly digest: string;
  readonly aside: readonly Aside[];
}

interface Counting {
  readonly fact: Fact;
  readonly worth: string;
  readonly weight: bigint;
}

type Rules = Pick<TierRules, 'asset' | 'rates' | 'zone'>;

export function figureOf(
  criterion: Criterion,
  facts: readonly Fact[],
  rules: Rules,
  { at, listed }: { readonly at: Instant; readonly listed: number },
): Figure {
  const { counting, ...found } = foundOf(criterion, facts, rules, at);
  return {
    ...found,
    aside: found.aside.slice(0, listed),
    evidence: evidenceOf(counting).slice(0, listed),
    facts: counting.length,
    digest: digestOf(counting),
  };
}

interface Found extends Pick<Figure, 'aside' | 'missing' | 'needed' | 'value'> {
  readonly counting: readonly Counting[];
}

function foundOf(criterion: Criterion, facts: readonly Fact[], rules: Rules, t: Instant): Found {
  switch (criterion.figure) {
    case 'arr':
      return arrFigure(BigInt(criterion.atLeast), facts, rules, t);
    case 'measure':
      return measureFigure(criterion, facts, t);
    case 'satisfaction':
      return satisfactionFigure(criterion, facts, rules, t);
    case 'qualification':
    case 'commitment':
      return shownFigure(criterion, facts, t);
    default:
      return unreachable(criterion);
  }
}

function arrFigure(atLeast: bigint, facts: readonly Fact[], rules: Rules, t: Instant): Found {
  const counting: Counting[] = [];
  const aside: Aside[] = [];
  for (const fact of facts) {
    if (fact.kind !== 'customer') continue;
    const value = stepOf(fact.steps, t)?.value;
    if (value === undefined) continue;
    const weight = annualIn(value, rules);
    if (value.unknown !== null) aside.push({ fact: fact.key, reason: value.unknown, detail: null });
    else if (weight === null)
      aside.push({
        fact: fact.key,
        reason: 'no_rate_yet',
        detail: `${String(value.annual)} ${String(value.asset)}`,
      });
    else if (weight > 0n) counting.push({ fact, worth: String(weight), weight });
  }
  return totalFigure(counting, atLeast, aside);
}

function measureFigure(criterion: MeasureCriterion, facts: readonly Fact[], t: Instant): Found {
  const counting = facts.flatMap((fact): Counting[] => {
    if (!isMeasured(fact, criterion)) return [];
    const value = stepOf(fact.steps, t)?.value;
    const weight = value === undefined ? 0n : worthOf(value, criterion);
    return weight === 0n ? [] : [{ fact, worth: String(weight), weight }];
  });
  return totalFigure(counting, BigInt(criterion.atLeast), []);
}

function totalFigure(
  counting: readonly Counting[],
  atLeast: bigint,
  aside: readonly Aside[],
): Found {
  const total = counting.reduce((sum, { weight }) => sum + weight, 0n);
  return {
    counting,
    value: String(total),
    needed: String(atLeast),
    missing: total >= atLeast ? null : String(atLeast - total),
    aside,
  };
}

function satisfactionFigure(
  criterion: SatisfactionCriterion,
  facts: readonly Fact[],
  { zone }: Rules,
  t: Instant,
): Found {
  const counting = facts.flatMap((fact) =>
    answersOf(fact, criterion, zone)
      .filter(({ from, until }) => from <= t && t < until)
      .map((answer): Counting => ({ fact, worth: answer.score, weight: answer.millionths })),
  );
  const sum = counting.reduce((total, { weight }) => total + weight, 0n);
  const count = BigInt(counting.length);
  const isAbove = sum > millionths(criterion.above) * count;
  const missing = count === 0n ? 'an answer' : `an average above ${criterion.above}`;
  return {
    counting,
    value: count === 0n ? 'none' : averageOf(counting.map(({ weight }) => weight)),
    needed: `above ${criterion.above}`,
    missing: isAbove ? null : missing,
    aside: facts.flatMap((fact) => otherScale(fact, criterion, t)),
  };
}

function otherScale(fact: Fact, criterion: SatisfactionCriterion, t: Instant): readonly Aside[] {
  const value = fact.kind === 'measure' ? stepOf(fact.steps, t)?.value : undefined;
  if (value?.score === undefined || value.count === 0 || isOnScale(value, criterion)) return [];
  const { instrument, min, max, value: score } = value.score;
  const detail = `${score} of ${instrument} from ${min} to ${max}`;
  return [{ fact: fact.key, reason: 'another_instrument', detail }];
}

function shownFigure(
  criterion: CommitmentCriterion | QualificationCriterion,
  facts: readonly Fact[],
  t: Instant,
): Found {
  const counting: Counting[] = [];
  const aside: Aside[] = [];
  for (const fact of facts) {
    const value = isShown(fact, criterion) ? stepOf(fact.steps, t)?.value : undefined;
    if (value === undefined || !('level' in value)) continue;
    const open = intervalsOf(fact, criterion).some(
      ({ from, until }) => from <= t && (until === null || t < until),
    );
    if (open) {
      const until = value.validUntil === null ? '' : ` until ${value.validUntil}`;
      counting.push({ fact, worth: value.level + until, weight: 1n });
    } else if (value.holds && value.validUntil !== null && value.validUntil <= t)
      aside.push({ fact: fact.key, reason: 'expired', detail: value.validUntil });
  }
  const needed =
    criterion.figure === 'commitment' ? String(criterion.atLeast) : criterion.levels.join(' or ');
  return {
    counting,
    value: [...counting].sort(byKey)[0]?.worth ?? 'none',
    needed,
    missing: counting.length > 0 ? null : needed,
    aside,
  };
}

/** The weightiest first. */
const evidenceOf = (counting: readonly Counting[]): readonly Evidence[] =>
  [...counting]
    .sort((a, b) => (a.weight === b.weight ? byKey(a, b) : a.weight > b.weight ? -1 : 1))
    .map(({ fact: { key, source, revision }, worth }) => ({
      fact: key,
      told: `${source.stream}@${revision}`,
      worth,
    }));

const byKey = (a: Counting, b: Counting): number => (a.fact.key < b.fact.key ? -1 : 1);

const digestOf = (counting: readonly Counting[]): string =>
  sha256Hex(
    canonicalJson([...counting].sort(byKey).map(({ fact: { key }, worth }) => [key, worth])),
  );
