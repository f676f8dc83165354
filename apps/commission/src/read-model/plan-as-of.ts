import {
  type Instant,
  type Recorded,
  emptyTimeline,
  reviseTimeline,
  stepAt,
} from '@tributary/kernel';
import type { PlanEvent, PlanStep } from '../domain/plan/events';
import { endOf } from '../domain/plan/plan-document';
import type { PlanDraft, PublishedVersion } from './plan-versions';

/** A plan as it was known at a point of the log, and the version that then governed a sale. */
export interface PlanAsOf {
  readonly plan: string;
  readonly draft: PlanDraft | null;
  readonly versions: readonly PublishedVersion[];
  /** Of a sale paid at `on`; null where none did. */
  readonly governs: PublishedVersion | null;
  readonly on: Instant;
  /** Of the last event that was read. */
  readonly position: bigint;
}

interface Asked {
  readonly plan: string;
  readonly on: Instant;
}

const END_OF_TIME = '9999-12-31T23:59:59.999Z' as Instant;

/** From the stream of the plan, as far as it is given. */
export async function planAsOf(
  { plan, on }: Asked,
  events: AsyncIterable<Recorded>,
): Promise<PlanAsOf | undefined> {
  let draft: PlanDraft | null = null;
  let position: bigint | undefined;
  const versions: PublishedVersion[] = [];
  const steps: PlanStep[] = [];
  for await (const recorded of events) {
    const { type, data } = recorded as unknown as PlanEvent;
    position = recorded.position;
    if (type === 'PlanVersionDrafted') {
      const { version, hash, content, by } = data;
      draft = { version, hash, content, by };
      continue;
    }
    draft = null;
    steps.push(...data.steps);
    versions.push(...published(data));
  }
  if (position === undefined) return undefined;
  // Everything read is known, so of the two times only that of the sale is left to ask for.
  const step = stepAt(reviseTimeline<PlanStep['value']>(emptyTimeline, steps), END_OF_TIME, on);
  const until = step && endOf(step.value.plan);
  const governing = step && !(until && until <= on) ? step.value.version : undefined;
  const governs = versions.find(({ version }) => version === governing) ?? null;
  return { plan, draft, versions, governs, on, position };
}

const published = (
  data: Extract<PlanEvent, { type: 'PlanVersionPublished' }>['data'],
): PublishedVersion[] =>
  data.steps
    .filter(({ value }) => value.version === data.version)
    .slice(0, 1)
    .map(({ value: { engine, engineHash, plan } }) => ({
      version: data.version,
      hash: data.hash,
      engine,
      engineHash,
      content: plan,
      approvedAt: data.at,
      draftedBy: data.draftedBy,
      approvedBy: data.by,
      acknowledged: data.acknowledged,
      override: data.override,
    }));
