import { TRACKS, type Track } from '@tributary/contracts';
import { type Decision, type Instant, accept, laterOf, reject } from '@tributary/kernel';
import type { CommandOf, StandingRejected } from './commands';
import { afterTheLast } from './conclude';
import { appliedAfter, capped, entitledIn } from './entitlement';
import type { StandingEvent, StandingProposed } from './events';
import { endedBy } from './evolve';
import { type Start, isLower, sameStarts, spliced, startsWith, tierAt } from './starts';
import type { Standing } from './state';
import { MOST_STEP_BYTES, type Steps, bytesOf, pairIn, toldAgain } from './timeline';

type Decides = Decision<StandingEvent, StandingRejected>;

const timeOf = (receivedAt: Instant, { clock, toldAt }: Standing): Instant =>
  afterTheLast(clock === null ? receivedAt : laterOf(clock, receivedAt), toldAt);

/** A new proposal takes the place of one that waits. */
export function propose(
  command: CommandOf<'ProposeStanding'>,
  track: Track,
  state: Standing,
): Decides {
  const { partner, tier, effectiveAt: from = null, reason, evidence, by, receivedAt } = command;
  const unknown = unknownTier(track, tier);
  if (unknown) return reject(unknown);
  const at = timeOf(receivedAt, state);
  const useless = uselessOrBackdated(state, track, { from: from ?? at, tier }, at);
  if (useless) return reject(useless);
  const proposal = state.latestProposal + 1;
  const data = { partner, track, proposal, tier, from, reason, evidence, by };
  return accept({ type: 'StandingProposed', data, occurredAt: receivedAt });
}

export function approve(
  { proposal, by, receivedAt }: CommandOf<'ApproveStanding'>,
  state: Standing,
): Decides {
  const { pending } = state;
  if (pending?.proposal !== proposal)
    return reject({ code: 'not_pending', pending: pending?.proposal ?? null });
  const { by: proposedBy, ...proposed } = pending;
  if (proposedBy === by) return reject({ code: 'same_person' });
  const { track, tier } = proposed;
  const at = timeOf(receivedAt, state);
  const from = proposed.from ?? at;
  // The days in between count: a tier that was to fall tomorrow cannot fall yesterday.
  const useless = uselessOrBackdated(state, track, { from, tier }, at);
  if (useless) return reject(useless);

  const steps = stepsWithGrant(state, track, { from, tier }, at);
  const bytes = bytesOf(steps);
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'history_full', bytes, limit: MOST_STEP_BYTES });
  const data = { ...proposed, at, from, proposedBy, by, steps };
  return accept({ type: 'StandingGranted', data, occurredAt: at });
}

/** Two persons who lower a tier need no notice; what the evidence entitles to stays all the same. */
function stepsWithGrant(state: Standing, track: Track, grant: Start, at: Instant): Steps {
  const before = pairIn(state.steps);
  const granted = {
    ...state,
    grants: startsWith(state.grants, track, grant),
    caps: endedBy(state.caps, grant.from),
  };
  const entitled = entitledIn(track, granted, at);
  const lowers = isLower(track, grant.tier, tierAt(state.grants, grant.from));
  const kept = lowers ? spliced(before.applied, grant.from, entitled) : before.applied;
  const applied = appliedAfter(track, kept, entitled, at);
  return toldAgain(state.steps, before, { applied, entitled }, at);
}

export function turnDown(
  { proposal, by, reason, receivedAt }: CommandOf<'RejectProposal'>,
  { pending }: Standing,
): Decides {
  if (pending?.proposal !== proposal)
    return reject({ code: 'not_pending', pending: pending?.proposal ?? null });
  const { by: proposedBy, reason: proposedFor, ...proposed }: StandingProposed['data'] = pending;
  const data = { ...proposed, proposedBy, proposedFor, by, reason };
  return accept({ type: 'StandingProposalRejected', data, occurredAt: receivedAt });
}

function uselessOrBackdated(
  { caps, grants }: Standing,
  track: Track,
  grant: Start,
  at: Instant,
): StandingRejected | undefined {
  const tierThen = tierAt(grants, grant.from);
  if (isLower(track, grant.tier, tierThen)) {
    const { from } = grant;
    return from < at ? { code: 'demotion_backdated', from, tierThen, earliest: at } : undefined;
  }
  // The same tier again is how two persons end an annulment of it.
  const endsCap = endedBy(caps, grant.from).some((cap, i) => cap !== caps[i]);
  return !endsCap && sameStarts(startsWith(grants, track, grant), grants)
    ? { code: 'nothing_to_change' }
    : undefined;
}

/** For fraud alone; a second person decides. */
export function proposeAnnulment(
  command: CommandOf<'ProposeAnnulment'>,
  track: Track,
  state: Standing,
): Decides {
  const { partner, tier, from, until, reason, evidence, by, receivedAt } = command;
  const unknown = unknownTier(track, tier);
  if (unknown) return reject(unknown);
  if (from > receivedAt) return reject({ code: 'annulment_in_future', from, at: receivedAt });
  const { applied, entitled } = pairIn(state.steps);
  const caps = [{ tier, from, until }];
  if (
    sameStarts(capped(track, applied, caps), applied) &&
    sameStarts(capped(track, entitled, caps), entitled)
  )
    return reject({ code: 'nothing_to_change' });
  const annulment = state.latestAnnulment + 1;
  const data = { partner, track, annulment, tier, from, until, reason, evidence, by };
  return accept({ type: 'AnnulmentProposed', data, occurredAt: receivedAt });
}

export function approveAnnulment(
  { annulment, by, receivedAt }: CommandOf<'ApproveAnnulment'>,
  state: Standing,
): Decides {
  const proposed = state.pendingAnnulment;
  if (proposed?.annulment !== annulment)
    return reject({ code: 'annulment_unknown', pending: proposed?.annulment ?? null });
  const { by: proposedBy, ...data } = proposed;
  if (proposedBy === by) return reject({ code: 'same_person' });
  const { track, tier, from, until } = data;
  const at = timeOf(receivedAt, state);
  const cap = { tier, from, until };
  const before = pairIn(state.steps);
  const after = {
    applied: capped(track, before.applied, [cap]),
    entitled: entitledIn(track, { ...state, caps: [...state.caps, cap] }, at),
  };
  const steps = toldAgain(state.steps, before, after, at);
  const bytes = bytesOf(steps);
  if (bytes > MOST_STEP_BYTES)
    return reject({ code: 'history_full', bytes, limit: MOST_STEP_BYTES });
  return accept({
    type: 'TierAnnulled',
    data: { ...data, at, proposedBy, by, steps },
    occurredAt: at,
  });
}

export function rejectAnnulment(
  { partner, annulment, by, reason, receivedAt }: CommandOf<'RejectAnnulment'>,
  track: Track,
  { pendingAnnulment: proposed }: Standing,
): Decides {
  if (proposed?.annulment !== annulment)
    return reject({ code: 'annulment_unknown', pending: proposed?.annulment ?? null });
  const data = { partner, track, annulment, proposedBy: proposed.by, by, reason };
  return accept({ type: 'AnnulmentRejected', data, occurredAt: receivedAt });
}

function unknownTier(
  track: Track,
  tier: string | null,
): Extract<StandingRejected, { code: 'tier_unknown' }> | undefined {
  const tiers: readonly string[] = TRACKS[track];
  return tier === null || tiers.includes(tier) ? undefined : { code: 'tier_unknown', tier, tiers };
}
