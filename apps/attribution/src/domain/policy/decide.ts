import {
  type Decider,
  type Decision,
  type Instant,
  type Json,
  type JsonObject,
  accept,
  afterTheLast,
  canonicalJson,
  reject,
  stepsOfVersion,
} from '@tributary/kernel';
import type { PolicyEvent, PolicyVersionDrafted } from './events';
import type { PolicyStep, PolicyVersion } from './policy-content';
import { type Flaw, readContent } from './read-content';
import { STANDARD, policyHash } from './standard';

export interface DraftPolicyVersion {
  readonly type: 'DraftPolicyVersion';
  readonly programme: string;
  readonly content: JsonObject;
  readonly effectiveFrom: Instant;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface ApprovePolicyVersion {
  readonly type: 'ApprovePolicyVersion';
  readonly programme: string;
  /** What was read, so that nothing worded meanwhile is approved unseen. */
  readonly hash: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export type PolicyCommand = ApprovePolicyVersion | DraftPolicyVersion;

export type PolicyRejected =
  | { readonly code: 'draft_changed'; readonly draft: string }
  | { readonly code: 'history_full'; readonly bytes: number; readonly limit: number }
  /** Decisions name the built-in policy so. */
  | { readonly code: 'name_reserved'; readonly name: string }
  | { readonly code: 'no_draft' }
  | { readonly code: 'policy_invalid'; readonly flaws: readonly Flaw[] }
  | { readonly code: 'same_person' }
  | { readonly code: 'start_taken'; readonly version: number; readonly effectiveFrom: Instant };

export interface Policy {
  readonly draft: PolicyVersionDrafted['data'] | null;
  readonly published: readonly Published[];
  readonly steps: readonly PolicyStep[];
  readonly lastAt: Instant | null;
}
interface Published {
  readonly from: Instant;
  readonly value: PolicyVersion;
}

/** Every version is told again with the next one, in one event. */
export const MOST_STEP_BYTES = 48 * 1024;

export const policy: Decider<PolicyCommand, PolicyEvent, Policy, PolicyRejected> = {
  initial: { draft: null, published: [], steps: [], lastAt: null },
  decide: (command, state) =>
    command.type === 'DraftPolicyVersion' ? draft(command, state) : approve(command, state),
  evolve,
};

function draft(command: DraftPolicyVersion, state: Policy): Decision<PolicyEvent, PolicyRejected> {
  const { programme, effectiveFrom, by, receivedAt } = command;
  if (programme === STANDARD) return reject({ code: 'name_reserved', name: STANDARD });
  const read = readContent(programme, command.content);
  if ('flaws' in read) return reject({ code: 'policy_invalid', flaws: read.flaws });
  const taken = startTaken(state, effectiveFrom);
  if (taken) return reject(taken);

  const { content } = read;
  const hash = policyHash(content, effectiveFrom);
  const data = { policy: programme, hash, content, effectiveFrom, by };
  return accept({ type: 'PolicyVersionDrafted', data, occurredAt: receivedAt });
}

function approve(
  { hash, by, receivedAt }: ApprovePolicyVersion,
  state: Policy,
): Decision<PolicyEvent, PolicyRejected> {
  if (state.draft === null) return reject({ code: 'no_draft' });
  const { by: draftedBy, ...worded } = state.draft;
  if (worded.hash !== hash) return reject({ code: 'draft_changed', draft: worded.hash });
  if (draftedBy === by) return reject({ code: 'same_person' });
  const taken = startTaken(state, worded.effectiveFrom);
  if (taken) return reject(taken);

  const version = state.published.length + 1;
  const { policy: id, content, effectiveFrom: from } = worded;
  const at = afterTheLast(receivedAt, state.lastAt);
  const value = { id, version, hash, content };
  const told = stepsOfVersion(at, from, [...state.published, { from, value }]);
  const steps = [...state.steps, ...told];
  const bytes = Buffer.byteLength(canonicalJson(steps as unknown as Json));
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'history_full', bytes, limit: MOST_STEP_BYTES });
  const data = { ...worded, version, at, draftedBy, by, steps };
  return accept({ type: 'PolicyVersionPublished', data, occurredAt: at });
}

function startTaken(
  { published }: Policy,
  effectiveFrom: Instant,
): Extract<PolicyRejected, { code: 'start_taken' }> | undefined {
  const there = published.find(({ from }) => from === effectiveFrom);
  return there && { code: 'start_taken', version: there.value.version, effectiveFrom };
}

function evolve(state: Policy, { type, data }: PolicyEvent): Policy {
  if (type === 'PolicyVersionDrafted') return { ...state, draft: data };
  const { policy: id, version, hash, content, effectiveFrom: from, steps, at } = data;
  const published = [...state.published, { from, value: { id, version, hash, content } }];
  return { draft: null, published, steps, lastAt: at };
}
