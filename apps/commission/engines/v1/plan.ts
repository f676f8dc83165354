/** A published version as it stands in the log. What is optional here was optional when it was published. */
export interface PlanVersion {
  readonly planId: string;
  readonly version: number;
  readonly programId: string;
  /** What the plan pays in, such as `BRL/2`; sales in anything else earn nothing under it. */
  readonly asset: string;
  readonly window: WindowLength;
  readonly timezone: string;
  /** Which sales it governs, by their paidAt; `to` belongs to whatever follows. */
  readonly effective: { readonly from: string; readonly to: string | null };
  readonly rounding: { readonly mode: 'half_up' | 'half_even'; readonly scope: 'line' };
  readonly appliesTo?: AppliesTo;
  readonly basis: Basis;
  readonly credit?: Credit;
  readonly hold: { readonly days: number; readonly from: 'paidAt' };
  readonly rules: readonly Rule[];
  readonly limits?: readonly Limit[];
}

export type WindowLength = 'calendar_month' | 'calendar_quarter' | 'calendar_year';

/** Empty or left out: everybody. */
export interface AppliesTo {
  /** `type` of a partner: channel, technology, strategic, ecosystem. */
  readonly agreementTypes?: readonly string[];
  /** What rules call `partner.type`: agency, reseller, si, … */
  readonly partnerTypes?: readonly string[];
}

export interface Basis {
  readonly use: 'lines.net';
  readonly excludeTax: boolean;
  readonly deductMarketplaceFee?: boolean;
  /** Products or product groups. */
  readonly excludeProducts?: readonly string[];
}

/** `basis`: everyone earns on their share. `pool`: the commission on the whole line is rounded first and then shared. */
export interface Credit {
  readonly split: 'basis' | 'pool';
}

export interface Rule {
  readonly id: string;
  /** One rule of a group wins a line; `stack` adds to whatever else wins. */
  readonly group: string;
  readonly priority?: number;
  readonly stack?: boolean;
  readonly enabled?: boolean;
  readonly when?: When;
  readonly pay: Pay;
  /** Whose earning it is; `partner.parent` makes it an override, in the parent's window. */
  readonly payee?: 'partner' | 'partner.parent';
  readonly duration?: Duration;
  /** As `duration`; the short form for rules that pay once. */
  readonly limit?: { readonly firstPayments: number };
  /** Of one line, minor units; a line without basis is worth nothing, whatever the floor. */
  readonly line?: { readonly floor?: string; readonly cap?: string };
}

/** Basis points: an integer, or a decimal of at most 6 places as text (`"1234.5"`). */
export type BasisPoints = number | string;

export type Pay =
  | { readonly kind: 'flat'; readonly amount: string; readonly per?: 'line' | 'order' }
  | { readonly kind: 'percent'; readonly bp: BasisPoints }
  | {
      readonly kind: 'percent';
      readonly bp: BasisPoints;
      /** Only of an override. */
      readonly of: 'basis' | 'child_commission';
      readonly levels: 1;
    }
  | { readonly kind: 'per_unit'; readonly amount: string }
  | MatrixPay
  | SchedulePay
  | BonusPay
  | SplitPay
  | { readonly kind: 'usage_share'; readonly meter: string; readonly bp: BasisPoints };

/** `*` stands for every value that is not named. With two fields, the rates of the first are tables of the second. */
export interface MatrixPay {
  readonly kind: 'matrix';
  readonly by: string | readonly [string] | readonly [string, string];
  readonly bp: Readonly<Record<string, BasisPoints | Readonly<Record<string, BasisPoints>>>>;
}

export interface SchedulePay {
  readonly kind: 'schedule';
  readonly mode: 'marginal' | 'cliff' | 'retroactive';
  /** Credited net of the lines that the rule pays on, after refunds. */
  readonly measure: { readonly sum: 'credited.net'; readonly window: WindowLength };
  /** Ascending; `upTo` is inclusive, and the last band has none. */
  readonly bands: readonly { readonly upTo?: string; readonly bp: BasisPoints }[];
}

/** Paid once per window, when the count or the sum is reached. */
export interface BonusPay {
  readonly kind: 'bonus' | 'milestone';
  readonly amount: string;
  readonly once: WindowLength;
  readonly when: Threshold;
  /** Held until a person approves. */
  readonly approval?: boolean;
}

export type Threshold =
  | { readonly count: string; readonly gte: number }
  | { readonly sum: 'credited.net'; readonly gte: string };

/** A percentage of the whole line, shared by largest remainder. Shares of roles are basis points that sum to 10,000. */
export interface SplitPay {
  readonly kind: 'split';
  readonly bp: BasisPoints;
  readonly by: 'attribution' | 'agreement' | { readonly roles: Readonly<Record<string, number>> };
}

export type Duration =
  | { readonly firstPayments: number }
  | { readonly months: number }
  | { readonly while: 'customer_active'; readonly resume?: boolean }
  | { readonly until: string };

/** Of the running total of what a partner earns in a window. `rules`: only theirs; left out: all. */
export interface Limit {
  readonly id: string;
  readonly scope: 'partner';
  readonly window: WindowLength;
  readonly max?: string;
  readonly min?: string;
  readonly rules?: readonly string[];
}

/** Several fields in one object must all hold. */
export interface When {
  readonly all?: readonly When[];
  readonly any?: readonly When[];
  readonly not?: When;
  readonly [field: string]: Test | readonly When[] | When | undefined;
}

export type Scalar = string | number | boolean;

export type Test =
  | Scalar
  | {
      readonly eq?: Scalar;
      readonly in?: readonly Scalar[];
      readonly gte?: Scalar;
      readonly lte?: Scalar;
      /** Both ends belong to it. */
      readonly between?: readonly [Scalar, Scalar];
      readonly exists?: boolean;
      readonly prefix?: string;
    };
