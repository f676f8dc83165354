import { keyedTable, projection } from '@tributary/feeds';
import type { DisputedLine } from '../domain/account/terms';
import { OF_ACCOUNT } from './accounts.events';

const DISPUTE = { ...OF_ACCOUNT, dispute: 'text' } as const;

/** Disputes of partners: what is asked, until when it is to be answered, and what two persons made of it. */
export const disputes = projection({
  name: 'disputes',
  version: 1,
  events: {
    DisputeOpened: {
      ...DISPUTE,
      disputed: 'json',
      reason: 'text',
      evidence: 'json',
      answerBy: 'instant',
      by: 'text',
    },
    DisputeDecisionProposed: {
      ...DISPUTE,
      decisions: 'json',
      reason: 'text',
      evidence: 'json',
      by: 'text',
    },
    DisputeDecided: {
      ...DISPUTE,
      lineId: 'text',
      due: 'bigint?',
      reason: 'text',
      proposedBy: 'text',
      decidedBy: 'text',
    },
    DisputeEnded: { ...DISPUTE, line: 'text', outcome: 'text', by: 'text?', note: 'text?' },
    ProposalWithdrawn: { ...OF_ACCOUNT, kind: 'text', proposal: 'text' },
  },
  tables: {
    dispute: keyedTable({
      key: { tenant: 'text', dispute: 'text' },
      adds: ['lines_left'],
      sets: {
        proposed: 'json?',
        decided_at: 'instant',
        decision: 'json',
        ended_at: 'instant',
      },
      keeps: {
        partner: 'text',
        entity: 'text',
        asset: 'text',
        reason: 'text',
        evidence: 'json',
        answer_by: 'instant',
        opened_by: 'text',
        opened_at: 'instant',
      },
      indexes: [
        '(tenant, answer_by, dispute)',
        '(tenant, answer_by, dispute) where lines_left > 0',
      ],
    }),
    dispute_line: keyedTable({
      key: { tenant: 'text', dispute: 'text', line: 'text' },
      sets: {
        due: 'bigint?',
        decided: 'boolean',
        outcome: 'text',
        note: 'text?',
        ended_by: 'text?',
      },
      keeps: { programme: 'text', plan: 'text', window_key: 'text' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, $occurredAt: at } = event;
    switch (event.$type) {
      case 'DisputeOpened': {
        const { dispute, partner, entity, asset, reason, evidence } = event;
        const disputed = event.disputed as unknown as readonly DisputedLine[];
        const opened = { answer_by: event.answerBy, opened_by: event.by, opened_at: at };
        const row = { tenant, dispute, partner, entity, asset, reason, evidence, ...opened };
        return {
          dispute: [{ ...row, lines_left: BigInt(disputed.length) }],
          dispute_line: disputed.map(({ line, programme, plan, window: window_key }) => ({
            ...{ tenant, dispute, line, programme, plan, window_key },
          })),
        };
      }
      case 'DisputeDecisionProposed': {
        const { dispute, decisions, reason, evidence, by } = event;
        return {
          dispute: [{ tenant, dispute, proposed: { decisions, reason, evidence, by, at } }],
        };
      }
      case 'DisputeDecided': {
        const { dispute, lineId: line, due, reason, proposedBy, decidedBy } = event;
        const decision = { reason, proposedBy, decidedBy };
        return {
          dispute: [{ tenant, dispute, proposed: null, decided_at: at, decision }],
          dispute_line: [{ tenant, dispute, line, due, decided: true }],
        };
      }
      case 'DisputeEnded': {
        const { dispute, line, outcome, note, by: ended_by } = event;
        return {
          dispute: [{ tenant, dispute, lines_left: -1n, ended_at: at }],
          dispute_line: [{ tenant, dispute, line, outcome, note, ended_by }],
        };
      }
      case 'ProposalWithdrawn':
        return event.kind === 'dispute_decision'
          ? { dispute: [{ tenant, dispute: event.proposal, proposed: null }] }
          : {};
    }
  },
});
