import { TRACKS, type StandingValue, type Track } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  type Json,
  type Step,
  accept,
  canonicalJson,
  instantOfMs,
  msOf,
  reject,
} from '@tributary/kernel';
import type { StandingEvent, StandingProposed } from './events';
import {
  type Start,
  type Tier,
  isLower,
  startsFrom,
  startsWith,
  stepsAfter,
  tierAt,
} from './starts';

interface Deciding {
  readonly partner: string;
  readonly track: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export type StandingCommand = Deciding &
  (
    | {
        readonly type: 'ProposeStanding';
        readonly tier: Tier;
        /** Of the first payments that it governs; left out, those from the approval on. */
        readonly effectiveAt?: Instant;
        readonly reason: string;
        readonly evidence: readonly string[];
      }
    /** Names what was read, so that nothing proposed meanwhile is approved unseen. */
    | { readonly type: 'ApproveStanding'; readonly proposal: number }
    | { readonly type: 'RejectProposal'; readonly proposal: number; readonly reason: string }
  );

export type StandingRejected =
  | { readonly code: 'track_unknown'; readonly track: string; readonly tracks: readonly string[] }
  | { readonly code: 'tier_unknown'; readonly tier: string; readonly tiers: readonly string[] }
  | { readonly code: 'not_pending'; readonly pending: number | null }
  | { readonly code: 'same_person' }
  | { readonly code: 'nothing_to_change' }
  /** Whoever was paid by a tier keeps what it earned: a tier falls from now on, or later. */
  | {
      readonly code: 'demotion_backdated';
      readonly from: Instant;
      readonly tierThen: Tier;
      readonly earliest: Instant;
    }
  | { readonly code: 'history_full'; readonly bytes: number; readonly limit: number };

export interface Standing {
  readonly latestProposal: number;
  readonly pending: StandingProposed['data'] | null;
  readonly starts: readonly Start[];
  readonly steps: readonly Step<StandingValue>[];
  readonly grantedAt: Instant | null;
}

type Decides = Decision<StandingEvent, StandingRejected>;
type Command<T extends StandingCommand['type']> = Extract<StandingCommand, { readonly type: T }>;

/** The timeline is told whole with every grant, and an event has 60 KiB. */
export const MOST_STEP_BYTES = 48 * 1024;

export const standing: Decider<StandingCommand, StandingEvent, Standing, StandingRejected> = {
  initial: { latestProposal: 0, pending: null, starts: [], steps: [], grantedAt: null },
  decide,
  evolve,
};

function decide(command: StandingCommand, state: Standing): Decides {
  const { track } = command;
  if (!isTrack(track)) return reject({ code: 'track_unknown', track, tracks: Object.keys(TRACKS) });
  if (command.type === 'ProposeStanding') return propose(command, track, state);
  const { pending } = state;
  if (pending?.proposal !== command.proposal)
    return reject({ code: 'not_pending', pending: pending?.proposal ?? null });
  return command.type === 'ApproveStanding'
    ? approve(command, pending, state)
    : turnDown(command, pending);
}

/** A new proposal takes the place of one that waits. */
function propose(command: Command<'ProposeStanding'>, track: Track, state: Standing): Decides {
  const { partner, tier, effectiveAt: from = null, reason, evidence, by, receivedAt } = command;
  const tiers: readonly string[] = TRACKS[track];
  if (tier !== null && !tiers.includes(tier)) return reject({ code: 'tier_unknown', tier, tiers });
  const at = afterTheLast(receivedAt, state);
  const useless = uselessOrBackdated(state, track, { from: from ?? at, tier }, at);
  if (useless) return reject(useless);
  const proposal = state.latestProposal + 1;
  const data = { partner, track, proposal, tier, from, reason, evidence, by };
  return accept({ type: 'StandingProposed', data, occurredAt: receivedAt });
}

function approve(
  { by, receivedAt }: Command<'ApproveStanding'>,
  { by: proposedBy, ...proposed }: StandingProposed['data'],
  state: Standing,
): Decides {
  if (proposedBy === by) return reject({ code: 'same_person' });
  const { track, tier } = proposed;
  const at = afterTheLast(receivedAt, state);
  const from = proposed.from ?? at;
  // The days in between count: a tier that was to fall tomorrow cannot fall yesterday.
  const useless = uselessOrBackdated(state, track, { from, tier }, at);
  if (useless) return reject(useless);

  const steps = stepsAfter(state.steps, startsFrom(state.starts, track, { from, tier }), at);
  const bytes = Buffer.byteLength(canonicalJson(steps as unknown as Json));
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'history_full', bytes, limit: MOST_STEP_BYTES });
  const data = { ...proposed, at, from, proposedBy, by, steps };
  return accept({ type: 'StandingGranted', data, occurredAt: at });
}

function turnDown(
  { by, reason, receivedAt }: Command<'RejectProposal'>,
  { by: proposedBy, reason: proposedFor, ...proposed }: StandingProposed['data'],
): Decides {
  const data = { ...proposed, proposedBy, proposedFor, by, reason };
  return accept({ type: 'StandingProposalRejected', data, occurredAt: receivedAt });
}

function uselessOrBackdated(
  { starts }: Standing,
  track: Track,
  grant: Start,
  at: Instant,
): StandingRejected | undefined {
  const tierThen = tierAt(starts, grant.from);
  if (isLower(track, grant.tier, tierThen)) {
    const { from } = grant;
    return from < at ? { code: 'demotion_backdated', from, tierThen, earliest: at } : undefined;
  }
  const after = startsWith(starts, track, grant);
  const isSame =
    after.length === starts.length &&
    after.every(({ from, tier }, i) => starts[i]?.from === from && starts[i]?.tier === tier);
  return isSame ? { code: 'nothing_to_change' } : undefined;
}

const isTrack = (text: string): text is Track => Object.hasOwn(TRACKS, text);

/** Grants follow one another, because the timeline is ordered by them. */
const afterTheLast = (receivedAt: Instant, { grantedAt }: Standing): Instant =>
  grantedAt !== null && grantedAt >= receivedAt ? instantOfMs(msOf(grantedAt) + 1) : receivedAt;

function evolve(state: Standing, { type, data }: StandingEvent): Standing {
  switch (type) {
    case 'StandingProposed':
      return { ...state, latestProposal: data.proposal, pending: data };
    case 'StandingProposalRejected':
      return { ...state, pending: null };
    case 'StandingGranted': {
      const { track, from, tier, steps, at } = data;
      const starts = startsWith(state.starts, track, { from, tier });
      return { ...state, pending: null, starts, steps, grantedAt: at };
    }
  }
}
