import type { MeasureName, QualificationKind } from '@tributary/contracts';
import { type Instant, isWithin, resolvePeriod, shiftPeriodKey } from '@tributary/kernel';
import { type Fact, stepOf } from '../facts/fact';
import type { TierRules } from '../rules/content';
import { averageOf, millionths } from './scores';
import { quarterOf } from './quarters';

/** What is known of a partner besides what its rules ask for. */
export interface Overview {
  readonly trainingMinutes: number;
  readonly implementations: { readonly completed: number; readonly qualified: number };
  /** Of this quarter and the three before it, the latest first. */
  readonly referrals: readonly { readonly quarter: string; readonly accepted: number }[];
  /** By instrument and scale, because no scale is converted into another. */
  readonly satisfaction: readonly {
    readonly instrument: string;
    readonly min: string;
    readonly max: string;
    readonly answers: number;
    readonly average: string;
  }[];
  /** In force, those first that run out first. */
  readonly qualifications: readonly {
    readonly kind: QualificationKind;
    readonly record: string;
    readonly level: string;
    readonly validUntil: Instant | null;
  }[];
}

const QUARTERS = 4;
/** A scorecard is one event; whoever wants all of them asks the partners' service. */
const MOST_LISTED = 20;

export function overviewOf(
  facts: readonly Fact[],
  { zone }: Pick<TierRules, 'zone'>,
  t: Instant,
): Overview {
  const of = (measure: MeasureName) =>
    facts.flatMap((fact) => {
      const step =
        fact.kind === 'measure' && fact.measure === measure ? stepOf(fact.steps, t) : undefined;
      return step === undefined || step.value.count === 0 ? [] : [step];
    });
  const leads = of('lead.accepted');
  const { key } = quarterOf(t, zone);
  return {
    trainingMinutes: of('training.completed').reduce((sum, { value }) => sum + value.amount, 0),
    implementations: {
      completed: of('implementation.completed').length,
      qualified: of('implementation.qualified').length,
    },
    referrals: Array.from({ length: QUARTERS }, (_, back) => {
      const quarter = resolvePeriod(zone, shiftPeriodKey(key, -back));
      return {
        quarter: quarter.key,
        accepted: leads.filter(({ at }) => isWithin(at, quarter)).length,
      };
    }),
    satisfaction: satisfactionOf(of('csat').flatMap(({ value }) => value.score ?? [])),
    qualifications: qualificationsAt(facts, t).slice(0, MOST_LISTED),
  };
}

interface Score {
  readonly instrument: string;
  readonly min: string;
  readonly max: string;
  readonly value: string;
}

function satisfactionOf(scores: readonly Score[]): Overview['satisfaction'] {
  const scales = new Map<string, Score[]>();
  for (const score of scores) {
    const name = `${score.instrument} ${score.min} ${score.max}`;
    scales.set(name, [...(scales.get(name) ?? []), score]);
  }
  return [...scales.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_LISTED)
    .flatMap(([, same]) => {
      const [first] = same;
      if (first === undefined) return [];
      const { instrument, min, max } = first;
      const average = averageOf(same.map(({ value }) => millionths(value)));
      return [{ instrument, min, max, answers: same.length, average }];
    });
}

function qualificationsAt(facts: readonly Fact[], t: Instant): Overview['qualifications'] {
  return facts
    .flatMap((fact) => {
      const value = fact.kind === 'qualification' ? stepOf(fact.steps, t)?.value : undefined;
      if (fact.kind !== 'qualification' || value === undefined || !value.holds) return [];
      const { level, validUntil } = value;
      if (validUntil !== null && validUntil <= t) return [];
      return [{ kind: fact.qualification, record: fact.record, level, validUntil }];
    })
    .sort((a, b) => (endOf(a) === endOf(b) ? byName(a, b) : endOf(a) < endOf(b) ? -1 : 1));
}

type Shown = Overview['qualifications'][number];

const NEVER = '9999';
const endOf = ({ validUntil }: Shown): string => validUntil ?? NEVER;
const byName = (a: Shown, b: Shown): number =>
  `${a.kind} ${a.record}` < `${b.kind} ${b.record}` ? -1 : 1;
