import { TRACKS, type Track } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  type Json,
  type JsonObject,
  accept,
  canonicalJson,
  instantOfMs,
  msOf,
  reject,
} from '@tributary/kernel';
import type { RulesStep, RulesVersion } from './content';
import type { RulesDrafted, RulesEvent } from './events';
import { type Flaw, readRules } from './read-rules';
import { rulesHash } from './starter';

interface Deciding {
  readonly track: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export type RulesCommand = Deciding &
  (
    | {
        readonly type: 'DraftRules';
        readonly content: JsonObject;
        readonly effectiveFrom: Instant;
      }
    /** Names what was read, so that nothing worded meanwhile is approved unseen. */
    | { readonly type: 'ApproveRules'; readonly hash: string }
  );

export type RulesRejected =
  | { readonly code: 'draft_changed'; readonly draft: string }
  | { readonly code: 'history_full'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'no_draft' }
  | { readonly code: 'rules_invalid'; readonly flaws: readonly Flaw[] }
  | { readonly code: 'same_person' }
  | { readonly code: 'start_taken'; readonly version: number; readonly effectiveFrom: Instant }
  | { readonly code: 'track_unknown'; readonly track: string; readonly tracks: readonly string[] };

interface PublishedVersion {
  readonly from: Instant;
  readonly value: RulesVersion;
}

export interface Rules {
  readonly draft: RulesDrafted['data'] | null;
  readonly published: readonly PublishedVersion[];
  readonly steps: readonly RulesStep[];
  readonly lastAt: Instant | null;
}

/** Every version is told again with the next one, in one event. */
export const MOST_STEP_BYTES = 48 * 1024;

export const rules: Decider<RulesCommand, RulesEvent, Rules, RulesRejected> = {
  initial: { draft: null, published: [], steps: [], lastAt: null },
  decide,
  evolve,
};

type Decides = Decision<RulesEvent, RulesRejected>;

function decide(command: RulesCommand, state: Rules): Decides {
  const { track } = command;
  if (!isTrack(track)) return reject({ code: 'track_unknown', track, tracks: Object.keys(TRACKS) });
  return command.type === 'DraftRules' ? draft(command, track, state) : approve(command, state);
}

export const isTrack = (text: string): text is Track => Object.hasOwn(TRACKS, text);

function draft(
  command: Extract<RulesCommand, { type: 'DraftRules' }>,
  track: Track,
  state: Rules,
): Decides {
  const { effectiveFrom, by, receivedAt } = command;
  const read = readRules(track, command.content);
  if ('flaws' in read) return reject({ code: 'rules_invalid', flaws: read.flaws });
  const taken = startTaken(state, effectiveFrom);
  if (taken) return reject(taken);
  const { content } = read;
  const hash = rulesHash(content, effectiveFrom);
  const data = { track, hash, content, effectiveFrom, by };
  return accept({ type: 'RulesDrafted', data, occurredAt: receivedAt });
}

function approve(
  { hash, by, receivedAt }: Extract<RulesCommand, { type: 'ApproveRules' }>,
  state: Rules,
): Decides {
  if (state.draft === null) return reject({ code: 'no_draft' });
  const { by: draftedBy, ...worded } = state.draft;
  if (worded.hash !== hash) return reject({ code: 'draft_changed', draft: worded.hash });
  if (draftedBy === by) return reject({ code: 'same_person' });
  const taken = startTaken(state, worded.effectiveFrom);
  if (taken) return reject(taken);

  const version = state.published.length + 1;
  const { content, effectiveFrom: from } = worded;
  const at = afterTheLast(receivedAt, state);
  const value = { version, hash, content };
  const steps = [...state.steps, ...toldAt(at, [...state.published, { from, value }], from)];
  const bytes = Buffer.byteLength(canonicalJson(steps as unknown as Json));
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'history_full', bytes, limit: MOST_STEP_BYTES });
  const data = { ...worded, version, at, draftedBy, by, steps };
  return accept({ type: 'RulesPublished', data, occurredAt: at });
}

function startTaken(
  { published }: Rules,
  effectiveFrom: Instant,
): Extract<RulesRejected, { code: 'start_taken' }> | undefined {
  const there = published.find(({ from }) => from === effectiveFrom);
  return there && { code: 'start_taken', version: there.value.version, effectiveFrom };
}

/** Approvals follow one another, because the timeline is ordered by them. */
const afterTheLast = (receivedAt: Instant, { lastAt }: Rules): Instant =>
  lastAt !== null && lastAt >= receivedAt ? instantOfMs(msOf(lastAt) + 1) : receivedAt;

/** The step of a new version, and again those of versions that start after it, which are not to end at its start. */
const toldAt = (at: Instant, published: readonly PublishedVersion[], from: Instant): RulesStep[] =>
  published
    .filter((version) => version.from >= from)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .map(({ from: starts, value }) =>
      starts === at ? { at, value } : { at, from: starts, value },
    );

function evolve(state: Rules, { type, data }: RulesEvent): Rules {
  if (type === 'RulesDrafted') return { ...state, draft: data };
  const { version, hash, content, effectiveFrom: from, steps, at } = data;
  const published = [...state.published, { from, value: { version, hash, content } }];
  return { draft: null, published, steps, lastAt: at };
}
