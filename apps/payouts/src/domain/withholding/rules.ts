import type { Instant } from '@tributary/kernel';

/** One tax that the payer keeps back, as data. */
export interface WithholdingRule {
  /** Stable across versions; the register groups by it. */
  readonly rule: string;
  readonly tax: string;
  /** Of the payee. */
  readonly country: string;
  readonly payees: 'company' | 'person';
  /** Regimes that it does not apply to while their declaration holds. */
  readonly exemptRegimes: readonly string[];
  readonly rateBp: number;
  readonly base: 'gross';
  /** Minor units of tax up to which nothing is withheld; "0": always. */
  readonly notAbove: string;
  readonly trigger: 'payment';
  /** Of the payment: from this instant on, until just before the other one. */
  readonly from: Instant;
  readonly until: Instant | null;
  /** The law or ruling. */
  readonly source: string;
  /** Each has to be there when the money arrives; without it the payment waits. */
  readonly documents: readonly string[];
  /** Worked examples; a version whose examples do not come out is refused. */
  readonly examples: readonly WithholdingExample[];
}

export interface WithholdingExample {
  readonly gross: string;
  readonly regime: string | null;
  readonly withheld: string;
}

export interface WithholdingRules {
  readonly version: number;
  readonly hash: string;
  readonly rules: readonly WithholdingRule[];
}
