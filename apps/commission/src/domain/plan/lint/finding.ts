import type { Instant } from '@tributary/kernel';
import type { PlanVersion, Rule } from '../../../../engines/v1/plan';

/** One thing that a second person should know before approving. */
export interface Finding {
  readonly code: string;
  /** An error refuses the approval; a warning has to be acknowledged by its code. */
  readonly level: 'error' | 'warning';
  /** An error that the second person may lift, with a reason. */
  readonly overridable: boolean;
  /** Where in the plan, as a JSON pointer. */
  readonly pointer: string;
  readonly detail: string;
}

/** Everything that a plan is held against. */
export interface LintContext {
  readonly plan: PlanVersion;
  /** What stands already, in the order of its approval. */
  readonly published: readonly PlanVersion[];
  /** When it would be published. */
  readonly now: Instant;
}

export type LintRule = (context: LintContext) => readonly Finding[];

export const error = (code: string, pointer: string, detail: string): Finding => ({
  code,
  level: 'error',
  overridable: false,
  pointer,
  detail,
});

export const overridable = (code: string, pointer: string, detail: string): Finding => ({
  ...error(code, pointer, detail),
  overridable: true,
});

export const warning = (code: string, pointer: string, detail: string): Finding => ({
  ...error(code, pointer, detail),
  level: 'warning',
});

export interface PlacedRule {
  readonly rule: Rule;
  readonly pointer: string;
}

/** Rules that are switched off pay nothing, and so contradict nobody. */
export const rulesAtWork = ({ rules }: PlanVersion): PlacedRule[] =>
  rules
    .map((rule, i) => ({ rule, pointer: `/rules/${i}` }))
    .filter(({ rule }) => rule.enabled !== false);

export const isBonus = ({ pay }: Rule): boolean => pay.kind === 'bonus' || pay.kind === 'milestone';

export const isOverride = ({ payee }: Rule): boolean => payee === 'partner.parent';

export const pointerStep = (name: string): string =>
  name.replaceAll('~', '~0').replaceAll('/', '~1');
