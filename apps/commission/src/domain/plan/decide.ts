import {
  type Decider,
  type Decision,
  type Instant,
  type Json,
  accept,
  afterTheLast,
  canonicalJson,
  reject,
  sha256Hex,
  stepsOfVersion,
} from '@tributary/kernel';
import type { PlanVersion } from '../../../engines/v1/plan';
import type {
  Override,
  PlanEvent,
  PlanTold,
  PlanVersionDrafted,
  PlanVersionPublished,
} from './events';
import type { Finding } from './lint/finding';
import { lint } from './lint/lint';
import { type PlanDocument, asJson, startOf, versionOf } from './plan-document';

export interface DraftPlanVersion {
  readonly type: 'DraftPlanVersion';
  /** Of the shape that the schema says. */
  readonly document: PlanDocument;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface ApprovePlanVersion {
  readonly type: 'ApprovePlanVersion';
  readonly plan: string;
  /** What was read, so that nothing worded meanwhile is approved unseen. */
  readonly hash: string;
  /** Codes of the warnings that were read. */
  readonly acknowledge: readonly string[];
  readonly override: Override | null;
  /** By which its lines are computed, as it stands today. */
  readonly engine: { readonly name: string; readonly hash: string };
  readonly by: string;
  readonly receivedAt: Instant;
}

export type PlanCommand = ApprovePlanVersion | DraftPlanVersion;

export type PlanRejected =
  | { readonly code: 'draft_changed'; readonly draft: string }
  | { readonly code: 'lint_errors'; readonly findings: readonly Finding[] }
  | { readonly code: 'no_draft' }
  | { readonly code: 'plan_too_large'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'same_person' }
  /** What starts after this version has to be told again with it, in one event. */
  | { readonly code: 'telling_too_large'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'version_not_next'; readonly next: number }
  | { readonly code: 'warnings_unacknowledged'; readonly findings: readonly Finding[] };

export interface Plan {
  readonly draft: PlanVersionDrafted['data'] | null;
  /** In the order of their approval. */
  readonly published: readonly PlanTold[];
  readonly lastAt: Instant | null;
}

/** An event has at most 60 KiB; what stands around the plan takes the rest. */
export const MOST_PLAN_BYTES = 48 * 1024;
export const MOST_STEP_BYTES = 56 * 1024;

export const plan: Decider<PlanCommand, PlanEvent, Plan, PlanRejected> = {
  initial: { draft: null, published: [], lastAt: null },
  decide: (command, state) =>
    command.type === 'DraftPlanVersion' ? draft(command, state) : approve(command, state),
  evolve,
};

export const planHash = (version: PlanVersion): string => sha256Hex(canonicalJson(asJson(version)));

function draft(
  { document, by, receivedAt }: DraftPlanVersion,
  { published }: Plan,
): Decision<PlanEvent, PlanRejected> {
  const next = published.length + 1;
  if (document.version !== undefined && document.version !== next)
    return reject({ code: 'version_not_next', next });
  const content = versionOf(document, next);
  const bytes = bytesOf(asJson(content));
  if (bytes > MOST_PLAN_BYTES)
    return reject({ code: 'plan_too_large', bytes, limit: MOST_PLAN_BYTES });

  const hash = planHash(content);
  const data = { plan: content.planId, version: next, hash, content, by };
  return accept({ type: 'PlanVersionDrafted', data, occurredAt: receivedAt });
}

function approve(command: ApprovePlanVersion, state: Plan): Decision<PlanEvent, PlanRejected> {
  const { hash, by, engine, receivedAt } = command;
  if (state.draft === null) return reject({ code: 'no_draft' });
  const { by: draftedBy, content, version, plan: id } = state.draft;
  if (state.draft.hash !== hash) return reject({ code: 'draft_changed', draft: state.draft.hash });
  if (draftedBy === by) return reject({ code: 'same_person' });
  const findings = lint({ plan: content, published: plansOf(state), now: receivedAt });
  const refused = refusalOf(findings, command);
  if (refused) return reject(refused);

  const at = afterTheLast(receivedAt, state.lastAt);
  const told = { version, hash, engine: engine.name, engineHash: engine.hash, plan: content };
  const versions = [...state.published, told].map((value) => ({
    from: startOf(value.plan),
    value,
  }));
  const steps = stepsOfVersion(at, startOf(content), versions);
  const bytes = bytesOf(steps as unknown as Json);
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'telling_too_large', bytes, limit: MOST_STEP_BYTES });
  const { acknowledged, override } = answersTo(findings, command);
  const data = { plan: id, version, hash, at, draftedBy, by, acknowledged, override, steps };
  return accept({ type: 'PlanVersionPublished', data, occurredAt: at });
}

export const plansOf = ({ published }: Pick<Plan, 'published'>): PlanVersion[] =>
  published.map((told) => told.plan);

type Answers = Pick<ApprovePlanVersion, 'acknowledge' | 'override'>;

function refusalOf(
  findings: readonly Finding[],
  { acknowledge, override }: Answers,
): PlanRejected | undefined {
  const isLifted = (finding: Finding) =>
    finding.overridable && override?.codes.includes(finding.code) === true;
  const errors = findings.filter(({ level }) => level === 'error');
  const standing = errors.filter((finding) => !isLifted(finding));
  if (standing.length > 0) return { code: 'lint_errors', findings: standing };
  const unread = findings.filter(
    ({ level, code }) => level === 'warning' && !acknowledge.includes(code),
  );
  return unread.length > 0 ? { code: 'warnings_unacknowledged', findings: unread } : undefined;
}

/** Only what there was: nobody lifts or reads in advance. */
function answersTo(
  findings: readonly Finding[],
  { acknowledge, override }: Answers,
): Pick<PlanVersionPublished['data'], 'acknowledged' | 'override'> {
  const found = (level: Finding['level']) => (code: string) =>
    findings.some((finding) => finding.level === level && finding.code === code);
  const acknowledged = [...new Set(acknowledge)].filter(found('warning')).sort();
  const codes = [...new Set(override?.codes)].filter(found('error')).sort();
  return { acknowledged, override: override && codes.length > 0 ? { ...override, codes } : null };
}

const bytesOf = (value: Json): number => Buffer.byteLength(canonicalJson(value));

function evolve(state: Plan, { type, data }: PlanEvent): Plan {
  if (type === 'PlanVersionDrafted') return { ...state, draft: data };
  const told = data.steps.filter(({ value }) => value.version === data.version);
  const published = [...state.published, ...told.map(({ value }) => value)];
  return { draft: null, published, lastAt: data.at };
}
