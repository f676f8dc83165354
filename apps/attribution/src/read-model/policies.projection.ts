import { keyedTable, projection } from '@tributary/feeds';

const WORDED = {
  $tenant: 'text',
  policy: 'text',
  hash: 'text',
  content: 'json',
  effectiveFrom: 'instant',
  by: 'text',
} as const;

/** The policy of each programme with what waits for approval, and every version that was published. */
export const policies = projection({
  name: 'policies',
  version: 1,
  events: {
    PolicyVersionDrafted: WORDED,
    PolicyVersionPublished: {
      ...WORDED,
      version: 'int',
      at: 'instant',
      draftedBy: 'text',
      steps: 'json',
    },
  },
  tables: {
    policy: keyedTable({
      key: { tenant: 'text', policy: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { draft: 'json?', steps: 'json' },
    }),
    policy_version: keyedTable({
      key: { tenant: 'text', policy: 'text', version: 'int' },
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
    const { $tenant: tenant, policy, hash, content, effectiveFrom, by } = event;
    if (event.$type === 'PolicyVersionDrafted') {
      return { policy: [{ tenant, policy, draft: { hash, content, effectiveFrom, by } }] };
    }
    const { version, at, draftedBy, steps } = event;
    const published = {
      tenant,
      policy,
      version,
      hash,
      content,
      effective_from: effectiveFrom,
      approved_at: at,
      drafted_by: draftedBy,
      approved_by: by,
    };
    return { policy: [{ tenant, policy, draft: null, steps }], policy_version: [published] };
  },
});
