import { keyedTable, projection } from '@tributary/feeds';
import { type Instant, instant } from '@tributary/kernel';

/** Where a claim that needs no decision stands among those that do. */
const NEVER: Instant = instant('9999-12-31T00:00:00Z');

/** Claims and the conflicts between them, in one projection so that both stand at one position. */
export const prospects = projection({
  name: 'prospects',
  version: 1,
  events: {
    ClaimChanged: {
      $tenant: 'text',
      prospect: 'text',
      programme: 'text',
      lead: 'text',
      partner: 'text',
      state: 'text',
      rule: 'text?',
      conflicts: 'json',
      registeredAt: 'instant?',
      decideBy: 'instant?',
      until: 'instant?',
      decidedAt: 'instant?',
      decidedBy: 'text?',
      reason: 'text?',
      rules: 'json',
      extensions: 'int',
      heldByDirect: 'boolean',
      about: 'json',
      facts: 'json',
    },
    ConflictFound: {
      $tenant: 'text',
      conflict: 'text',
      prospect: 'text',
      programme: 'text',
      rule: 'text',
      at: 'instant',
      sides: 'json',
    },
    ConflictSettled: { $tenant: 'text', conflict: 'text', how: 'text', $occurredAt: 'instant' },
    ConflictAdjudicated: {
      $tenant: 'text',
      $id: 'text',
      $occurredAt: 'instant',
      conflict: 'text',
      winner: 'text',
      reason: 'text',
      evidence: 'json',
      by: 'text',
    },
  },
  tables: {
    claim: keyedTable({
      key: { tenant: 'text', prospect: 'text', lead: 'text' },
      sets: {
        programme: 'text',
        partner: 'text',
        state: 'text',
        rule: 'text?',
        conflicts: 'json',
        registered_at: 'instant?',
        /** The deadline, or never. */
        due: 'instant',
        decide_by: 'instant?',
        protected_until: 'instant?',
        decided_at: 'instant?',
        decided_by: 'text?',
        reason: 'text?',
        rules: 'json',
        extensions: 'int',
        held_by_direct: 'boolean',
        about: 'json',
        facts: 'json',
      },
      indexes: [
        '(tenant, due, prospect, lead)',
        '(tenant, partner, due, prospect, lead)',
        '(tenant, registered_at)',
      ],
    }),
    conflict: keyedTable({
      key: { tenant: 'text', conflict: 'text' },
      sets: {
        prospect: 'text',
        programme: 'text',
        rule: 'text',
        at: 'instant',
        sides: 'json',
        state: 'text',
        settled_at: 'instant?',
        decision: 'json?',
      },
      indexes: ['(tenant, at, conflict)', '(tenant, state, at, conflict)'],
    }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    switch (event.$type) {
      case 'ClaimChanged': {
        const { prospect, programme, lead, partner, state, rule, conflicts } = event;
        const { reason, rules, extensions, about, facts } = event;
        const row = {
          registered_at: event.registeredAt,
          due: event.decideBy ?? NEVER,
          decide_by: event.decideBy,
          protected_until: event.until,
          decided_at: event.decidedAt,
          decided_by: event.decidedBy,
          held_by_direct: event.heldByDirect,
        };
        const what = { programme, partner, state, rule, conflicts, about, facts };
        const why = { reason, rules, extensions };
        return { claim: [{ tenant, prospect, lead, ...what, ...row, ...why }] };
      }
      case 'ConflictFound': {
        const { conflict, prospect, programme, rule, at, sides } = event;
        const found = { prospect, programme, rule, at, sides, state: 'open', settled_at: null };
        return { conflict: [{ tenant, conflict, ...found }] };
      }
      case 'ConflictSettled': {
        const { conflict, how: state, $occurredAt: settled_at } = event;
        return { conflict: [{ tenant, conflict, state, settled_at }] };
      }
      case 'ConflictAdjudicated': {
        const { conflict, winner, reason, evidence, by, $occurredAt: at, $id: id } = event;
        const decision = { id, winner, reason, evidence, by, at };
        return { conflict: [{ tenant, conflict, decision }] };
      }
    }
  },
});
