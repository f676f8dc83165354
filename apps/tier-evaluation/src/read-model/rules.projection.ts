import { keyedTable, projection } from '@tributary/feeds';

const WORDED = {
  $tenant: 'text',
  track: 'text',
  hash: 'text',
  content: 'json',
  effectiveFrom: 'instant',
  by: 'text',
} as const;

/** The rules of each track with what waits for approval, and every version that was published. */
export const rules = projection({
  name: 'rules',
  version: 1,
  events: {
    RulesDrafted: WORDED,
    RulesPublished: {
      ...WORDED,
      version: 'int',
      at: 'instant',
      draftedBy: 'text',
      steps: 'json',
    },
  },
  tables: {
    tier_rules: keyedTable({
      key: { tenant: 'text', track: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { draft: 'json?', steps: 'json' },
    }),
    tier_rules_version: keyedTable({
      key: { tenant: 'text', track: 'text', version: 'int' },
      keeps: {
        hash: 'text',
        content: 'json',
        effective_from: 'instant',
        approved_at: 'instant',
        drafted_by: 'text',
        approved_by: 'text',
      },
    }),
  },
  rows(event) {
    const { $tenant: tenant, track, hash, content, effectiveFrom, by } = event;
    if (event.$type === 'RulesDrafted')
      return { tier_rules: [{ tenant, track, draft: { hash, content, effectiveFrom, by } }] };
    const { version, at, draftedBy, steps } = event;
    const published = {
      tenant,
      track,
      version,
      hash,
      content,
      effective_from: effectiveFrom,
      approved_at: at,
      drafted_by: draftedBy,
      approved_by: by,
    };
    return {
      tier_rules: [{ tenant, track, draft: null, steps }],
      tier_rules_version: [published],
    };
  },
});
