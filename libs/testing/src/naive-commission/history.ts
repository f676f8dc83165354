export interface NaiveStep<V> {
  readonly at: string;
  readonly from?: string;
  readonly value: V;
}

export interface NaivePay {
  readonly kind: string;
  readonly amount?: string;
  readonly per?: string;
  readonly bp?: unknown;
  readonly by?: unknown;
  readonly mode?: string;
  readonly measure?: { readonly window: string };
  readonly bands?: readonly { readonly upTo?: string; readonly bp: number | string }[];
}

export interface NaiveRule {
  readonly id: string;
  readonly group: string;
  readonly priority?: number;
  readonly stack?: boolean;
  readonly enabled?: boolean;
  readonly when?: Readonly<Record<string, unknown>>;
  readonly pay: NaivePay;
  readonly payee?: string;
  readonly duration?: object;
  readonly limit?: { readonly firstPayments: number };
  readonly line?: { readonly floor?: string; readonly cap?: string };
}

export interface NaiveLimit {
  readonly id: string;
  readonly window: string;
  readonly max?: string;
  readonly min?: string;
  readonly rules?: readonly string[];
}

export interface NaivePlan {
  readonly asset: string;
  readonly window: string;
  readonly timezone: string;
  readonly effective: { readonly from: string; readonly to: string | null };
  readonly rounding: { readonly mode: string };
  readonly appliesTo?: {
    readonly agreementTypes?: readonly string[];
    readonly partnerTypes?: readonly string[];
  };
  readonly basis: {
    readonly deductMarketplaceFee?: boolean;
    readonly excludeProducts?: readonly string[];
  };
  readonly credit?: { readonly split: string };
  readonly rules: readonly NaiveRule[];
  readonly limits?: readonly NaiveLimit[];
}

export interface NaiveLineValue {
  readonly parts: readonly { readonly partner: string; readonly basis: string }[];
  readonly net: string;
  readonly asset: string;
  readonly product: string;
  readonly productGroup: string | null;
  readonly quantity: string;
  readonly billing: string | null;
  readonly marketplace: { readonly fee: string } | null;
  readonly paidAt: string;
  readonly ordinal: number | null;
  readonly customer: {
    readonly type: string | null;
    readonly country: string | null;
    readonly firstPaidAt: string | null;
    readonly active: boolean;
    readonly reactivated: boolean;
  };
}

export interface NaiveLine {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  readonly factId: string;
  readonly steps: readonly NaiveStep<NaiveLineValue>[];
}

export interface NaiveHistory {
  readonly partner: string;
  readonly plan: string;
  readonly window: { readonly from: string; readonly until: string };
  readonly versions: readonly NaiveStep<NaivePlan>[];
  readonly terms: {
    readonly agreements: readonly {
      readonly agreement: string;
      readonly steps: readonly NaiveStep<{
        readonly plan: string | null;
        readonly status: string;
      }>[];
    }[];
    readonly partner: readonly NaiveStep<{
      readonly type: string;
      readonly kind?: string;
      readonly status: string;
    }>[];
    readonly standings: Readonly<
      Record<string, readonly NaiveStep<{ readonly applied: string | null }>[]>
    >;
  };
  readonly lines: readonly NaiveLine[];
}

export const known = <V>(steps: readonly NaiveStep<V>[], t: string): V | undefined =>
  steps.filter(({ at }) => at <= t).at(-1)?.value;

export const governing = <V>(
  steps: readonly NaiveStep<V>[],
  t: string,
  paidAt: string,
): V | undefined => steps.filter(({ at, from }) => at <= t && (from ?? at) <= paidAt).at(-1)?.value;
