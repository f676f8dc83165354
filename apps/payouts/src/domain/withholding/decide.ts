import {
  type Decider,
  type Decision,
  type Instant,
  type Json,
  accept,
  canonicalJson,
  reject,
  sha256Hex,
} from '@tributary/kernel';
import { type RuleFlaw, flawsOf } from './check-rules';
import type { TaxEvent, WithholdingRulesProposed } from './events';
import type { WithholdingRule, WithholdingRules } from './rules';

export interface ProposeRules {
  readonly type: 'ProposeRules';
  readonly entity: string;
  readonly effectiveFrom: Instant;
  readonly rules: readonly WithholdingRule[];
  readonly source: string;
  readonly by: string;
  readonly receivedAt: Instant;
}
export interface ActivateRules {
  readonly type: 'ActivateRules';
  readonly entity: string;
  /** What was read, so that nothing worded meanwhile is activated unseen. */
  readonly hash: string;
  readonly by: string;
  readonly receivedAt: Instant;
}
export type TaxCommand = ActivateRules | ProposeRules;

export type TaxRejected =
  | { readonly code: 'no_proposal' }
  | { readonly code: 'proposal_changed'; readonly proposal: string }
  | { readonly code: 'rules_invalid'; readonly flaws: readonly RuleFlaw[] }
  | { readonly code: 'same_person' };

export interface Taxes {
  readonly proposal: WithholdingRulesProposed['data'] | null;
  readonly versions: readonly ActiveRules[];
}

export interface ActiveRules extends WithholdingRules {
  readonly effectiveFrom: Instant;
}

export const tax: Decider<TaxCommand, TaxEvent, Taxes, TaxRejected> = {
  initial: { proposal: null, versions: [] },
  decide: (command, state) =>
    command.type === 'ProposeRules' ? propose(command) : activate(command, state),
  evolve,
};

function propose(command: ProposeRules): Decision<TaxEvent, TaxRejected> {
  const { entity, effectiveFrom, rules, source, by, receivedAt } = command;
  const flaws = flawsOf(rules);
  if (flaws.length > 0) return reject({ code: 'rules_invalid', flaws });

  const worded = { entity, effectiveFrom, rules, source };
  const hash = sha256Hex(canonicalJson(worded as unknown as Json));
  const data = { ...worded, hash, by };
  return accept({ type: 'WithholdingRulesProposed', data, occurredAt: receivedAt });
}

function activate(
  { hash, by, receivedAt }: ActivateRules,
  { proposal, versions }: Taxes,
): Decision<TaxEvent, TaxRejected> {
  if (proposal === null) return reject({ code: 'no_proposal' });
  const { by: proposedBy, ...worded } = proposal;
  if (worded.hash !== hash) return reject({ code: 'proposal_changed', proposal: worded.hash });
  if (proposedBy === by) return reject({ code: 'same_person' });

  const data = { ...worded, version: versions.length + 1, proposedBy, by };
  return accept({ type: 'WithholdingRulesActivated', data, occurredAt: receivedAt });
}

function evolve(state: Taxes, { type, data }: TaxEvent): Taxes {
  if (type === 'WithholdingRulesProposed') return { ...state, proposal: data };
  const { version, hash, rules, effectiveFrom } = data;
  const versions = [...state.versions, { version, hash, rules, effectiveFrom }];
  return { proposal: null, versions };
}

/** Nobody has said yet what this entity keeps back, so that each of its payments waits for a rule. */
const NOTHING_SAID: WithholdingRules = { version: 0, hash: '', rules: [] };

/**
 * What governs a payment: of the versions that hold by then the one that began last, and of those the one that was activated last. Null
 * where that one declares that the entity keeps nothing back.
 */
export function rulesAt({ versions }: Taxes, payAt: Instant): WithholdingRules | null {
  const holding = versions.filter(({ effectiveFrom }) => effectiveFrom <= payAt);
  if (holding.length === 0) return NOTHING_SAID;
  const { effectiveFrom: _from, ...found } = holding.reduce((best, each) =>
    each.effectiveFrom >= best.effectiveFrom ? each : best,
  );
  return found.rules.length === 0 ? null : found;
}
