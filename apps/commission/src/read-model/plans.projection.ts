import { keyedTable, projection } from '@tributary/feeds';
import type { PlanStep } from '../domain/plan/events';
import { asJson } from '../domain/plan/plan-document';

const NAMED = { $tenant: 'text', plan: 'text', version: 'int', hash: 'text', by: 'text' } as const;

/** Each plan with what waits for approval, and every version that was published. */
export const plans = projection({
  name: 'plans',
  version: 1,
  events: {
    PlanVersionDrafted: { ...NAMED, content: 'json' },
    PlanVersionPublished: {
      ...NAMED,
      at: 'instant',
      draftedBy: 'text',
      acknowledged: 'json',
      override: 'json?',
      steps: 'json',
    },
  },
  tables: {
    plan: keyedTable({
      key: { tenant: 'text', plan: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { draft: 'json?' },
    }),
    plan_version: keyedTable({
      key: { tenant: 'text', plan: 'text', version: 'int' },
      keeps: {
        hash: 'text',
        engine: 'text',
        engine_hash: 'text',
        content: 'json',
        approved_at: 'instant',
        drafted_by: 'text',
        approved_by: 'text',
        acknowledged: 'json',
        override: 'json?',
      },
    }),
  },
  rows(event) {
    const { $tenant: tenant, plan, version, hash, by } = event;
    if (event.$type === 'PlanVersionDrafted') {
      const { content } = event;
      return { plan: [{ tenant, plan, draft: { version, hash, content, by } }] };
    }
    const { at, draftedBy, acknowledged, override } = event;
    const told = (event.steps as unknown as readonly PlanStep[]).filter(
      ({ value }) => value.version === version,
    );
    const published = told.map(({ value }) => ({
      tenant,
      plan,
      version,
      hash,
      engine: value.engine,
      engine_hash: value.engineHash,
      content: asJson(value.plan),
      approved_at: at,
      drafted_by: draftedBy,
      approved_by: by,
      acknowledged,
      override,
    }));
    return { plan: [{ tenant, plan, draft: null }], plan_version: published };
  },
});
