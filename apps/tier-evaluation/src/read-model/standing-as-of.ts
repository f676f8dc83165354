import type { Track } from '@tributary/contracts';
import type { Instant, Recorded } from '@tributary/kernel';
import { standing } from '../domain/standing/decide';
import type {
  StandingEvent,
  StandingGranted,
  StandingProposalRejected,
  TierAnnulled,
} from '../domain/standing/events';
import type { Standing } from '../domain/standing/state';
import { governing } from '../domain/standing/timeline';
import type { DecidedAnnulment, DecidedProposal, StandingFile } from './standing-file';

interface OfPartner {
  readonly partner: string;
  readonly track: Track;
  readonly at: Instant;
}

/** What the rows say, as it was known at a point of the log: from the stream of the standing, as far as it is given. */
export async function standingAsOf(
  { partner, track, at }: OfPartner,
  events: AsyncIterable<Recorded>,
): Promise<StandingFile | undefined> {
  let state = standing.initial;
  let isThere = false;
  const decisions: DecidedProposal[] = [];
  const annulments: DecidedAnnulment[] = [];
  for await (const recorded of events) {
    const event = recorded as unknown as StandingEvent;
    state = standing.evolve(state, event);
    isThere = true;
    const { type, data } = event;
    if (type === 'StandingGranted') decisions.push(granted(data));
    if (type === 'StandingProposalRejected') decisions.push(turnedDown(data, recorded.occurredAt));
    if (type === 'TierAnnulled') annulments.push(annulled(data));
  }
  if (!isThere) return undefined;
  const { steps, risks } = state;
  const value = governing(steps, at);
  return { partner, track, value, steps, ...waitingIn(state), risks, decisions, annulments };
}

/** What a second person has yet to decide. */
function waitingIn({
  pending,
  pendingAnnulment,
}: Standing): Pick<StandingFile, 'annulment' | 'pending'> {
  const { partner: _p, track: _t, ...proposed } = pending ?? {};
  const { partner: _of, track: _in, ...annulment } = pendingAnnulment ?? {};
  return {
    pending: pending && (proposed as StandingFile['pending']),
    annulment: pendingAnnulment && (annulment as StandingFile['annulment']),
  };
}

const granted = (data: StandingGranted['data']): DecidedProposal => {
  const { proposal, tier, from, reason, evidence, proposedBy, by: decidedBy, at: decidedAt } = data;
  const about = { proposal, granted: true, tier, from, reason, evidence };
  return { ...about, proposedBy, decidedBy, decidedAt, refusedFor: null };
};

const turnedDown = (
  data: StandingProposalRejected['data'],
  decidedAt: Instant,
): DecidedProposal => {
  const { proposal, tier, from, proposedFor, evidence, proposedBy, by: decidedBy } = data;
  const about = { proposal, granted: false, tier, from, reason: proposedFor, evidence };
  return { ...about, proposedBy, decidedBy, decidedAt, refusedFor: data.reason };
};

const annulled = ({
  partner: _partner,
  track: _track,
  steps: _steps,
  ...decided
}: TierAnnulled['data']): DecidedAnnulment => decided;
