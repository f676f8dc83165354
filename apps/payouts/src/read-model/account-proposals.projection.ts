import { keyedTable, projection } from '@tributary/feeds';
import { OF_ACCOUNT } from './accounts.events';

const PROPOSED = {
  ...OF_ACCOUNT,
  amount: 'bigint',
  reason: 'text',
  evidence: 'json',
  by: 'text',
} as const;

/** Adjustments and write-offs: what one person proposed, and what became of it. */
export const accountProposals = projection({
  name: 'account_proposals',
  version: 1,
  events: {
    AdjustmentProposed: { ...PROPOSED, adjustment: 'text', programme: 'text' },
    AdjustmentBooked: { ...OF_ACCOUNT, adjustment: 'text', by: 'text' },
    WriteOffProposed: { ...PROPOSED, writeOff: 'text' },
    ReceivableWrittenOff: { ...OF_ACCOUNT, writeOff: 'text', by: 'text' },
    ProposalWithdrawn: { ...OF_ACCOUNT, kind: 'text', proposal: 'text', by: 'text' },
  },
  tables: {
    account_proposal: keyedTable({
      key: { tenant: 'text', proposal: 'text' },
      sets: { status: 'text', decided_by: 'text', decided_at: 'instant' },
      keeps: {
        kind: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        programme: 'text?',
        amount: 'bigint',
        reason: 'text',
        evidence: 'json',
        proposed_by: 'text',
        proposed_at: 'instant',
      },
      indexes: ['(tenant, kind, proposed_at, proposal)'],
    }),
  },
  rows(event) {
    const { $tenant: tenant, by, $occurredAt: at } = event;
    const decided = (proposal: string, status: string) => ({
      account_proposal: [{ tenant, proposal, status, decided_by: by, decided_at: at }],
    });
    switch (event.$type) {
      case 'AdjustmentBooked':
        return decided(event.adjustment, 'approved');
      case 'ReceivableWrittenOff':
        return decided(event.writeOff, 'approved');
      case 'ProposalWithdrawn':
        return event.kind === 'dispute_decision' ? {} : decided(event.proposal, 'withdrawn');
      default:
    }
    const { partner, entity, asset, amount, reason, evidence } = event;
    const what =
      event.$type === 'AdjustmentProposed'
        ? { kind: 'adjustment', proposal: event.adjustment, programme: event.programme }
        : { kind: 'write_off', proposal: event.writeOff, programme: null };
    const proposed = { amount, reason, evidence, proposed_by: by, proposed_at: at };
    const row = { tenant, ...what, partner, entity, asset, ...proposed, status: 'proposed' };
    return { account_proposal: [row] };
  },
});
