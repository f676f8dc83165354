import { keyedTable, projection } from '@tributary/feeds';

const OF = { $tenant: 'text', partner: 'text', track: 'text' } as const;

/** What evaluation has found and asks people to do: scorecards, tiers that are about to fall, and tasks. */
export const evaluations = projection({
  name: 'evaluations',
  version: 2,
  events: {
    DemotionNoticed: {
      ...OF,
      tier: 'text',
      noticedAt: 'instant',
      endsAt: 'instant',
      missing: 'json',
    },
    NoticeEnded: { ...OF, tier: 'text' },
    DemotionAppealed: { ...OF, tier: 'text', by: 'text', reason: 'text' },
    AppealDecided: {
      ...OF,
      appealedBy: 'text',
      $occurredAt: 'instant',
      tier: 'text',
      upheld: 'boolean',
      endsAt: 'instant',
      by: 'text',
      reason: 'text',
    },
    ScorecardIssued: {
      ...OF,
      asOf: 'instant',
      reason: 'text',
      rules: 'json',
      tiers: 'json',
      risks: 'json',
      overview: 'json',
      entitled: 'text?',
      applied: 'text?',
      hash: 'text',
    },
    TaskOpened: {
      ...OF,
      $occurredAt: 'instant',
      task: 'text',
      kind: 'text',
      subject: 'text',
      name: 'text',
      tier: 'text',
      owner: 'text',
    },
    TaskAssigned: { ...OF, task: 'text', owner: 'text' },
    TaskDone: { ...OF, $occurredAt: 'instant', task: 'text', note: 'text', by: 'text' },
    TaskDropped: { ...OF, $occurredAt: 'instant', task: 'text' },
  },
  tables: {
    demotion_notice: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text', tier: 'text' },
      sets: { noticed_at: 'instant', ends_at: 'instant', missing: 'json', appeal: 'json?' },
    }),
    scorecard: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text', position: 'bigint' },
      keeps: {
        as_of: 'instant',
        reason: 'text',
        rules: 'json',
        tiers: 'json',
        risks: 'json',
        overview: 'json',
        entitled: 'text?',
        applied: 'text?',
        hash: 'text',
      },
    }),
    tier_task: keyedTable({
      key: { tenant: 'text', partner: 'text', track: 'text', task: 'text' },
      // What was done stays done, also when the tier that it was for is gone.
      sets: {
        owner: 'text',
        closed_at: 'instant?',
        note: 'text?',
        closed_by: 'text?',
        dropped_at: 'instant?',
      },
      keeps: { kind: 'text', subject: 'text', name: 'text', tier: 'text', opened_at: 'instant' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, track } = event;
    const key = { tenant, partner, track };
    switch (event.$type) {
      case 'DemotionNoticed': {
        const { tier, noticedAt: noticed_at, endsAt: ends_at, missing } = event;
        return { demotion_notice: [{ ...key, tier, noticed_at, ends_at, missing, appeal: null }] };
      }
      case 'NoticeEnded':
        return { demotion_notice: [{ ...key, tier: event.tier, $remove: true }] };
      case 'DemotionAppealed': {
        const { tier, by, reason } = event;
        return { demotion_notice: [{ ...key, tier, appeal: { by, reason, decided: null } }] };
      }
      case 'AppealDecided': {
        const { tier, by, reason, upheld, endsAt: ends_at, $occurredAt: at } = event;
        const appeal = { by: event.appealedBy, decided: { by, reason, upheld, at } };
        return { demotion_notice: [{ ...key, tier, ends_at, appeal }] };
      }
      case 'ScorecardIssued': {
        const {
          $position: position,
          asOf: as_of,
          reason,
          rules,
          tiers,
          risks,
          overview,
          hash,
        } = event;
        const { entitled, applied } = event;
        const found = { rules, tiers, risks, overview, entitled, applied, hash };
        return { scorecard: [{ ...key, position, as_of, reason, ...found }] };
      }
      case 'TaskOpened': {
        const { task, kind, subject, name, tier, owner, $occurredAt: opened_at } = event;
        const opened = { task, kind, subject, name, tier, owner, opened_at };
        return { tier_task: [{ ...key, ...opened }] };
      }
      case 'TaskAssigned':
        return { tier_task: [{ ...key, task: event.task, owner: event.owner }] };
      case 'TaskDone': {
        const { task, note, by: closed_by, $occurredAt: closed_at } = event;
        return { tier_task: [{ ...key, task, note, closed_by, closed_at }] };
      }
      case 'TaskDropped': {
        const { task, $occurredAt: dropped_at } = event;
        return { tier_task: [{ ...key, task, dropped_at }] };
      }
    }
  },
});
