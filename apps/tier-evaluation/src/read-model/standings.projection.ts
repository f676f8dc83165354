import { keyedTable, projection } from '@tributary/feeds';

const PROPOSAL = {
  $tenant: 'text',
  partner: 'text',
  track: 'text',
  proposal: 'int',
  tier: 'text?',
  from: 'instant?',
  reason: 'text',
  evidence: 'json',
  by: 'text',
} as const;

/** Each partner's standing per track with what waits for approval, and everything that two persons decided about it. */
export const standings = projection({
  name: 'standings',
  version: 1,
  events: {
    StandingProposed: PROPOSAL,
    StandingGranted: { ...PROPOSAL, proposedBy: 'text', at: 'instant', steps: 'json' },
    StandingProposalRejected: {
      ...PROPOSAL,
      $occurredAt: 'instant',
      proposedBy: 'text',
      proposedFor: 'text',
    },
  },
  tables: {
    standing: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { steps: 'json', pending: 'json?' },
    }),
    standing_decision: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text', proposal: 'int' },
      keeps: {
        is_granted: 'boolean',
        tier: 'text?',
        governs_from: 'instant?',
        reason: 'text',
        evidence: 'json',
        proposed_by: 'text',
        decided_by: 'text',
        decided_at: 'instant',
        refused_for: 'text?',
      },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, track, proposal, tier, from, reason, evidence, by } = event;
    const key = { tenant, partner, track };
    if (event.$type === 'StandingProposed') {
      const pending = { proposal, tier, from, reason, evidence, by };
      return { standing: [{ ...key, pending }] };
    }
    const isGranted = event.$type === 'StandingGranted';
    const decision = {
      ...key,
      proposal,
      is_granted: isGranted,
      tier,
      governs_from: from,
      reason: isGranted ? reason : event.proposedFor,
      evidence,
      proposed_by: event.proposedBy,
      decided_by: by,
      decided_at: isGranted ? event.at : event.$occurredAt,
      refused_for: isGranted ? null : reason,
    };
    const steps = isGranted ? { steps: event.steps } : {};
    return { standing: [{ ...key, ...steps, pending: null }], standing_decision: [decision] };
  },
});
