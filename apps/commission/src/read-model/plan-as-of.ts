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

/** A plan as it was known at a moment of our clock, and the version that then governed a sale. */
export interface PlanAsOf {
  readonly plan: string;
  readonly draft: PlanDraft | null;
  readonly versions: readonly PublishedVersion[];
  /** Of a sale paid at `on`; null where none did. */
  readonly governs: PublishedVersion | null;
  readonly on: Instant;
  readonly known: Instant | null;
  readonly position: bigint;
}

interface Asked {
  readonly plan: string;
  readonly on: Instant;
  readonly known: Instant | null;
}

const END_OF_TIME = '9999-12-31T23:59:59.999Z' as Instant;

/** From the stream of the plan. What was known at a moment ends before the first event that was recorded later. */
export async function planAsOf(
  { plan, on, known }: Asked,
  events: AsyncIterable<Recorded> | Iterable<Recorded>,
): Promise<PlanAsOf | undefined> {
  let draft: PlanDraft | null = null;
  let position: bigint | undefined;
  const versions: PublishedVersion[] = [];
  const steps: PlanStep[] = [];
  for await (const recorded of events) {
    if (known !== null && recorded.recordedAt > known) break;
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
  // Everything read was known by then, so of the two times only that of the sale is left to ask for.
  const step = stepAt(reviseTimeline<PlanStep['value']>(emptyTimeline, steps), END_OF_TIME, on);
  const until = step && endOf(step.value.plan);
  const governing = step && !(until && until <= on) ? step.value.version : undefined;
  const governs = versions.find(({ version }) => version === governing) ?? null;
  return { plan, draft, versions, governs, on, known, position };
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
