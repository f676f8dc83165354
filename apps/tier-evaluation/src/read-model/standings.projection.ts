import { keyedTable, projection } from '@tributary/feeds';

const OF = { $tenant: 'text', partner: 'text', track: 'text' } as const;
const PROPOSAL = {
  ...OF,
  proposal: 'int',
  tier: 'text?',
  from: 'instant?',
  reason: 'text',
  evidence: 'json',
  by: 'text',
} as const;
const ANNULMENT = {
  ...OF,
  annulment: 'int',
  tier: 'text?',
  from: 'instant',
  until: 'instant?',
  reason: 'text',
  evidence: 'json',
  by: 'text',
} as const;
const TOLD = { ...OF, at: 'instant', steps: 'json' } as const;

/** Each partner's standing per track with what waits for approval, and everything that two persons decided about it. */
export const standings = projection({
  name: 'standings',
  version: 2,
  events: {
    StandingOpened: OF,
    StandingProposed: PROPOSAL,
    StandingGranted: { ...PROPOSAL, proposedBy: 'text', at: 'instant', steps: 'json' },
    StandingProposalRejected: {
      ...PROPOSAL,
      $occurredAt: 'instant',
      proposedBy: 'text',
      proposedFor: 'text',
    },
    TierRaised: TOLD,
    TierLowered: TOLD,
    EntitlementChanged: TOLD,
    AnnulmentProposed: ANNULMENT,
    TierAnnulled: { ...ANNULMENT, at: 'instant', proposedBy: 'text', steps: 'json' },
    AnnulmentRejected: { ...OF, annulment: 'int' },
    RiskAssessed: { ...OF, risks: 'json' },
  },
  tables: {
    standing: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { steps: 'json', pending: 'json?', annulment: 'json?', risks: 'json' },
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
    tier_annulment: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text', annulment: 'int' },
      keeps: { decision: 'json' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, track } = event;
    const key = { tenant, partner, track };
    switch (event.$type) {
      case 'StandingOpened':
        return { standing: [{ ...key, risks: [] }] };
      case 'StandingProposed': {
        const { proposal, tier, from, reason, evidence, by } = event;
        return { standing: [{ ...key, pending: { proposal, tier, from, reason, evidence, by } }] };
      }
      case 'StandingGranted':
      case 'StandingProposalRejected': {
        const isGranted = event.$type === 'StandingGranted';
        const how = isGranted
          ? { reason: event.reason, decided_at: event.at, refused_for: null }
          : {
              reason: event.proposedFor,
              decided_at: event.$occurredAt,
              refused_for: event.reason,
            };
        const { proposal, tier, from: governs_from, evidence } = event;
        const { proposedBy: proposed_by, by: decided_by } = event;
        const what = { proposal, is_granted: isGranted, tier, governs_from, evidence };
        const steps = isGranted ? { steps: event.steps } : {};
        return {
          standing: [{ ...key, ...steps, pending: null }],
          standing_decision: [{ ...key, ...what, ...how, proposed_by, decided_by }],
        };
      }
      case 'TierRaised':
      case 'TierLowered':
      case 'EntitlementChanged':
        return { standing: [{ ...key, steps: event.steps }] };
      case 'AnnulmentProposed': {
        const { annulment, tier, from, until, reason, evidence, by } = event;
        const waits = { annulment, tier, from, until, reason, evidence, by };
        return { standing: [{ ...key, annulment: waits }] };
      }
      case 'TierAnnulled': {
        const { annulment, tier, from, until, reason, evidence, by, proposedBy, at, steps } = event;
        const decision = { tier, from, until, reason, evidence, by, proposedBy, at };
        return {
          standing: [{ ...key, steps, annulment: null }],
          tier_annulment: [{ ...key, annulment, decision }],
        };
      }
      case 'AnnulmentRejected':
        return { standing: [{ ...key, annulment: null }] };
      case 'RiskAssessed':
        return { standing: [{ ...key, risks: event.risks }] };
    }
  },
});
