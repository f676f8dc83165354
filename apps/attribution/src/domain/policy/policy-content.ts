import type { Step } from '@tributary/kernel';
import type { Rung } from '../credit/credit';
import type { TouchType } from '../evidence';

/** How eligible touches share. Each role's weight goes to one touch, `others` is shared by all that have no role. */
export interface RoleWeights {
  readonly first: number;
  readonly lead: number;
  readonly opportunity: number;
  readonly last: number;
  readonly others: number;
}

export const PLAIN_MODELS = ['first', 'last', 'linear', 'u', 'w', 'full_path'] as const;
export type Model =
  | { readonly kind: (typeof PLAIN_MODELS)[number] }
  | { readonly kind: 'time_decay'; readonly halfLifeDays: number }
  | { readonly kind: 'custom'; readonly weights: RoleWeights };

/** The rules by which a programme's customers are credited. */
export interface PolicyContent {
  readonly programme: string;
  /** The strongest first. */
  readonly precedence: readonly Rung[];
  readonly model: Model;
  /** How long before the conversion a touch may lie and still source it. */
  readonly lookbackDays: Readonly<Record<TouchType, number>>;
  /** Touches that can source. */
  readonly sources: readonly TouchType[];
  /** Touches that make their partner one that had a hand in it. */
  readonly influence: { readonly types: readonly TouchType[]; readonly days: number };
}

/** A published version never changes: `hash` is over its content and the instant from which it holds. */
export interface PolicyVersion {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  readonly content: PolicyContent;
}

/** `at`: its approval. `from`: the conversions that it governs. */
export type PolicyStep = Step<PolicyVersion>;
