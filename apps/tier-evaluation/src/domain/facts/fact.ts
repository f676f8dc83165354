import type { MeasureName, MeasuredValue, QualificationKind } from '@tributary/contracts';
import type { QualificationValue } from '@tributary/contracts';
import type { Instant, Step, Uuid } from '@tributary/kernel';

/** Where a fact was told: enough to look it up again. */
export interface Source {
  readonly service: 'attribution' | 'partners';
  /** Of the one who told it; with the revision it names one published event. */
  readonly stream: string;
  readonly event: Uuid;
}

/** What a partner's share of a customer brings in a year, since a step. */
export interface YearlyShare {
  /** Minor units of `asset`; null: nobody has said, and nobody guesses. */
  readonly annual: string | null;
  readonly asset: string | null;
  /** Of the whole customer, in a month. */
  readonly mrr: string | null;
  /** Its share, and all shares. */
  readonly weight: number;
  readonly weights: number;
  readonly unknown: 'no_shares' | 'no_subscription' | null;
}

export type Told =
  | {
      readonly kind: 'customer';
      readonly customer: string;
      readonly steps: readonly Step<YearlyShare>[];
    }
  | {
      readonly kind: 'measure';
      readonly measure: MeasureName;
      readonly subject: string;
      readonly steps: readonly Step<MeasuredValue>[];
      /** The facts behind it, the first ones by id. */
      readonly evidence: readonly Uuid[];
    }
  | {
      readonly kind: 'qualification';
      readonly qualification: QualificationKind;
      readonly record: string;
      readonly steps: readonly Step<QualificationValue>[];
    };

export type Fact = Told & {
  readonly key: string;
  /** Of the stream that tells it; a lower one is old. */
  readonly revision: number;
  readonly source: Source;
};

export const keyOf = (told: Told): string => {
  switch (told.kind) {
    case 'customer':
      return `customer/${told.customer}`;
    case 'measure':
      return `measure/${told.measure}/${told.subject}`;
    case 'qualification':
      return `qualification/${told.qualification}/${told.record}`;
  }
};

/** What holds at a time. */
export function stepOf<V>(steps: readonly Step<V>[], t: Instant): Step<V> | undefined {
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step<V>;
    if (step.at <= t) return step;
  }
  return undefined;
}
